"""What the tests of the transport need: a certificate, and a browser and a node on a link."""

from __future__ import annotations

import pytest

from sfu.transport import Certificate
from tests.sfu.transport.visit import Visit


@pytest.fixture(scope="session")
def certificate() -> Certificate:
    return Certificate.generate()


@pytest.fixture
def visit(certificate: Certificate) -> Visit:
    return Visit(certificate)

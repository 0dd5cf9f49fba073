"""What every test of the transport needs: a certificate, and a browser and a node on a link."""

from __future__ import annotations

import pytest

from sfu.transport import Certificate


@pytest.fixture(scope="session")
def certificate() -> Certificate:
    return Certificate.generate()

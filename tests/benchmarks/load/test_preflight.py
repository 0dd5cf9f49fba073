"""Servers that cannot be loaded: each is told in words, and soon."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from benchmarks.load.preflight import trouble
from tests.support.ports import free_port

OK = '{"status": "ok", "troubles": []}'


@contextmanager
def server(status: int, body: str, context: ssl.SSLContext | None = None) -> Iterator[int]:
    """Answer every request so; yields the port."""
    gone = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if not status:  # says nothing at all
                gone.wait(10)
                return
            self.send_response(status)
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, *_: object) -> None:
            """Be quiet."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as httpd:
        if context is not None:
            httpd.socket = context.wrap_socket(httpd.socket, server_side=True)
        thread = threading.Thread(target=httpd.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield httpd.server_address[1]
        finally:
            gone.set()
            httpd.shutdown()
            thread.join()


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for `visavis.example`, with its key behind it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "visavis.example")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("visavis.example")]), False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "certificate.pem"
    path.write_bytes(
        made.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return path


def serving(certificate: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context


def told(port: int, scheme: str = "http", timeout_s: float = 10.0) -> str:
    return trouble(f"{scheme}://localhost:{port}", timeout_s) or ""


def test_a_healthy_server_is_no_trouble() -> None:
    with server(200, OK) as port:
        assert told(port) == ""


def test_a_server_in_trouble_is_ours_all_the_same() -> None:
    with server(200, '{"status": "degraded", "troubles": ["node_away"]}') as port:
        assert told(port) == ""


def test_nobody_listens() -> None:
    words = told(free_port())
    assert "cannot be reached" in words
    assert "refused" in words


def test_a_server_of_another_name(certificate: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificate))
    with server(200, OK, serving(certificate)) as port:
        words = told(port, "https")
    assert "certificate" in words
    assert "localhost" in words
    assert "mismatch" in words


def test_a_certificate_that_nobody_vouches_for(certificate: Path) -> None:
    with server(200, OK, serving(certificate)) as port:
        assert "not to be trusted" in told(port, "https")


@pytest.mark.parametrize("status", [401, 403])
def test_a_server_that_asks_who_we_are(status: int) -> None:
    with server(status, "who are you?") as port:
        assert f"({status})" in told(port)


def test_a_server_that_is_not_ready_says_why() -> None:
    body = '{"code": "database_away", "text": "The database does not answer."}'
    with server(503, body) as port:
        assert "not ready (503): The database does not answer." in told(port)


@pytest.mark.parametrize(("status", "body"), [(200, "<html>"), (200, "[]"), (404, "{}")])
def test_something_that_is_not_visavis(status: int, body: str) -> None:
    with server(status, body) as port:
        assert "as Visavis does" in told(port)


def test_a_server_that_says_nothing_is_not_waited_for_for_ever() -> None:
    with server(0, "") as port:
        assert "does not answer within 0.3 s" in told(port, timeout_s=0.3)


@pytest.mark.parametrize("host", ["", "visavis.example", "ftp://visavis.example"])
def test_no_address(host: str) -> None:
    assert "--host" in (trouble(host) or "")

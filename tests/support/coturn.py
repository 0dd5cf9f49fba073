"""A real coturn, run by a test on ports of its own: `deploy/coturn/turnserver.conf`, filled in."""

from __future__ import annotations

import base64
import hashlib
import ipaddress
import secrets
import shutil
import socket
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization

from sfu.io.addresses import default_addresses
from tests.support.certificates import self_signed
from tests.support.ports import free_port
from tests.support.waiting import until

CONFIG = Path(__file__).parents[2] / "deploy" / "coturn" / "turnserver.conf"
SERVER = shutil.which("turnserver")
REALM = "turn.test"
RELAY_PORTS = 200
FIRST_RELAY_PORT = 20_000
"""Far below the ports that the kernel hands out by itself."""

needed = pytest.mark.skipif(SERVER is None, reason="needs turnserver on PATH (Debian: coturn)")


class Coturn:
    """One server on the default route's address, where both browsers and the node are reached."""

    def __init__(self, folder: Path) -> None:
        self.host = next(host for host in default_addresses() if ":" not in host)
        self.port, self.tls_port = free_port(self.host), free_port(self.host)
        self.secret = secrets.token_hex(16)
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None
        self.key_digest = self._make_certificate()
        """Base64 SHA-256 of its public key, by which a browser may be told to trust it."""
        self._config = folder / "turnserver.conf"
        self._config.write_text(self._filled_in(), "utf-8")

    @property
    def urls(self) -> dict[str, str]:
        """By `relayProtocol`: what goes into VISAVIS_TURN_URLS."""
        return {
            "udp": f"turn:{self.host}:{self.port}?transport=udp",
            "tcp": f"turn:{self.host}:{self.port}?transport=tcp",
            "tls": f"turns:{self.host}:{self.tls_port}?transport=tcp",
        }

    @property
    def certificate_file(self) -> Path:
        return self._folder / "certificate.pem"

    async def start(self) -> None:
        self._spawn()
        await until(self._answers)

    def kill(self) -> None:
        """End it at once, with all allocations."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def log(self) -> str:
        return (self._folder / "coturn.log").read_text(errors="replace")

    def _spawn(self) -> None:
        assert SERVER is not None
        with (self._folder / "coturn.log").open("ab") as log:
            self._process = subprocess.Popen(
                [SERVER, "-c", str(self._config)],
                cwd=self._folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )

    def _filled_in(self) -> str:
        """Every setting of the file, those with a place to fill in or a port replaced."""
        first = FIRST_RELAY_PORT + RELAY_PORTS * secrets.randbelow(50)
        ours = {
            "listening-ip": self.host,
            "relay-ip": self.host,
            "allowed-peer-ip": self.host,
            "listening-port": self.port,
            "tls-listening-port": self.tls_port,
            "cert": self.certificate_file,
            "pkey": self._folder / "key.pem",
            "min-port": first,
            "max-port": first + RELAY_PORTS,
            "static-auth-secret": self.secret,
            "realm": REALM,
            "log-file": "stdout",
        }
        lines = []
        for line in CONFIG.read_text("utf-8").splitlines():
            name, equals, _ = line.partition("=")
            lines.append(f"{name}={ours.pop(name)}" if equals and name in ours else line)
        assert not ours, f"{CONFIG.name} lacks {', '.join(ours)}"
        assert not any("<" in line for line in lines if not line.startswith("#")), lines
        here = (f"pidfile={self._folder / 'pid'}", f"userdb={self._folder / 'users'}", "verbose")
        return "\n".join((*lines, *here))

    def _make_certificate(self) -> str:
        address = x509.IPAddress(ipaddress.ip_address(self.host))
        certificate, _ = self_signed(self._folder, REALM, address)
        public = x509.load_pem_x509_certificate(certificate.read_bytes()).public_key()
        encoded = public.public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        return base64.b64encode(hashlib.sha256(encoded).digest()).decode()

    def _answers(self) -> bool:
        assert self._process is not None
        assert self._process.poll() is None, f"coturn ended:\n{self.log()}"
        with socket.socket() as probe:
            return probe.connect_ex((self.host, self.tls_port)) == 0


@asynccontextmanager
async def running(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Coturn]:
    """Start a server in a folder of its own; it ends with the block, however that ends."""
    server = Coturn(tmp_path_factory.mktemp("coturn"))
    try:
        await server.start()
        yield server
    finally:
        server.kill()

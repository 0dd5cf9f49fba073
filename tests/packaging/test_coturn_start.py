"""`deploy/coturn/start.sh` and a real coturn: it waits for its certificate, reads a new one."""

from __future__ import annotations

import asyncio
import os
import ssl
from pathlib import Path

from tests.packaging.composed import DEPLOY
from tests.support import coturn
from tests.support.coturn import Coturn

pytestmark = coturn.needed

PATIENCE_S = 20.0


async def shown(server: Coturn) -> bytes:
    """Return the certificate that a browser is shown."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    _, writer = await asyncio.open_connection(server.host, server.tls_port, ssl=context)
    certificate: bytes = writer.get_extra_info("ssl_object").getpeercert(binary_form=True)
    writer.close()
    return certificate


async def test_coturn_starts_with_its_certificate_and_reads_a_renewed_one(tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    first.mkdir()
    second.mkdir()
    server, renewed = Coturn(first), Coturn(second)
    files = [(first / name, second / name) for name in ("key.pem", "certificate.pem")]
    later = first / "later.pem"
    server.certificate_file.rename(later)
    settings = {
        "TURN_CONFIG": str(first / "turnserver.conf"),
        "TURN_CERTIFICATE": str(server.certificate_file),
        "TURN_LOOK_S": "0.1",
        "TURN_RENEW_S": "0.2",
    }
    running = await asyncio.create_subprocess_exec(
        "/bin/sh", str(DEPLOY / "coturn/start.sh"), env={**os.environ, **settings}, cwd=tmp_path,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    assert running.stdout is not None
    try:
        async with asyncio.timeout(PATIENCE_S):
            assert b"waiting for the certificate" in await running.stdout.readline()
            later.rename(server.certificate_file)
            while b"TLS" not in await running.stdout.readline():
                pass
            drained = asyncio.create_task(running.stdout.read())
            before = await eventually_shown(server, than=None)
            for ours, theirs in files:
                theirs.replace(ours)
            assert await eventually_shown(server, than=before) != before
            assert renewed.key_digest != server.key_digest
    finally:
        running.kill()
        await running.wait()
    drained.cancel()


async def eventually_shown(server: Coturn, *, than: bytes | None) -> bytes:
    """Return a certificate other than this one, as soon as there is one."""
    while True:
        try:
            certificate = await shown(server)
        except OSError:
            certificate = None
        if certificate is not None and certificate != than:
            return certificate
        await asyncio.sleep(0.05)

"""A page reaches control through real Caddy and nginx, set up by the files of `deploy/`."""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from control.auth.messages import Registration
from control.http.addresses import Addresses
from tests.control.stage import Stage, make_config
from tests.packaging.composed import DEPLOY
from tests.support.certificates import self_signed
from tests.support.ports import free_port

LIMIT_S = 20.0
LOGIN = {"email": "rossi@example.org", "password": "a long enough password"}


def caddy(folder: Path, tls_port: int, control: str) -> tuple[list[str], dict[str, str]]:
    """Return command and environment; certificates are of Caddy's own authority here."""
    text = (DEPLOY / "caddy/Caddyfile").read_text("utf-8")
    ours = f"local_certs\n\tskip_install_trust\n\thttp_port {free_port()}"
    text, count = re.subn(r"cert_issuer acme", ours, text)
    assert count == 1
    (folder / "Caddyfile").write_text(text)
    environment = {
        "DOMAIN": f"https://localhost:{tls_port}",
        "TURN_DOMAIN": f"https://turn.localhost:{tls_port}",
        "ACME_EMAIL": "operator@visavis.test",
        "CONTROL": control,
        "XDG_DATA_HOME": str(folder),
        "XDG_CONFIG_HOME": str(folder),
    }
    return ["caddy", "run", "--config", str(folder / "Caddyfile")], environment


def nginx(folder: Path, tls_port: int, control: str) -> tuple[list[str], dict[str, str]]:
    certificate, key = self_signed(folder, "localhost")
    text = (DEPLOY / "nginx/visavis.conf").read_text("utf-8")
    for old, new in (
        (r"(ssl_certificate) \S+;", rf"\1 {certificate};"),
        (r"(ssl_certificate_key) \S+;", rf"\1 {key};"),
        (r"listen 80;", f"listen 127.0.0.1:{free_port()};"),
        (r"listen 443 ", f"listen 127.0.0.1:{tls_port} "),
        (r"127\.0\.0\.1:8080", control),
    ):
        text, count = re.subn(old, new, text)
        assert count == 1, old
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    inside = "".join(f"{kind}_temp_path {folder}/{kind};\n" for kind in kinds)
    file = folder / "nginx.conf"
    us = "user root;\n" if os.geteuid() == 0 else ""  # whoever may write into our folder
    file.write_text(
        f"{us}daemon off;\npid {folder}/pid;\nerror_log {folder}/log;\n"
        f"events {{ }}\nhttp {{\n{inside}{text}\n}}\n"
    )
    return ["nginx", "-e", f"{folder}/log", "-c", str(file)], {}


@asynccontextmanager
async def proxied(
    proxy: Callable[[Path, int, str], tuple[list[str], dict[str, str]]], folder: Path
) -> AsyncIterator[tuple[Stage, str]]:
    """Run control behind a proxy; yields it and what people type."""
    tls_port = free_port()
    url = f"https://localhost:{tls_port}"
    config = make_config(folder / "data", public_url=url, trust_proxy=True)
    config.data_dir.mkdir()
    async with Stage(config) as stage:
        form = Registration(**LOGIN, name="Dr. Rossi", language="en")
        await stage.control.registration.add(form, now=stage.clock.now)
        command, environment = proxy(folder, tls_port, f"127.0.0.1:{stage.server.port}")
        running = await asyncio.create_subprocess_exec(
            *command,
            env={**os.environ, **environment},
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
        )
        try:
            yield stage, url
        finally:
            if running.returncode is None:
                running.terminate()
            await running.wait()


async def answered(page: aiohttp.ClientSession, path: str) -> int:
    """Return the status of an answer, as soon as the proxy gives one."""
    async with asyncio.timeout(LIMIT_S):
        while True:
            try:
                async with page.get(path) as answer:
                    return answer.status
            except aiohttp.ClientError:
                await asyncio.sleep(0.05)


@pytest.mark.parametrize("proxy", [caddy, nginx])
async def test_page_logs_in_and_is_pushed_to_through_the_proxy(
    proxy: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if shutil.which(proxy.__name__) is None:
        pytest.skip(f"needs {proxy.__name__} on PATH (Debian: {proxy.__name__})")
    counted: list[str] = []
    of = Addresses.of

    def noted(ours: Addresses, request: web.Request) -> str:
        counted.append(of(ours, request))
        return counted[-1]

    monkeypatch.setattr(Addresses, "of", noted)
    async with proxied(proxy, tmp_path) as (_, url):
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        headers = {"X-Visavis": "1", "Origin": url, "X-Forwarded-For": "192.0.2.66"}
        connector = aiohttp.TCPConnector(ssl=context)
        async with aiohttp.ClientSession(url, headers=headers, connector=connector) as page:
            assert await answered(page, "/api/health") == 200
            assert await answered(page, "/metrics") == 404
            async with page.post("/api/login", json=LOGIN) as answer:
                assert answer.status == 200
                assert "Strict-Transport-Security" in answer.headers
            async with page.ws_connect("/api/live") as live:
                assert (await live.receive_json(timeout=LIMIT_S))["type"] == "sessions"
            picture = b"\x89PNG" + bytes(200_000)
            kind = {"Content-Type": "image/png"}
            async with page.put("/api/me/picture", data=picture, headers=kind) as answer:
                assert answer.status == 400, "judged by control, not refused by the proxy"
        assert set(counted) == {"127.0.0.1"}, "as the proxy saw it, not as the client says"

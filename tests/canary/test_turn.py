"""The canary through a real coturn: every way into it apart, and one that has gone."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from canary.visit import Stage, State, turn_path, walk
from tests.canary.installation import installed
from tests.canary.test_canary import STATIC
from tests.support import coturn

pytestmark = [
    coturn.needed,
    pytest.mark.skipif(not STATIC.parent.is_dir(), reason="the pages are not built"),
]


async def test_each_way_through_turn_is_walked_and_one_that_has_gone_is_told(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    async with (
        coturn.running(tmp_path_factory) as server,
        installed(
            tmp_path,
            VISAVIS_ANNOUNCE=server.host,
            VISAVIS_MEDIA_TCP="0",
            VISAVIS_TURN_SECRET=server.secret,
            VISAVIS_TURN_URLS=",".join(server.urls.values()),
        ) as installation,
    ):
        ended = await installation.canary(
            "--once", "--listen", "1s", SSL_CERT_FILE=str(server.certificate_file)
        )
        assert ended.status == 0, ended.err
        paths = json.loads(ended.out)["paths"]
        states = {path: told["state"] for path, told in paths.items()}
        ok, missing = State.OK, State.NOT_CONFIGURED
        assert states == {
            "udp": ok, "tcp": missing, "turn_udp": ok, "turn_tcp": ok, "turn_tls": ok,
        }  # fmt: skip
        assert "VISAVIS_MEDIA_TCP" in paths["tcp"]["why"]
        assert server.log().count("ALLOCATE processed, success") >= 6
        server.kill()
        visit = await walk(installation.settings(), turn_path(server.urls["tcp"]))
        assert (visit.state, visit.failed) == (State.FAILED, Stage.LOBBY)
        assert visit.words == f"TURN ({server.urls['tcp']}) does not answer, or refuses us"
        assert installation.rows() == {}

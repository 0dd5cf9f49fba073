"""One visit, followed through the logs of both planes by its ids; and nothing personal in them."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.control.run.product import ports
from tests.control.run.visit import meeting
from tests.support.waiting import until

ID = re.compile(r"[A-Za-z0-9_-]{1,64}")


def read(text: str) -> list[dict[str, Any]]:
    """Return the log's lines; what the command says to its operator is no log."""
    return [json.loads(line) for line in text.splitlines() if line.startswith("{")]


@pytest.mark.timeout(120)
async def test_one_visit_is_followed_through_both_planes_by_its_ids(tmp_path: Path) -> None:
    settings = ports() | {"VISAVIS_LOG_FORMAT": "json"}
    async with meeting(tmp_path / "data", settings) as (serve, call):
        await call.therapist.call("POST", f"/api/sessions/{call.session_id}/end")
        await until(lambda: all(page.is_closed for page in call.pages))
        serve.process.send_signal(15)
        rest, _ = await serve.process.communicate()
    text = "".join(serve.lines) + (rest or b"").decode()
    lines = read(text)
    assert {line["plane"] for line in lines} == {"control", "node"}
    by_control = [line for line in lines if line.get("session") == call.session_id]
    by_node = [line for line in lines if line.get("room") == call.session_id]
    steps = [line["text"].partition(": ")[2] for line in by_control]
    story = [
        "the patient came to the waiting room",
        "the therapist entered",
        "the patient is let in",
        "ended, attended",
    ]
    assert [step for step in steps if step in story] == story
    assert [line["text"].split(": ")[1] for line in by_node if "gate" in line["text"]] == [
        "gate open",
        "gate closed",
    ]
    peers = [line["peer"] for line in by_node if "joined as" in line["text"]]
    assert len(peers) == 2
    for peer in peers:
        of_peer = [line["text"] for line in by_node if line.get("peer") == peer]
        assert any("peer_connected" in said for said in of_peer)
        assert any("closed" in said for said in of_peer)
        assert any(line.get("peer") == peer for line in by_control)
    for line in lines:
        assert set(line) <= {"at", "plane", "level", "logger", "text", "session", "room", "peer"}
        assert all(ID.fullmatch(line[one]) for one in ("session", "room", "peer") if one in line)
    logged = "\n".join(json.dumps(line) for line in lines)
    for personal in ("Alex", "Rossi", "visavis.local", "127.0.0.1", "a=", "/v#"):
        assert personal not in logged

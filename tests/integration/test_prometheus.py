"""Debian's Prometheus scrapes a running product: every query and every rule is answered."""

from __future__ import annotations

import json
from pathlib import Path

import aiohttp
import pytest

from tests.control.run.product import ports
from tests.control.run.visit import meeting
from tests.support.prometheus import DEPLOY, configure, prometheus, promtool

TOKEN = "a-token-for-prometheus"
DASHBOARDS = sorted((DEPLOY / "grafana" / "dashboards").glob("*.json"))
SCRAPES = 3
SCRAPE_S = 2.0
"""A busy machine answers within; one that takes longer is called down until it is asked again."""
RATE_INTERVAL = "30s"
OF_A_CANARY = "visavis_canary_"
"""None runs here; tests.packaging.test_watching answers its queries."""


def queries() -> list[str]:
    """Return every query of every panel, as Grafana sends it for all instances."""
    return [
        target["expr"].replace("$__rate_interval", RATE_INTERVAL).replace("$instance", ".*")
        for file in DASHBOARDS
        for panel in json.loads(file.read_text("utf-8"))["panels"]
        for target in panel["targets"]
    ]


@pytest.mark.timeout(240)
async def test_every_query_and_rule_is_answered_of_a_product_with_a_call(tmp_path: Path) -> None:
    settings = ports() | {"VISAVIS_METRICS_TOKEN": TOKEN}
    control = settings["VISAVIS_HTTP_BIND"]
    node = f"127.0.0.1:{settings['VISAVIS_SFU_PORT']}"
    config = configure(
        tmp_path, {"visavis-control": control, "visavis-node": node}, TOKEN, SCRAPE_S
    )
    async with meeting(tmp_path / "data", settings), prometheus(config) as server:
        await server.scraped(SCRAPES)
        assert await server.value("sum(up)") == 2
        assert await server.value("sum(sfu_open_gates)") == 1
        assert await server.value('sfu_peers{state="connected"}') == 2
        assert await server.value('visavis_control_sessions{state="in_contact"}') == 1
        assert await server.value("sum(visavis_control_open_websockets)") == 2
        assert await server.value("sum(sfu_join_seconds_count)") == 2
        assert await server.value('sum(sfu_first_packet_seconds_count{slot="audio"})') >= 1
        assert await server.value("sum(sfu_received_bytes_total)") > 1000
        assert await server.value("sum(rate(sfu_received_bytes_total[30s]))") > 0
        assert await server.value("sum(sfu_relay_seconds_count)") > 0
        for query in queries():
            found = await server.query(query)
            assert found or "> 0" in query or OF_A_CANARY in query, f"nothing for {query}"
        groups = (await server.ask("rules"))["groups"]
        rules = [rule for group in groups for rule in group["rules"]]
        assert {rule["health"] for rule in rules} == {"ok"}, rules
        firing = {rule["name"] for rule in rules if rule["state"] == "firing"}
        assert firing <= {"VisavisNodeStalls", "VisavisNodeLosesPackets"}  # a busy machine's
        for address in (control, node):
            headers = {"Authorization": f"Bearer {TOKEN}"}
            async with (
                aiohttp.ClientSession(f"http://{address}", headers=headers) as client,
                client.get("/metrics") as answer,
            ):
                assert promtool("check", "metrics", given=await answer.read()) == ""

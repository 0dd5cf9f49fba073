"""What operators watch by: the table of metrics, the alert rules and their runbook, dashboards.

`tests.integration.test_prometheus` runs all of it on the product.
"""

from __future__ import annotations

import asyncio
import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from prometheus_client import generate_latest

from tests.packaging import metrics_table
from tests.support.prometheus import ALERTS, CONFIG, DEPLOY, configure, promtool

OPERATIONS = metrics_table.DOCUMENT.read_text("utf-8")
NAME = re.compile(r"\b(?:sfu|visavis_control|visavis_canary|process)_[a-z0-9_]+\b")
SUFFIX = re.compile(r"_(?:bucket|sum|count)$")
DASHBOARDS = sorted((DEPLOY / "grafana" / "dashboards").glob("*.json"))
RULES: dict[str, dict[str, Any]] = {
    rule["alert"]: rule
    for group in yaml.safe_load(ALERTS.read_text("utf-8"))["groups"]
    for rule in group["rules"]
}


@pytest.fixture(scope="module")
def told() -> list[metrics_table.Told]:
    return asyncio.run(metrics_table.told())


@pytest.fixture(scope="module")
def names(told: list[metrics_table.Told]) -> set[str]:
    return {metric.name for metric in told}


def metrics_in(text: str) -> set[str]:
    return {SUFFIX.sub("", found) for found in NAME.findall(text)}


# -- the table --------------------------------------------------------------------------------


def test_table_of_metrics_is_what_the_code_tells(told: list[metrics_table.Told]) -> None:
    again = "python -m tests.packaging.metrics_table"
    assert metrics_table.written(OPERATIONS) == metrics_table.render(told), f"run {again}"


def test_every_metric_that_the_documents_name_exists(names: set[str]) -> None:
    for document in ("operations", "probes"):
        text = (metrics_table.DOCUMENT.parent / f"{document}.md").read_text("utf-8")
        named = {name for name in metrics_in(text) if not name.endswith("_")}
        shortened = {name for name in named if any(one.startswith(name) for one in names)}
        assert named - names - shortened == set()


def test_names_labels_and_texts_are_as_prometheus_wants_them() -> None:
    async def expositions() -> list[bytes]:
        async with metrics_table.registries() as registries:
            return [generate_latest(registry) for registry in registries]

    for exposition in asyncio.run(expositions()):
        assert promtool("check", "metrics", given=exposition) == ""


# -- alerts -----------------------------------------------------------------------------------


def test_rules_and_configuration_are_accepted_by_promtool(tmp_path: Path) -> None:
    assert f"{len(RULES)} rules found" in promtool("check", "rules", str(ALERTS))
    assert "SUCCESS" in promtool("check", "config", "--syntax-only", str(CONFIG))
    targets = dict.fromkeys(("visavis-control", "visavis-node", "visavis-canary"), "127.0.0.1:9")
    assert "SUCCESS" in promtool("check", "config", str(configure(tmp_path, targets, "token", 0.5)))


def test_every_alert_has_a_section_that_says_what_to_do_and_no_section_is_left_over() -> None:
    sections = re.split(r"^#### ", OPERATIONS, flags=re.M)[1:]
    runbook = {text.partition("\n")[0]: text.partition("\n")[2] for text in sections}
    assert {name for name in runbook if name.startswith("Visavis")} == set(RULES)
    for alert, rule in RULES.items():
        assert f"({rule['labels']['severity']})" in runbook[alert], alert
        assert len(runbook[alert].partition("\n#")[0]) > 100, alert
        assert rule["annotations"]["summary"].endswith(".")


def test_alerts_reach_somebody_by_what_the_documents_say(tmp_path: Path) -> None:
    text = CONFIG.read_text("utf-8")
    (commented,) = re.findall(r"(?m)^#alerting:\n(?:#  .*\n)+", text)
    block = commented.replace("\n#", "\n").removeprefix("#")
    file = tmp_path / "prometheus.yml"
    file.write_text(text.replace(commented, block), "utf-8")
    assert "SUCCESS" in promtool("check", "config", "--syntax-only", str(file))
    (manager,) = yaml.safe_load(block)["alerting"]["alertmanagers"]
    (target,) = manager["static_configs"][0]["targets"]

    part = OPERATIONS.partition("\n### Who is told\n")[2].partition("\n### ")[0]
    config, compose = map(yaml.safe_load, re.findall(r"(?ms)^```\n(.*?)^```", part))
    ((service, given),) = compose["services"].items()
    assert f"{service}:9093" == target
    networks = yaml.safe_load((DEPLOY / "compose.yaml").read_text("utf-8"))["networks"]
    assert set(given["networks"]) == {"inside", "out"} <= set(networks)
    writes_to = {one["name"]: one["email_configs"][0]["to"] for one in config["receivers"]}
    routes = config["route"]["routes"]
    assert {config["route"]["receiver"], *(one["receiver"] for one in routes)} == set(writes_to)
    severities = {f'severity="{rule["labels"]["severity"]}"' for rule in RULES.values()}
    assert {one for route in routes for one in route["matchers"]} <= severities


@pytest.mark.parametrize("alert", RULES)
def test_metrics_of_every_rule_exist(alert: str, names: set[str]) -> None:
    used = metrics_in(RULES[alert]["expr"])
    assert used <= names
    assert used or "up{" in RULES[alert]["expr"]


LAG = "sfu_loop_lag_seconds_bucket"
JOIN = "sfu_join_seconds"
REQUEST = "visavis_control_request_seconds"
DATABASE = "visavis_control_database_seconds_bucket"
TRIES = "visavis_control_message_tries_total"
FAILED = "sfu_handshake_failures_total"
LOOKS = "sfu_line_looks_total"
ROUND = "visavis_canary_last_round_timestamp_seconds"
ONCE = "0x10 1x200"
"""A counter that moves once, ten minutes after the start; a value each minute."""
LOOK_AT = {"VisavisNodeDrains": "140m"}
"""When it is looked at; others after 40 minutes."""
CASES: dict[str, tuple[dict[str, str], dict[str, str]]] = {
    # alert: what brings it about, and what is near it and does not
    "VisavisControlDown": (
        {'up{job="visavis-control"}': "0x200"},
        {'up{job="visavis-control"}': "1x200"},
    ),
    "VisavisNodeDown": ({'up{job="visavis-node"}': "0x200"}, {'up{job="visavis-node"}': "1x200"}),
    "VisavisNodeAway": (
        {'visavis_control_nodes{health="away"}': "1x200"},
        {'visavis_control_nodes{health="away"}': "0x200"},
    ),
    "VisavisDatabaseAway": (
        {"visavis_control_database_up": "0x200"},
        {"visavis_control_database_up": "1x200"},
    ),
    "VisavisRestarts": (
        {'process_start_time_seconds{job="visavis-node"}': "1x20 2x5 3x5 4x5 5x200"},
        {'process_start_time_seconds{job="visavis-node"}': "1x20 2x200"},
    ),
    "VisavisCanaryFails": (
        {'visavis_canary_success{path="udp"}': "1x20 0x200"},
        {'visavis_canary_success{path="udp"}': "1x35 0x200"},
    ),
    "VisavisCanarySilent": (
        {ROUND: "600x200"},
        {ROUND: "0+60x200"},
    ),
    "VisavisPatientWaitsLong": (
        {"visavis_control_longest_wait_seconds": "2000x200"},
        {"visavis_control_longest_wait_seconds": "1700x200"},
    ),
    "VisavisConnectionsFail": (
        {f'{FAILED}{{reason="no_check"}}': "0+1x200", f"{JOIN}_count": "0+1x200"},
        {f'{FAILED}{{reason="abandoned"}}': "0+9x200", f"{JOIN}_count": "0+1x200"},
    ),
    "VisavisJoinsSlow": (
        {
            f'{JOIN}_bucket{{le="5.0"}}': "0+1x200",
            f'{JOIN}_bucket{{le="10.0"}}': "0+9x200",
            f'{JOIN}_bucket{{le="+Inf"}}': "0+9x200",
            f"{JOIN}_count": "0+9x200",
        },
        {
            f'{JOIN}_bucket{{le="5.0"}}': "0+9x200",
            f'{JOIN}_bucket{{le="+Inf"}}': "0+9x200",
            f"{JOIN}_count": "0+9x200",
        },
    ),
    "VisavisLinesPoor": (
        {f'{LOOKS}{{level="poor"}}': "0+200x200", f'{LOOKS}{{level="good"}}': "0+300x200"},
        {f'{LOOKS}{{level="poor"}}': "0+60x200", f'{LOOKS}{{level="good"}}': "0+60x200"},
    ),
    "VisavisNodeOverloaded": ({"sfu_cpu_ratio": "0.9x200"}, {"sfu_cpu_ratio": "0.7x200"}),
    "VisavisNodeLate": (
        {f'{LAG}{{le="0.05"}}': "0+1x200", f'{LAG}{{le="0.2"}}': "0+9x200",
         f'{LAG}{{le="+Inf"}}': "0+9x200"},
        {f'{LAG}{{le="0.02"}}': "0+9x200", f'{LAG}{{le="+Inf"}}': "0+9x200"},
    ),
    "VisavisNodeStalls": ({"sfu_stalls_total": "0x35 1x200"}, {"sfu_stalls_total": ONCE}),
    "VisavisNodeLosesPackets": (
        {"sfu_receive_buffer_errors_total": "0x35 9x200"},
        {"sfu_receive_buffer_errors_total": ONCE},
    ),
    "VisavisNodeFull": (
        {"sfu_rooms": "95x200", "sfu_max_rooms": "100x200"},
        {"sfu_rooms": "80x200", "sfu_max_rooms": "100x200"},
    ),
    "VisavisNodeDrains": ({"sfu_draining": "1x200"}, {"sfu_draining": "0x90 1x200"}),
    "VisavisPeersCrash": (
        {"sfu_peer_errors_total": "0x35 1x200"},
        {"sfu_peer_errors_total": ONCE},
    ),
    "VisavisControlErrors": (
        {"visavis_control_failed_requests_total": "0x35 1x200"},
        {"visavis_control_failed_requests_total": ONCE},
    ),
    "VisavisControlSlow": (
        {f'{REQUEST}_bucket{{le="1.0"}}': "0+9x200", f'{REQUEST}_bucket{{le="2.5"}}': "0+90x200",
         f'{REQUEST}_bucket{{le="+Inf"}}': "0+90x200", f"{REQUEST}_count": "0+90x200"},
        {f'{REQUEST}_bucket{{le="1.0"}}': "0+0x200", f'{REQUEST}_bucket{{le="2.5"}}': "0+1x200",
         f'{REQUEST}_bucket{{le="+Inf"}}': "0+1x200", f"{REQUEST}_count": "0+1x200"},
    ),
    "VisavisDatabaseSlow": (
        {f'{DATABASE}{{le="0.5"}}': "0+9x200", f'{DATABASE}{{le="1.0"}}': "0+90x200",
         f'{DATABASE}{{le="+Inf"}}': "0+90x200"},
        {f'{DATABASE}{{le="0.5"}}': "0+90x200", f'{DATABASE}{{le="+Inf"}}': "0+90x200"},
    ),
    "VisavisTasksFail": (
        {'visavis_control_tasks{state="dead"}': "1x200"},
        {'visavis_control_tasks{state="running"}': "9x200",
         'visavis_control_tasks{state="failing"}': "0x200"},
    ),
    "VisavisMessagesStuck": (
        {f'{TRIES}{{channel="sms",result="gateway"}}': "0+1x200",
         f'{TRIES}{{channel="sms",result="delivered"}}': "5x200"},
        {f'{TRIES}{{channel="sms",result="gateway"}}': "0+1x200",
         f'{TRIES}{{channel="sms",result="delivered"}}': "0+1x200"},
    ),
    "VisavisConnectionsCrowdedOut": (
        {'visavis_control_refused_total{reason="crowded_out"}': "0x35 3x200"},
        {'visavis_control_refused_total{reason="flood"}': "0x35 3x200"},
    ),
}  # fmt: skip
FURTHER_CASES: list[tuple[str, dict[str, str], bool]] = [
    # whose process is gone, whose first round never ends
    ("VisavisCanarySilent", {ROUND: "0+60x10 stale"}, True),
    ("VisavisCanarySilent", {ROUND: "0x200"}, True),
    # that was started for the first time, and again
    ("VisavisCanarySilent", {ROUND: "_x34 0x10"}, False),
    ("VisavisCanarySilent", {ROUND: "0+60x34 0x10"}, False),
]


def test_every_alert_comes_when_it_should_and_not_before(tmp_path: Path) -> None:
    assert set(CASES) == set(RULES)

    def case(alert: str, values: dict[str, str], *, fires: bool) -> dict[str, Any]:
        at = LOOK_AT.get(alert, "40m")
        query = f'count(ALERTS{{alertname="{alert}",alertstate="firing"}}) or vector(0)'
        return {
            "interval": "1m",
            "input_series": [{"series": one, "values": many} for one, many in values.items()],
            "promql_expr_test": [
                {"expr": query, "eval_time": at, "exp_samples": [{"value": int(fires)}]}
            ],
        }

    tests = [
        case(alert, values, fires=fires)
        for alert, (loud, quiet) in CASES.items()
        for values, fires in ((loud, True), (quiet, False))
    ]
    tests += [case(alert, values, fires=fires) for alert, values, fires in FURTHER_CASES]
    file = tmp_path / "tests.yml"
    file.write_text(json.dumps({"rule_files": [str(ALERTS)], "tests": tests}), "utf-8")
    promtool("test", "rules", str(file))


# -- dashboards -------------------------------------------------------------------------------


@pytest.mark.parametrize("file", DASHBOARDS, ids=lambda file: file.stem)
def test_dashboards_ask_the_provisioned_source_for_metrics_that_exist(
    file: Path, names: set[str]
) -> None:
    board = json.loads(file.read_text("utf-8"))
    provisioning = DEPLOY / "grafana" / "provisioning"
    (source,) = yaml.safe_load((provisioning / "datasources" / "visavis.yml").read_text("utf-8"))[
        "datasources"
    ]
    ids = [panel["id"] for panel in board["panels"]]
    assert len(ids) == len(set(ids)) > 10
    for panel in board["panels"]:
        assert panel["datasource"]["uid"] == source["uid"]
        assert panel["title"]
        assert panel["description"]
        for target in panel["targets"]:
            used = metrics_in(target["expr"])
            assert used, target
            assert used <= names, target
    areas = [panel["gridPos"] for panel in board["panels"]]
    cells = [
        (x, y)
        for area in areas
        for x in range(area["x"], area["x"] + area["w"])
        for y in range(area["y"], area["y"] + area["h"])
    ]
    assert len(cells) == len(set(cells)), "panels overlap"
    assert max(x for x, _ in cells) < 24


def test_every_metric_of_ours_is_on_a_dashboard_or_explained_beside(names: set[str]) -> None:
    shown = {name for file in DASHBOARDS for name in metrics_in(file.read_text("utf-8"))}
    beside = {
        *("sfu_max_rooms", "sfu_native_info", "sfu_peer_errors_total", "sfu_receive_buffer_bytes"),
        *("sfu_receive_buffer_errors_total", "sfu_rooms", "sfu_running_checks", "sfu_checks_total"),
        *("sfu_sent_datagrams_total", "sfu_socket_errors_total", "sfu_socket_filter"),
        *("sfu_stalls_total", "sfu_line_looks_total", "sfu_up_delay_variation_seconds"),
        *("sfu_down_forwarded_packets_total", "sfu_down_keyframe_requests_total"),
        *("sfu_down_lost_packets_total", "visavis_control_failed_requests_total"),
        *("sfu_info", "visavis_control_info", "visavis_control_websocket_seconds"),
        *("visavis_canary_stage_seconds", "visavis_canary_stage_success"),
        *("visavis_canary_visits_total", ROUND),
    }
    ours = {name for name in names if name.startswith(("sfu_", "visavis_"))}
    assert ours - shown == beside


def test_panels_of_the_canary_show_each_path_by_its_worst(tmp_path: Path) -> None:
    near, far = '{path="udp",instance="near"}', '{path="udp",instance="far"}'
    metrics = {
        "success": ("1", "0", 0.0),
        "first_audio_seconds": ("0.2", "0.9", 0.9),
        "r_factor": ("93", "60", 60.0),
    }
    series: dict[str, str] = {}
    for name, (good, bad, _) in metrics.items():
        series |= {f"visavis_canary_{name}{near}": good, f"visavis_canary_{name}{far}": bad}
    asked = {
        metric.removeprefix("visavis_canary_"): target["expr"]
        for file in DASHBOARDS
        for panel in json.loads(file.read_text("utf-8"))["panels"]
        for target in panel["targets"]
        for metric in metrics_in(target["expr"])
        if metric.startswith("visavis_canary_")
    }
    assert set(asked) == set(metrics)
    test = {
        "interval": "1m",
        "input_series": [{"series": one, "values": f"{many}x5"} for one, many in series.items()],
        "promql_expr_test": [
            {
                "expr": asked[name],
                "eval_time": "1m",
                "exp_samples": [{"labels": '{path="udp"}', "value": worst}],
            }
            for name, (_, _, worst) in metrics.items()
        ],
    }
    file = tmp_path / "tests.yml"
    file.write_text(json.dumps({"tests": [test]}), "utf-8")
    promtool("test", "rules", str(file))

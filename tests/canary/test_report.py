"""What is told of visits."""

from __future__ import annotations

import json

from canary.report import Metrics, as_json, in_words, is_good
from canary.visit import Stage, State, Visit

URL = "https://visavis.example"
GOOD = Visit(
    "udp",
    State.OK,
    dict.fromkeys(Stage, 0.25),
    first_audio_s=0.1234,
    r=93.2,
    loss_ratio=0.0,
    rtt_ms=4.0,
)
BAD = Visit(
    "udp",
    State.FAILED,
    {Stage.REACH: 0.01, Stage.LOG_IN: 0.2},
    failed=Stage.LINK,
    words="the link did not open within 20 s",
)
MISSING = Visit("turn", State.NOT_CONFIGURED, words="control names no TURN (VISAVIS_TURN_URLS)")


def values(metrics: Metrics, name: str) -> dict[str, float]:
    """Return the samples of a metric by their labels' values."""
    return {
        " ".join(sample.labels.values()): sample.value
        for family in metrics.registry.collect()
        for sample in family.samples
        if sample.name == f"visavis_canary_{name}"
    }


def test_what_is_not_configured_is_no_failure() -> None:
    assert is_good([GOOD, MISSING])
    assert not is_good([GOOD, BAD, MISSING])
    assert in_words(MISSING).startswith("turn: not configured")


def test_json_is_one_line_that_says_where_and_why_a_visit_failed() -> None:
    line = as_json(URL, [BAD, MISSING])
    assert "\n" not in line
    told = json.loads(line)
    assert (told["url"], told["ok"]) == (URL, False)
    assert told["paths"]["udp"]["failed"] == "link"
    assert told["paths"]["udp"]["why"] == BAD.words
    assert told["paths"]["turn"] == {"state": "not_configured", "why": MISSING.words}


def test_json_of_a_good_visit_has_its_times_and_scores() -> None:
    told = json.loads(as_json(URL, [GOOD]))["paths"]["udp"]
    assert (told["first_audio_s"], told["r"], told["mos"]) == (0.123, 93.2, 4.41)
    assert told["stages_s"] == dict.fromkeys(map(str, Stage), 0.25)


def test_metrics_show_the_last_round_and_nothing_of_the_one_before() -> None:
    metrics = Metrics()
    metrics.take([GOOD, MISSING], now=100.0)
    assert values(metrics, "success") == {"udp": 1.0}
    assert values(metrics, "first_audio_seconds") == {"udp": 0.1234}
    assert values(metrics, "stage_success") == {f"udp {stage}": 1.0 for stage in Stage}
    metrics.take([BAD, MISSING], now=400.0)
    assert values(metrics, "success") == {"udp": 0.0}
    assert values(metrics, "first_audio_seconds") == {}
    assert values(metrics, "r_factor") == {}
    done = {Stage.REACH, Stage.LOG_IN}
    assert values(metrics, "stage_success") == {
        f"udp {stage}": float(stage in done) for stage in Stage
    }
    assert set(values(metrics, "stage_seconds")) == {"udp reach", "udp log_in"}
    assert values(metrics, "visits_total") == {"udp ok": 1.0, "udp failed": 1.0}
    assert values(metrics, "last_round_timestamp_seconds") == {"": 400.0}


def test_path_that_is_not_configured_any_more_vanishes_from_the_metrics() -> None:
    metrics = Metrics()
    metrics.take([GOOD, Visit("turn", State.FAILED, failed=Stage.REACH)], now=100.0)
    metrics.take([GOOD, MISSING], now=400.0)
    assert values(metrics, "success") == {"udp": 1.0}

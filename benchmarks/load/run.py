"""What locust's events do: options, the server's health, media processes, the verdict."""

from __future__ import annotations

import logging
from itertools import count
from pathlib import Path
from typing import Any

import gevent
from locust import events
from locust.env import Environment
from locust.runners import STATE_STOPPING, MasterRunner, WorkerRunner

from benchmarks.load.crew import Crew
from benchmarks.load.preflight import trouble
from benchmarks.load.verdict import LIMITS, Figure, Seen, Verdict, judge

log = logging.getLogger(__name__)
GIVEN_UP = "visavis_given_up"
LAST_WORDS_S = 20.0
"""Of workers, beyond what their users may take to end what they are doing."""

_crew: Crew | None = None
_accounts = count()
_given_up: str | None = None
_ran: set[str] | None = None
"""The classes of users of the test that is ending."""


def listen() -> None:
    """Take part in what locust does from now on."""
    happens: Any = events  # without types
    happens.init_command_line_parser.add_listener(_add_options)
    happens.init.add_listener(_on_init)
    happens.test_start.add_listener(_on_start)
    happens.test_stopping.add_listener(_on_stopping)
    happens.test_stop.add_listener(_on_stop)
    happens.quitting.add_listener(_on_quitting)


def crew() -> Crew:
    """Return the media processes of this process, while a test runs."""
    assert _crew is not None
    return _crew


def next_account(environment: Environment) -> tuple[str, str] | None:
    """Return the next line of `--therapists` that is this process's; None without such a file."""
    options = _options(environment)
    if not options.therapists:
        return None
    lines = Path(options.therapists).read_text().splitlines()
    runner: Any = environment.runner
    number = runner.worker_index + next(_accounts) * max(1, getattr(options, "expect_workers", 1))
    if number >= len(lines):
        give_up(environment, f"{options.therapists} has too few accounts: {len(lines)}")
        number = 0
    email, _, password = lines[number].partition(" ")
    return email, password.strip()


def give_up(environment: Environment, why: str) -> None:
    """End the test, everywhere, since it makes no sense; the exit code says so."""
    global _given_up
    if _given_up is not None:
        return
    _given_up = why
    log.error("Given up: %s", why)
    environment.process_exit_code = 1
    if isinstance(environment.runner, WorkerRunner):
        environment.runner.send_message(GIVEN_UP, {"why": why})
        return
    _end(environment)


def _end(environment: Environment) -> None:
    runner = environment.runner
    assert runner is not None
    headless = bool(_options(environment).headless)
    gevent.spawn(runner.quit if headless else runner.stop)


def _options(environment: Environment) -> Any:
    return environment.parsed_options


# -- listeners -----------------------------------------------------------------------------------


def _add_options(parser: Any) -> None:
    add = parser.add_argument  # of a group they would not be on locust's page

    def setting(name: str) -> str:
        return f"VISAVIS_LOAD_{name.upper().replace('-', '_')}"

    add("--minutes", type=float, default=2.0, env_var=setting("minutes"),
        help="how long visits and waits last")  # fmt: skip
    add("--audio-only", action="store_true", env_var=setting("audio-only"),
        help="send no picture")  # fmt: skip
    add("--no-check", action="store_true", env_var=setting("no-check"),
        help="skip the check of the line, which takes ten seconds")  # fmt: skip
    add("--media-processes", type=int, default=1, env_var=setting("media-processes"),
        include_in_web_ui=False,
        help="so many media processes beside each locust process")  # fmt: skip
    add("--storm-every", type=float, default=10.0, env_var=setting("storm-every"),
        help="seconds between two moments at which JoinStorm joins")  # fmt: skip
    add("--therapists", default="", env_var=setting("therapists"),
        help="file with an e-mail address and a password a line; without, accounts are registered,"
        " which the server must allow")  # fmt: skip
    add("--max-failure-ratio", type=float, default=0.01, env_var=setting("max-failure-ratio"),
        help="at most: requests and measurements that failed")  # fmt: skip
    for limit in LIMITS:
        add(f"--{limit.option}", type=float, default=limit.default, env_var=setting(limit.option),
            help=f"at most: {limit.text}")  # fmt: skip


def _on_init(environment: Environment, **_: Any) -> None:
    if isinstance(environment.runner, MasterRunner):
        environment.runner.register_message(
            GIVEN_UP, lambda environment, msg, **_: give_up(environment, msg.data["why"])
        )


def _on_start(environment: Environment, **_: Any) -> None:
    global _crew, _given_up, _ran
    _given_up = _ran = None
    if isinstance(environment.runner, MasterRunner):
        return
    why = trouble(environment.host or "")
    if why is not None:
        give_up(environment, why)
    elif _crew is None:
        _crew = Crew(_options(environment).media_processes)


def _on_stopping(environment: Environment, **_: Any) -> None:
    """Note who ran; and wait for what workers end and report, which a master does not."""
    global _ran
    if _ran is not None:
        return
    runner: Any = environment.runner
    is_master = isinstance(runner, MasterRunner)
    counts = runner.reported_user_classes_count if is_master else runner.user_classes_count
    _ran = {name for name, count in counts.items() if count}
    if is_master and _options(environment).headless and _given_up is None:
        runner.update_state(STATE_STOPPING)  # or it would hand the users of who quits to others
        runner.send_message("quit")
        with gevent.Timeout(environment.stop_timeout + LAST_WORDS_S, False):
            while runner.worker_count:
                gevent.sleep(0.1)


def _on_stop(environment: Environment, **_: Any) -> None:
    if _crew is not None and _crew.talked_s:
        share = _crew.cost_s() / _crew.talked_s
        log.info("Media: %.4f CPU-seconds a second of a visit, all else included", share)
    if environment.web_ui is not None:
        _tell(_verdict(environment))


def _on_quitting(environment: Environment, **_: Any) -> None:
    global _crew
    if _crew is not None:
        _crew.stop()
        _crew = None
    if isinstance(environment.runner, WorkerRunner):
        return
    if _given_up is not None:
        log.error("FAILED: %s", _given_up)
        return
    verdict = _verdict(environment)
    _tell(verdict)
    environment.process_exit_code = 0 if verdict.passed else 1


def _tell(verdict: Verdict) -> None:
    for line in verdict.lines:
        (log.info if verdict.passed else log.error)("%s", line)


def _verdict(environment: Environment) -> Verdict:
    options, stats = vars(_options(environment)), environment.stats
    seen = {}
    for figure in Figure:
        entry = stats.entries.get((figure.value, "media"))
        if entry is not None:
            seen[figure] = Seen(
                entry.num_requests - entry.num_failures,
                entry.num_failures,
                entry.avg_response_time,
                entry.get_response_time_percentile(0.95) or 0.0,
                entry.max_response_time,
            )
    ran: list[Any] = [one for one in environment.user_classes if one.__name__ in (_ran or ())]
    return judge(
        seen,
        {limit: options[limit.option.replace("-", "_")] for limit in LIMITS},
        wanted={figure for one in ran for figure in one.measures},
        failure_ratio=stats.total.fail_ratio,
        max_failure_ratio=options["max_failure_ratio"],
        requests=stats.total.num_requests,
    )

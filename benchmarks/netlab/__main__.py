"""Run a command across a bad line: `python -m benchmarks.netlab --profile lte -- COMMAND`."""

from __future__ import annotations

import argparse
import os
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType

from benchmarks.netlab.emulator import become_realtime
from benchmarks.netlab.lab import Lab
from benchmarks.netlab.profiles import PROFILES
from benchmarks.netlab.selftest import selftest
from benchmarks.netlab.tun import CLIENT_ADDRESS, SERVER_ADDRESS, unavailable_reason

#: As timeout(1) and shells have it.
EXIT_TIMEOUT, EXIT_CANNOT, EXIT_SIGNAL = 124, 126, 128


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.netlab",
        description=f"Runs COMMAND at {CLIENT_ADDRESS}; the other end of the line is "
        f"{SERVER_ADDRESS}. Both are in its environment, as NETLAB_CLIENT and NETLAB_SERVER. "
        "Ends with one line of JSON on standard error, and with the command's own exit status.",
    )
    parser.add_argument("--profile", default="lan", choices=sorted(PROFILES))
    parser.add_argument("--list", action="store_true", help="list the profiles")
    parser.add_argument("--selftest", action="store_true", help="compare the line with its figures")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--server", metavar="COMMAND", help="first start this at the server's end")
    parser.add_argument("--port", type=int, help="wait until the server answers on this TCP port")
    parser.add_argument("--wait-s", type=float, default=30.0, help="for how long at most")
    parser.add_argument("--timeout-s", type=float, default=600.0, help="then end the command")
    parser.add_argument("--log", type=Path, metavar="FILE", help="write every packet's fate, JSONL")
    parser.add_argument("command", nargs="*", metavar="COMMAND", help="after --")
    return parser.parse_args()


def main() -> int:
    """Return the exit status."""
    asked = _arguments()
    if asked.list:
        print("\n".join(f"{name:16}{profile.says}" for name, profile in PROFILES.items()))
        return 0
    reason = unavailable_reason()
    if reason:
        print(reason, file=sys.stderr)
        return EXIT_CANNOT
    if asked.selftest:
        become_realtime()
        return selftest()
    if not asked.command:
        print("no command: put one after --, or ask for --selftest", file=sys.stderr)
        return EXIT_CANNOT
    return _run(asked)


def _run(asked: argparse.Namespace) -> int:
    with Lab(asked.profile, seed=asked.seed) as lab:
        try:
            with _server(lab, asked):
                lab.apply(asked.profile)  # the schedule begins with the command
                return _run_client(lab, asked)
        finally:
            _report(lab, asked.log)


@contextmanager
def _server(lab: Lab, asked: argparse.Namespace) -> Iterator[None]:
    if asked.server is None:
        yield
        return
    argv = lab.server.command(shlex.split(asked.server))
    with subprocess.Popen(argv, env=_environment()) as server:
        try:
            _await_port(lab, server, asked.port, asked.wait_s)
            yield
        finally:
            _end(server)


def _await_port(lab: Lab, server: subprocess.Popen[bytes], port: int | None, wait_s: float) -> None:
    give_up = time.monotonic() + wait_s
    while port is not None and not lab.server_listens(port):
        if server.poll() is not None:
            raise SystemExit(f"the server ended with status {server.returncode}")
        if time.monotonic() > give_up:
            raise SystemExit(f"nothing answered on port {port} within {wait_s:g} s")
        time.sleep(0.05)


def _run_client(lab: Lab, asked: argparse.Namespace) -> int:
    with subprocess.Popen(lab.client.command(asked.command), env=_environment()) as client:
        try:
            status = client.wait(timeout=asked.timeout_s)
        except subprocess.TimeoutExpired:
            print(f"ended the command after {asked.timeout_s:g} s", file=sys.stderr)
            return EXIT_TIMEOUT
        finally:
            _end(client)
    return status if status >= 0 else EXIT_SIGNAL - status


def _report(lab: Lab, log: Path | None) -> None:
    result = lab.close()
    if result is None:
        print("the emulator was gone before the end: the run is void", file=sys.stderr)
        return
    if log is not None:
        with log.open("w") as file:
            result.log.write_jsonl(file)
    print(result.report.as_json(), file=sys.stderr)


def _environment() -> dict[str, str]:
    return os.environ | {"NETLAB_CLIENT": CLIENT_ADDRESS, "NETLAB_SERVER": SERVER_ADDRESS}


def _end(process: subprocess.Popen[bytes]) -> None:
    """Ask it to end, then make it; what it started dies with its end of the line."""
    with suppress(ProcessLookupError):
        process.terminate()
    try:
        process.wait(timeout=5)
    except subprocess.TimeoutExpired:
        process.kill()


def _on_terminate(number: int, frame: FrameType | None) -> None:
    raise SystemExit(EXIT_SIGNAL + number)


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, _on_terminate)
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(EXIT_SIGNAL + signal.SIGINT)

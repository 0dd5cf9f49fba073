"""Starting the node, and ending one that would rather not."""

from __future__ import annotations

import asyncio
import os
import sys
import textwrap
from pathlib import Path

import pytest

from control.run.adoption import Node
from control.run.record import RecordFile
from control.run.supervisor import ChildMisconfigured, Supervisor
from tests.control.run.test_visits import Node as Media

WHERE = Node("127.0.0.1", 8081, 50000, "a-token-of-sixteen")


def supervisor(data: Path, program: str) -> Supervisor:
    command = (sys.executable, "-c", textwrap.dedent(program))
    return Supervisor(WHERE, RecordFile(data), Media([]), command)


async def test_node_with_wrong_settings_is_not_started_again(tmp_path: Path) -> None:
    made = supervisor(tmp_path, "raise SystemExit(2)")
    with pytest.raises(ChildMisconfigured):
        await made.run()
    assert made.starts == 1
    assert RecordFile(tmp_path).read() is None


async def test_node_that_ignores_sigterm_is_killed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("control.run.supervisor.STOP_TIMEOUT_S", 0.2)
    ready = tmp_path / "ready"
    os.mkfifo(ready)
    made = supervisor(
        tmp_path,
        f"""
        import signal
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        open({str(ready)!r}, "w").close()
        signal.pause()
        """,
    )
    task = asyncio.create_task(made.run())
    await asyncio.to_thread(ready.read_bytes)
    record = RecordFile(tmp_path).read()
    assert record is not None
    assert record.process.is_alive()
    assert os.getsid(record.pid) == record.pid, "Ctrl+C in our terminal must not reach it"
    assert (record.pid, record.token, record.api_port) == (made.pid, WHERE.token, WHERE.api_port)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert not record.process.is_alive()
    assert RecordFile(tmp_path).read() is None


async def test_node_runs_though_it_cannot_be_written_down(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    may_end = tmp_path / "may end"
    os.mkfifo(may_end)
    program = f"open({str(may_end)!r}).read(); raise SystemExit(2)"
    made = supervisor(tmp_path / "no such folder", program)
    task = asyncio.create_task(made.run())
    await asyncio.sleep(0)  # its first step starts the node and would write it down
    assert made.starts == 1
    await asyncio.to_thread(may_end.write_bytes, b"")
    with pytest.raises(ChildMisconfigured):
        await task
    assert "will not find the media node" in caplog.text


async def test_node_is_told_where_to_listen_and_to_end_without_control(tmp_path: Path) -> None:
    told = tmp_path / "told"
    os.mkfifo(told)
    names = [*WHERE.environment, "VISAVIS_END_WITHOUT_CONTROL_S"]
    made = supervisor(
        tmp_path,
        f"""
        import os
        with open({str(told)!r}, "w") as file:
            file.write(" ".join(os.environ[name] for name in {names!r}))
        raise SystemExit(2)
        """,
    )
    task = asyncio.create_task(made.run())
    assert (await asyncio.to_thread(told.read_text)).split() == [*WHERE.environment.values(), "600"]
    with pytest.raises(ChildMisconfigured):
        await task

"""What `serve` keeps for its successor, and who may read it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

import sfu.messages
from control.errors import ConfigError
from control.run.record import NodeRecord, RecordFile, build_of_node, only_one

RECORD = NodeRecord(
    pid=4711,
    started="then",
    build="b1",
    api_host="127.0.0.1",
    api_port=8081,
    media_port=50000,
    token="a-token-of-sixteen",
)


def test_record_is_for_its_owner_alone_and_reads_as_written(tmp_path: Path) -> None:
    file = RecordFile(tmp_path)
    assert file.read() is None
    for pid in (4711, 4712):
        file.write(RECORD.model_copy(update={"pid": pid}))
        assert file.path.stat().st_mode & 0o777 == 0o600
    assert file.read() == RECORD.model_copy(update={"pid": 4712})
    assert [each.name for each in tmp_path.iterdir()] == ["node.json"]
    file.remove()
    assert file.read() is None


def test_write_cut_short_by_a_crash_is_no_hindrance(tmp_path: Path) -> None:
    tmp_path.joinpath("node.new").write_text("{")
    RecordFile(tmp_path).write(RECORD)
    assert RecordFile(tmp_path).read() == RECORD


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"pid": 1}'])
def test_damaged_record_counts_as_none_and_is_said(
    tmp_path: Path, text: str, caplog: pytest.LogCaptureFixture
) -> None:
    file = RecordFile(tmp_path)
    file.path.write_text(text)
    file.path.chmod(0o600)
    assert file.read() is None
    assert "damaged" in caplog.text


def test_record_that_others_may_read_is_not_believed(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    file = RecordFile(tmp_path)
    file.write(RECORD)
    file.path.chmod(0o644)
    assert file.read() is None
    assert "0600" in caplog.text


def test_record_of_a_later_version_is_understood(tmp_path: Path) -> None:
    file = RecordFile(tmp_path)
    file.write(RECORD)
    file.path.write_text(file.path.read_text().replace("{", '{"mood": "fine", ', 1))
    assert file.read() == RECORD


def test_token_is_in_no_text_of_the_record() -> None:
    assert RECORD.token not in repr(RECORD) + str(RECORD)


def test_folder_is_for_one_at_a_time(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    with only_one(folder):
        assert folder.stat().st_mode & 0o777 == 0o700
        with pytest.raises(ConfigError, match="already runs"), only_one(folder):
            pass
    with only_one(folder):
        pass


def test_build_changes_with_the_code_and_with_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = tmp_path / "sfu"
    shutil.copytree(Path(sfu.__file__).parent, copy)
    before = build_of_node()
    monkeypatch.setattr(sfu, "__file__", str(copy / "__init__.py"))
    assert build_of_node() == before
    (copy / "notes.txt").write_text("not code")
    assert build_of_node() == before
    with (copy / "io" / "udp.py").open("a") as file:
        file.write("# changed\n")
    assert build_of_node() != before

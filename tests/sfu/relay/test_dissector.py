"""Our RTCP as Wireshark's dissector reads it: compounds of a running core in a capture file."""

from __future__ import annotations

import shutil
import struct
import subprocess
from collections.abc import Iterable
from pathlib import Path

import pytest

from sfu.base.media import Slot
from sfu.relay.core import PythonCore
from sfu.rtp import rtcp
from tests.sfu.relay.far_end import VP8_DELTA, VP8_KEY, FarEnd, make_pair, sender_report

TSHARK = shutil.which("tshark")
PORT = 5000
CAP_BPS = 256_000  # below 2¹⁸: its REMB has the exponent 0
FIELDS = (
    "rtcp.pt",
    "rtcp.senderssrc",
    "rtcp.mediassrc",
    "rtcp.ssrc.identifier",
    "rtcp.ssrc.fraction",
    "rtcp.ssrc.cum_nr",
    "rtcp.ssrc.ext_high",
    "rtcp.sdes.text",
    "rtcp.rtpfb.fmt",
    "rtcp.rtpfb.nack_pid",
    "rtcp.rtpfb.transportcc.baseseq",
    "rtcp.rtpfb.transportcc.statuscount",
    "rtcp.rtpfb.transportcc_bad",
    "rtcp.psfb.fmt",
    "rtcp.psfb.remb.fci.br_mantissa",
    "rtcp.psfb.remb.fci.ssrc",
    "rtcp.xr.bt",
    "rtcp.timestamp.rtp",
    "rtcp.sender.packetcount",
    "rtcp.length_check",
    "_ws.malformed",
    "_ws.expert.message",
)
Row = dict[str, list[str]]

pytestmark = pytest.mark.skipif(TSHARK is None, reason="needs tshark (Debian: tshark)")


def dissect(compounds: Iterable[bytes], path: Path) -> list[Row]:
    """Return the fields that tshark finds in each compound."""
    path.write_bytes(_capture(compounds))
    asked = [word for field in FIELDS for word in ("-e", field)]
    done = subprocess.run(
        [str(TSHARK), "-r", str(path), "-d", f"udp.port=={PORT},rtcp", "-T", "fields", *asked],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    return [
        {field: cell.split(",") if cell else [] for field, cell in zip(FIELDS, cells, strict=True)}
        for cells in (line.split("\t") for line in done.stdout.splitlines())
    ]


def _capture(compounds: Iterable[bytes]) -> bytes:
    """Write a pcap file of UDP over IPv4 (link type 101)."""
    out = struct.pack("!IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65_535, 101)
    for second, compound in enumerate(compounds):
        udp = struct.pack("!HHHH", PORT, PORT, 8 + len(compound), 0) + compound
        head = (0x45, 0, 20 + len(udp), 0, 0, 64, 17, 0, b"\xc0\0\2\1", b"\xc0\0\2\2")
        packet = struct.pack("!BBHHHBBH4s4s", *head) + udp
        out += struct.pack("!IIII", second, 0, len(packet), len(packet)) + packet
    return out


def _talk() -> tuple[FarEnd, FarEnd]:
    """Let a publisher lose packets and everybody ask for everything, then let the viewer go."""
    world, a, b = make_pair(PythonCore)
    world.core.cap(1, CAP_BPS, world.now)
    world.sound(a, range(10))
    for n in (n for n in range(20) if n not in (7, 9)):
        payload = VP8_DELTA if n else VP8_KEY
        world.send(a, a.plain(Slot.CAMERA, n, n * 3000, payload, cc=n))
        world.advance(0.01)
    sender_report(world, a, Slot.AUDIO, 1000.0, 77)
    sender_report(world, a, Slot.CAMERA, 1000.0, 88)
    world.send_rtcp(a, rtcp.write_rr(1, []), rtcp.write_rrtr(1, 2**40))
    ssrc = b.line(Slot.CAMERA).down_ssrc
    world.send_rtcp(b, rtcp.write_rr(1, []), rtcp.write_pli(1, ssrc))
    world.advance(1.5)
    world.core.remove_peer(2, world.now)
    world.drain()
    return a, b


def test_wireshark_reads_what_we_meant(tmp_path: Path) -> None:
    a, b = _talk()
    to_a = dissect(a.compounds, tmp_path / "a.pcap")
    to_b = dissect(b.compounds, tmp_path / "b.pcap")
    rows = to_a + to_b
    assert len(rows) == len(a.compounds) + len(b.compounds)
    for row in rows:
        assert row["rtcp.pt"][0] in ("200", "201")
        assert "202" in row["rtcp.pt"]
        assert row["rtcp.length_check"] == ["1"]
        assert row["_ws.malformed"] == row["_ws.expert.message"] == []
        assert set(row["rtcp.sdes.text"]) == {"one-name"}
    _expect_repair(a, to_a)
    _expect_reports(a, b, to_a, to_b)


def _expect_repair(a: FarEnd, rows: list[Row]) -> None:
    camera = f"0x{a.line(Slot.CAMERA).up_ssrc:08x}"
    asked = {number for row in rows for number in row["rtcp.rtpfb.nack_pid"]}
    assert asked == {"7", "9"}
    nacks = [row for row in rows if row["rtcp.rtpfb.nack_pid"]]
    assert {ssrc for row in nacks for ssrc in row["rtcp.mediassrc"]} == {camera}
    formats = {number for row in rows for number in row["rtcp.rtpfb.fmt"]}
    assert formats == {str(rtcp.FMT_NACK), str(rtcp.FMT_TRANSPORT_CC)}
    counted = [row for row in rows if row["rtcp.rtpfb.transportcc.baseseq"]]
    assert sum(int(row["rtcp.rtpfb.transportcc.statuscount"][0]) for row in counted) == 20
    assert counted[0]["rtcp.rtpfb.transportcc.baseseq"] == ["0"]
    assert not any(row["rtcp.rtpfb.transportcc_bad"] for row in rows)
    formats = {number for row in rows for number in row["rtcp.psfb.fmt"]}
    assert formats == {str(rtcp.FMT_PLI), "15"}  # 15: REMB
    capped = next(row for row in rows if row["rtcp.psfb.remb.fci.br_mantissa"])
    assert capped["rtcp.psfb.remb.fci.br_mantissa"] == [str(CAP_BPS)]
    assert camera in capped["rtcp.psfb.remb.fci.ssrc"]


def _expect_reports(a: FarEnd, b: FarEnd, to_a: list[Row], to_b: list[Row]) -> None:
    extended = [kind for row in to_a for kind in row["rtcp.xr.bt"]]
    assert set(extended) == {"4", "5"}  # RRTR and DLRR (RFC 3611, 4.4 and 4.5)
    blocks = [row for row in to_a if row["rtcp.ssrc.fraction"]]
    assert "2" in {lost for row in blocks for lost in row["rtcp.ssrc.cum_nr"]}
    assert "19" in {highest for row in blocks for highest in row["rtcp.ssrc.ext_high"]}
    senders = [row for row in to_b if "200" in row["rtcp.pt"]]
    told = {ssrc for row in senders for ssrc in row["rtcp.senderssrc"]}
    assert told >= {f"0x{b.line(slot).down_ssrc:08x}" for slot in (Slot.AUDIO, Slot.CAMERA)}
    counts = {number for row in senders for number in row["rtcp.sender.packetcount"]}
    assert counts == {"10", "18"}
    assert to_b[-1]["rtcp.pt"] == ["201", "202", "203"]
    leaving = {f"0x{line.down_ssrc:08x}" for line in b.lines}
    assert leaving <= set(to_b[-1]["rtcp.ssrc.identifier"])


def test_the_dissector_notices_what_is_broken(tmp_path: Path) -> None:
    whole = rtcp.write_rr(1, []) + rtcp.write_sdes(1, "one-name")
    (row,) = dissect([whole[:-6]], tmp_path / "cut.pcap")
    assert row["_ws.malformed"]
    assert row["_ws.expert.message"]

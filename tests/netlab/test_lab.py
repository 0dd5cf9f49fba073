"""Real packets through the real kernel. Needs root; skipped with a reason otherwise.

Times are asserted only when the emulator was punctual; counts always.
"""

from __future__ import annotations

import socket
import subprocess
import time
from pathlib import Path
from statistics import median

import pytest

from benchmarks.netlab.conditions import Conditions, GilbertElliott
from benchmarks.netlab.fatelog import Direction, Record
from benchmarks.netlab.fixture import OpenLab
from benchmarks.netlab.lab import Lab
from benchmarks.netlab.link import Fate
from benchmarks.netlab.probing import Flow, Prober
from benchmarks.netlab.profiles import both_ways, one_way, outage
from benchmarks.netlab.tun import unavailable_reason

NAMESPACES = Path("/run/netns")


def log_of(lab: Lab, way: Direction) -> list[Record]:
    return [record for record in lab.result().log if record.direction is way]


def numbers(flow: Flow) -> set[int]:
    return {arrival.number for arrival in flow.arrivals}


@pytest.mark.idle
def test_the_round_trip_is_that_of_the_profile(netlab: OpenLab) -> None:
    lab = netlab("dsl")
    with Prober(lab) as prober:
        flow = prober.echo(100, 0.01, drain_s=0.2)
    assert len(flow.arrivals) == 100
    assert median(flow.rtts_ms()) == pytest.approx(30, abs=1.5)
    assert min(flow.rtts_ms()) >= 30


@pytest.mark.idle
def test_each_way_has_its_own_delay(netlab: OpenLab) -> None:
    lab = netlab(one_way("ways", "", up=Conditions(delay_s=0.08), down=Conditions(delay_s=0.02)))
    with Prober(lab) as prober:
        up = prober.flood(Direction.UP, 50, 0.01, drain_s=0.2)
        down = prober.flood(Direction.DOWN, 50, 0.01, drain_s=0.2)
    assert median(up.rtts_ms()) == pytest.approx(80, abs=1)
    assert median(down.rtts_ms()) == pytest.approx(20, abs=1)


@pytest.mark.parametrize("way", Direction)
def test_what_arrives_is_exactly_what_the_log_says(netlab: OpenLab, way: Direction) -> None:
    bad = Conditions(delay_s=0.005, loss_ratio=0.05, bursts=GilbertElliott.of(0.03, 5))
    lab = netlab(both_ways("bad", "", bad))
    with Prober(lab) as prober:
        flow = prober.flood(way, 2000, 1 / 2000, drain_s=0.2)
    log = log_of(lab, way)
    survived = {number for number, r in enumerate(log) if r.fate is Fate.DELIVERED}
    assert len(log) == flow.sent == 2000
    assert numbers(flow) == survived
    assert 1700 < len(survived) < 1980


def test_the_same_seed_loses_the_same_packets_in_real_time(netlab: OpenLab) -> None:
    lost = []
    for _ in range(2):
        lab = netlab(both_ways("bad", "", Conditions(loss_ratio=0.2)))
        with Prober(lab) as prober:
            lost.append(numbers(prober.flood(Direction.UP, 300, 0.001, drain_s=0.1)))
    assert lost[0] == lost[1]


@pytest.mark.idle
def test_a_line_kept_full_delivers_its_rate(netlab: OpenLab) -> None:
    slow = Conditions(rate_bps=1_200_000, queue_bytes=1_000_000)
    lab = netlab(both_ways("slow", "", slow))
    with Prober(lab) as prober:  # sent far faster than it can leave
        flow = prober.flood(Direction.DOWN, 200, 0.0005, drain_s=1.5, size_bytes=1000)
    assert len(flow.arrivals) == 200
    assert flow.rate_bps() == pytest.approx(1_200_000, rel=0.01)


@pytest.mark.idle
def test_a_full_queue_drops_and_keeps_no_packet_longer_than_its_bound(netlab: OpenLab) -> None:
    lab = netlab("1200k-300ms")
    with Prober(lab) as prober:
        flow = prober.flood(Direction.UP, 150, 0.0005, drain_s=0.6, size_bytes=1000)
    log = log_of(lab, Direction.UP)
    dropped = sum(record.fate is Fate.QUEUE_FULL for record in log)
    assert dropped == 150 - len(flow.arrivals) > 0
    stays = [r.time_out - r.lateness_s - r.time_in for r in log if r.fate is Fate.DELIVERED]
    assert 0.025 + 0.29 < max(stays) < 0.025 + 0.3001


@pytest.mark.idle
def test_only_the_weak_side_is_limited(netlab: OpenLab) -> None:
    lab = netlab("up-250k")
    with Prober(lab) as prober:
        for way in Direction:
            prober.flood(way, 150, 1 / 200, drain_s=0.1, size_bytes=1000)
    report = lab.result().report
    assert report.up.fates["queue_full"] > 0
    assert report.down.fates["delivered"] == report.down.sent == 150


def test_duplicates_reach_the_receiver(netlab: OpenLab) -> None:
    lab = netlab(both_ways("twice", "", Conditions(duplicate_ratio=0.3)))
    with Prober(lab) as prober:
        flow = prober.flood(Direction.UP, 200, 0.001, drain_s=0.1)
    totals = lab.result().report.up
    assert len(flow.arrivals) == 200 + totals.copies == totals.fates["delivered"]
    assert totals.copies > 20
    assert sum(record.copy for record in log_of(lab, Direction.UP)) == totals.copies


def test_a_rebound_nat_lets_the_kernel_answer_the_new_port_alone(netlab: OpenLab) -> None:
    lab = netlab("lan")
    client, server = lab.client.socket(), lab.server.socket()
    with client, server:
        server.bind((lab.server.address, 7000))
        server.settimeout(2)
        client.settimeout(2)
        client.sendto(b"before", (lab.server.address, 7000))
        before = server.recvfrom(100)[1]
        lab.rebind()
        server.sendto(b"lost", before)
        client.sendto(b"after", (lab.server.address, 7000))
        data, after = server.recvfrom(100)
        server.sendto(b"found", after)
        assert (data, after[0], after[1] != before[1]) == (b"after", before[0], True)
        assert client.recv(100) == b"found"
    assert lab.result().report.down.fates["unmapped"] == 1


def test_a_client_that_moved_is_another_address_to_the_server(netlab: OpenLab) -> None:
    lab = netlab("lan")
    before = lab.client.address
    old, listener = [end.socket(socket.SOCK_STREAM) for end in (lab.client, lab.server)]
    with old, listener:
        listener.bind((lab.server.address, 7001))
        listener.listen()
        old.connect((lab.server.address, 7001))
        lab.move_client()
        with pytest.raises(ConnectionAbortedError):
            old.send(b"from an address that went")
    client, server = lab.client.socket(), lab.server.socket()
    with client, server:
        server.bind((lab.server.address, 7000))
        server.settimeout(2)
        client.settimeout(2)
        client.sendto(b"here", (lab.server.address, 7000))
        _, (host, port) = server.recvfrom(100)
        server.sendto(b"there", (host, port))
        assert client.recv(100) == b"there"
    assert host == lab.client.address != before


def test_blocked_udp_leaves_tcp_alone(netlab: OpenLab) -> None:
    lab = netlab("udp-blocked")
    with Prober(lab) as prober:
        assert prober.echo(10, 0.01, drain_s=0.1).arrivals == []
    assert lab.result().report.up.fates["blocked"] == 10
    with lab.server.socket(socket.SOCK_STREAM) as listener:
        listener.bind((lab.server.address, 8080))
        listener.listen()
        with lab.client.socket(socket.SOCK_STREAM) as client:
            client.settimeout(5)
            client.connect((lab.server.address, 8080))


@pytest.mark.idle
def test_an_outage_begins_and_ends_on_time(netlab: OpenLab) -> None:
    lab = netlab("lan")
    with Prober(lab) as prober:
        before = time.monotonic()
        lab.apply(outage(0.3, 0.6, Conditions()))
        after = time.monotonic()
        prober.flood(Direction.UP, 200, 0.005, drain_s=0.1)
    during, outside = set(), set()
    for record in log_of(lab, Direction.UP):
        if after + 0.3 <= record.time_in < before + 0.6:
            during.add(record.fate)
        elif record.time_in < before + 0.3 or record.time_in >= after + 0.6:
            outside.add(record.fate)
    assert (during, outside) == ({Fate.OUTAGE}, {Fate.DELIVERED})


def test_a_line_can_be_changed_while_in_use(netlab: OpenLab) -> None:
    lab = netlab("lan")
    with Prober(lab) as prober:
        before = prober.echo(20, 0.005, drain_s=0.1)
        lab.apply("satellite")
        after = prober.echo(20, 0.005, drain_s=0.8)
    assert min(after.rtts_ms()) > 600 > 100 > min(before.rtts_ms())


def test_a_packet_of_the_full_mtu_passes_and_comes_out_whole(netlab: OpenLab) -> None:
    lab = netlab("lan")
    with lab.client.socket() as client, lab.server.socket() as server:
        server.settimeout(5)
        server.bind((lab.server.address, 9000))
        sent = bytes(range(256)) * 5 + bytes(192)
        client.sendto(sent, (lab.server.address, 9000))
        received, sender = server.recvfrom(2048)
    assert (received, sender[0]) == (sent, lab.client.address)
    assert [r.size_bytes for r in log_of(lab, Direction.UP)] == [1500]


def test_an_idle_line_carries_nothing_of_its_own(netlab: OpenLab) -> None:
    lab = netlab("lan")
    time.sleep(0.3)
    report = lab.result().report
    assert report.up.sent == report.down.sent == 0


def test_two_lines_do_not_disturb_each_other(netlab: OpenLab) -> None:
    near, far = netlab("lan"), netlab("satellite")
    with Prober(near) as quick, Prober(far) as slow:
        assert min(quick.echo(10, 0.005, drain_s=0.1).rtts_ms()) < 100
        assert min(slow.echo(10, 0.005, drain_s=0.8).rtts_ms()) >= 600


def test_a_launcher_runs_its_program_at_its_end(netlab: OpenLab, tmp_path: Path) -> None:
    lab = netlab("lan")
    launcher = lab.client.write_launcher(tmp_path / "there", "ip")
    shown = subprocess.run([launcher, "-o", "address"], capture_output=True, text=True, check=True)
    assert lab.client.address in shown.stdout


def test_closing_removes_both_ends_and_what_runs_there(netlab: OpenLab) -> None:
    lab = netlab("lan")
    stuck = subprocess.Popen(lab.server.command(["sh", "-c", "trap '' TERM; sleep 60 & wait"]))
    assert (NAMESPACES / lab.server.name).exists()
    lab.close()
    assert stuck.wait(timeout=5) != 0
    assert not list(NAMESPACES.glob(f"{lab.client.name.removesuffix('client')}*"))


def test_the_truth_remains_after_closing(netlab: OpenLab) -> None:
    lab = netlab("lan")
    with Prober(lab) as prober:
        prober.echo(5, 0.005, drain_s=0.1)
    last = lab.close()
    assert last is not None
    assert lab.result() is last is lab.close()
    assert (last.report.up.sent, last.report.down.sent) == (5, 5)


def test_the_rest_of_the_machine_keeps_its_settings(netlab: OpenLab) -> None:
    setting = Path("/proc/sys/net/ipv6/conf/all/disable_ipv6")
    if not setting.exists():
        pytest.skip("this kernel has no IPv6")
    before = setting.read_text()
    lab = netlab("lan")
    assert setting.read_text() == before
    assert lab.client.call(setting.read_text).strip() == "1"


def test_a_failed_call_at_one_end_raises_here(netlab: OpenLab) -> None:
    lab = netlab("lan")
    with pytest.raises(FileNotFoundError):
        lab.client.call(Path("/nowhere").read_text)


def test_without_root_the_reason_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    assert unavailable_reason() == "netlab needs root, to make network namespaces"

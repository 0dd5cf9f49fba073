"""Settings, tones, and datagrams over TCP."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
from av import AudioFrame

from canary.__main__ import main
from canary.peer import SAMPLE_HZ, has_tone
from canary.settings import SettingError, Settings, load, seconds
from canary.tcp import TcpBridge
from canary.trouble import NotOffered, WrongAccount
from canary.visit import Visit, turn_path
from sfu.transport.framing import Deframer, frame

GIVEN = {
    "VISAVIS_CANARY_URL": "https://visavis.example/",
    "VISAVIS_CANARY_EMAIL": "canary@visavis.example",
    "VISAVIS_CANARY_PASSWORD": "a long enough password",
}
ANSWER = (
    "v=0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\n"
    "a=candidate:1 1 udp 2130706431 192.0.2.1 50000 typ host\r\n"
    "{tcp}a=end-of-candidates\r\n"
)


def sound(*parts: tuple[int, float]) -> AudioFrame:
    """Return 20 ms of tones, each of a frequency and a loudness, stereo as aiortc decodes it."""
    at = np.arange(SAMPLE_HZ // 50) / SAMPLE_HZ
    mono = sum((loud * np.sin(2 * np.pi * hz * at) for hz, loud in parts), np.zeros(len(at)))
    both = np.repeat((mono * 32767).astype(np.int16), 2).reshape(1, -1)
    return AudioFrame.from_ndarray(both, format="s16", layout="stereo")


@pytest.mark.parametrize(
    ("parts", "is_heard"),
    [
        ([(880, 0.3)], True),
        ([(880, 0.3), (440, 0.1)], True),
        ([(440, 0.3)], False),
        ([(440, 0.3), (880, 0.1)], False),
        ([(880, 0.001)], False),
        ([], False),
    ],
)
def test_tone_of_the_other_side_alone_is_heard(
    parts: list[tuple[int, float]], is_heard: bool
) -> None:
    assert has_tone(sound(*parts), 880) is is_heard


def test_settings_come_from_the_environment() -> None:
    settings = load(GIVEN)
    assert settings.url == "https://visavis.example"
    assert "long" not in repr(settings)


def test_password_may_lie_in_a_file(tmp_path: Path) -> None:
    file = tmp_path / "password"
    file.write_text("another password\n")
    assert load(GIVEN | {"VISAVIS_CANARY_PASSWORD_FILE": str(file)}).password == "another password"
    with pytest.raises(SettingError, match="PASSWORD_FILE"):
        load(GIVEN | {"VISAVIS_CANARY_PASSWORD_FILE": str(tmp_path / "none")})


@pytest.mark.parametrize("name", GIVEN)
def test_setting_that_is_missing_is_named(name: str) -> None:
    with pytest.raises(SettingError, match=f"{name} must be set"):
        load({key: value for key, value in GIVEN.items() if key != name})


def test_account_that_is_no_canarys_ends_with_the_status_of_wrong_settings(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    async def walk_all(settings: Settings) -> list[Visit]:
        raise WrongAccount(f"not {settings.email}")

    monkeypatch.setattr("canary.__main__.walk_all", walk_all)
    for name, value in GIVEN.items():
        monkeypatch.setenv(name, value)
    assert main(["--once"]) == 2
    told = capsys.readouterr()
    assert (told.out, told.err) == ("", "visavis canary: not canary@visavis.example\n")


@pytest.mark.parametrize("url", ["visavis.example", "ftp://visavis.example", "https://a.b/path"])
def test_address_that_no_page_has_is_refused(url: str) -> None:
    with pytest.raises(SettingError, match="VISAVIS_CANARY_URL"):
        load(GIVEN | {"VISAVIS_CANARY_URL": url})


def test_times_are_read_with_their_unit() -> None:
    read = [seconds(text, 30) for text in ("300", "90s", "5m", "1h")]
    assert read == [300, 90, 300, 3600]
    for text in ("soon", "5 m", "29s", "-5m"):
        with pytest.raises(ValueError, match="must be"):
            seconds(text, 30)


def test_ways_through_turn_have_names_of_their_own() -> None:
    urls = ("turn:a:1?transport=udp", "turn:a:1", "turn:a:1?transport=tcp", "turns:a:1")
    assert [turn_path(url).name for url in urls] == ["turn_udp", "turn_udp", "turn_tcp", "turn_tls"]


async def test_node_without_tcp_is_told() -> None:
    with pytest.raises(NotOffered, match="VISAVIS_MEDIA_TCP"):
        await TcpBridge.open(ANSWER.format(tcp=""))


async def test_bridge_takes_datagrams_to_the_nodes_tcp_and_back() -> None:
    received: asyncio.Queue[bytes] = asyncio.Queue()
    ended = asyncio.Event()

    async def node(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        deframer = Deframer()
        with suppress(ConnectionError):
            while data := await reader.read(4096):
                for datagram in deframer.feed(data):
                    writer.write(frame(datagram + b" back"))
        writer.close()
        ended.set()

    class Page(asyncio.DatagramProtocol):
        def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
            received.put_nowait(data)

    server = await asyncio.start_server(node, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        tcp = f"a=candidate:2 1 tcp 1 127.0.0.1 {port} typ host tcptype passive\r\n"
        bridge, answer = await TcpBridge.open(ANSWER.format(tcp=tcp))
        assert answer.count("a=candidate") == 1
        assert "192.0.2.1" not in answer
        ours = int(answer.partition("127.0.0.1 ")[2].split()[0])
        page, _ = await asyncio.get_running_loop().create_datagram_endpoint(
            Page, remote_addr=("127.0.0.1", ours)
        )
        async with asyncio.timeout(10):
            for data in (b"one", b"two"):
                page.sendto(data)
                assert await received.get() == data + b" back"
            page.close()
            await bridge.close()
            await ended.wait()

"""What stops those who guess passwords, and locks out nobody who knows."""

from __future__ import annotations

import asyncio
import threading
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from control.auth.devices import Devices
from control.auth.passwords import AT_ONCE, WAITING, WAITING_KNOWN, Passwords
from control.errors import Unavailable
from control.http.pace import Pace
from tests.control.stage import PASSWORD, Page, Stage, make_config

EMAIL = "rossi@example.org"


@pytest.fixture
async def proxied(tmp_path: Path) -> AsyncIterator[Stage]:
    """A running control behind a proxy."""
    async with Stage(make_config(tmp_path, trust_proxy=True)) as running:
        yield running


async def log_in(
    page: Page, password: str = PASSWORD, *, email: str = EMAIL, forwarded: str = ""
) -> int:
    headers = {"X-Visavis": "1"} | ({"X-Forwarded-For": forwarded} if forwarded else {})
    body = {"email": email, "password": password}
    async with page.client.post("/api/login", json=body, headers=headers) as answer:
        assert answer.status != 429 or (await answer.json())["code"] == "slow_down"
        return answer.status


async def guess(page: Page, times: int, *, forwarded: str = "") -> list[int]:
    return [await log_in(page, "wrong", forwarded=forwarded) for _ in range(times)]


async def test_of_200_guesses_at_once_ten_are_judged(stage: Stage) -> None:
    await stage.therapist()
    page = stage.page()
    answers = await asyncio.gather(*(log_in(page, f"guess {n}") for n in range(200)))
    assert Counter(answers) == {401: 10, 429: 190}


async def test_restart_forgives_nobody_and_time_does(stage: Stage) -> None:
    await stage.therapist()
    page = stage.page()
    assert await guess(page, 11) == [401] * 10 + [429]
    await stage.restart()
    assert await log_in(page) == 429
    stage.clock.advance(901)
    assert await log_in(page) == 200


async def test_success_forgives_the_failures_before_it(stage: Stage) -> None:
    await stage.therapist()
    page = stage.page()
    await guess(page, 9)
    assert await log_in(page) == 200
    page.client.session.cookie_jar.clear()
    assert await guess(page, 9) == [401] * 9
    assert await log_in(page) == 200


async def test_guesses_from_elsewhere_keep_nobody_out(proxied: Stage) -> None:
    await proxied.therapist()
    stranger, therapist = proxied.page(), proxied.page()
    assert (await guess(stranger, 11, forwarded="192.0.2.1"))[-1] == 429
    assert await log_in(therapist, forwarded="198.51.100.7") == 200


async def test_address_is_the_one_the_proxy_saw_whatever_the_client_says(proxied: Stage) -> None:
    await proxied.therapist()
    page = proxied.page()
    answers = [
        await log_in(page, "wrong", forwarded=f"203.0.113.{n}, 192.0.2.1") for n in range(11)
    ]
    assert answers == [401] * 10 + [429]


async def test_guesses_from_the_same_address_keep_no_known_browser_out(stage: Stage) -> None:
    therapist, stranger = await stage.therapist(), stage.page()
    assert (await guess(stranger, 11))[-1] == 429
    assert await log_in(therapist) == 200
    await therapist.post("/api/logout", expect=204)
    assert await log_in(therapist) == 200
    assert await log_in(stranger) == 429


async def test_known_browser_guesses_no_more_than_a_stranger(stage: Stage) -> None:
    page = await stage.therapist()
    assert await guess(page, 11) == [401] * 10 + [429]
    assert await log_in(stage.page()) == 200


async def test_device_cookie_is_good_for_its_account_alone() -> None:
    devices = Devices(b"k" * 32)
    cookie = devices.issue("a@example.org")
    assert devices.recognise("a@example.org", cookie) == cookie.partition(".")[0]
    forged = (None, "", ".", "x", f"x{cookie}", f"{cookie}x", "\udcff.\udcff")
    assert [devices.recognise("a@example.org", one) for one in forged] == [None] * len(forged)
    assert devices.recognise("b@example.org", cookie) is None
    assert Devices(b"l" * 32).recognise("a@example.org", cookie) is None


async def test_many_accounts_from_one_address_are_slowed_and_a_known_browser_is_not(
    stage: Stage,
) -> None:
    therapist = await stage.therapist()
    page = stage.page()
    stage.control.throttle.turns = Pace(interval_s=1, ahead_s=0)  # nobody's turn comes
    answers = await asyncio.gather(
        *(log_in(page, "wrong", email=f"person{n}@example.org") for n in range(50))
    )
    assert answers.count(429) == 20
    assert await log_in(page) == 429
    assert await log_in(therapist) == 200
    stage.control.throttle.turns = Pace(interval_s=0.1, ahead_s=0.1)
    assert await log_in(page) == 200


async def test_one_account_from_many_addresses_is_slowed_and_nobody_is_kept_out(
    proxied: Stage,
) -> None:
    therapist, page = await proxied.therapist(), proxied.page()
    proxied.control.throttle.turns = Pace(interval_s=1, ahead_s=0)
    for number in range(10):
        assert await guess(page, 10, forwarded=f"192.0.2.{number}") == [401] * 10
    assert await log_in(page, forwarded="198.51.100.7") == 429
    assert await log_in(therapist, forwarded="198.51.100.7") == 200
    proxied.control.throttle.turns = Pace(interval_s=0.1, ahead_s=0.1)
    assert await log_in(page, forwarded="198.51.100.7") == 200


class Stuck(Passwords):
    """Passwords whose work takes until it is let go."""

    def __init__(self) -> None:
        super().__init__(memory_kib=64)
        self.go = threading.Event()

    def _verify(self, password_hash: str, password: str) -> bool:
        self.go.wait(30)
        return super()._verify(password_hash, password)


async def test_further_hashes_than_wait_are_told_to_come_back_and_known_browsers_come_first() -> (
    None
):
    passwords = Stuck()
    work = [
        asyncio.create_task(passwords.matches(None, "x")) for _ in range(AT_ONCE + WAITING)
    ]  # fmt: skip
    await asyncio.sleep(0)
    with pytest.raises(Unavailable) as caught:
        await passwords.matches(None, "x")
    assert caught.value.code == "busy"
    with pytest.raises(Unavailable):
        await passwords.hash("x")
    work += [
        asyncio.create_task(passwords.matches(None, "x", is_known=True))
        for _ in range(WAITING_KNOWN)
    ]
    await asyncio.sleep(0)
    with pytest.raises(Unavailable):
        await passwords.matches(None, "x", is_known=True)
    passwords.go.set()
    assert await asyncio.gather(*work) == [False] * len(work)
    assert await passwords.matches(await passwords.hash("x"), "x")
    passwords.close()


async def test_attempt_that_found_no_place_is_not_counted_and_health_answers_meanwhile(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    await stage.therapist()
    page, stuck = stage.page(), Stuck()
    passwords = stage.control.passwords
    with monkeypatch.context() as patch:
        patch.setattr(passwords, "matches", stuck.matches)
        work = [
            asyncio.create_task(stuck.matches(None, "x")) for _ in range(AT_ONCE + WAITING)
        ]  # fmt: skip
        await asyncio.sleep(0)
        for _ in range(11):
            assert await log_in(page) == 503
        assert (await page.get("/api/health"))["status"] == "ok"
    stuck.go.set()
    await asyncio.gather(*work)
    stuck.close()
    assert await log_in(page) == 200


@pytest.mark.parametrize("start", [b"POST /api/login", b"GET /api/me", b"GET /api/visit"])
async def test_cookies_of_any_bytes_are_no_error_of_ours(stage: Stage, start: bytes) -> None:
    await stage.therapist()
    body = b'{"email": "rossi@example.org", "password": "wrong"}'
    request = (
        b"%s HTTP/1.1\r\nHost: visavis.test\r\nX-Visavis: 1\r\nConnection: close\r\n"
        b"Cookie: __Host-device=\xff.\xff; __Host-login=\xff; __Host-visit=\xff\r\n"
        b"Content-Type: application/json\r\nContent-Length: %d\r\n\r\n%s"
    ) % (start, len(body), body)
    reader, writer = await asyncio.open_connection("127.0.0.1", stage.server.port)
    writer.write(request)
    assert (await reader.readline()).split()[1] == b"400"  # refused before anybody is judged
    writer.close()
    await writer.wait_closed()

"""Tests of camera and connection from the patient's link: no visit, no waiting, nobody is rung.

Each has a room of its own on the media node, whose gate never opens and which only the patient's
page is in. The node checks the line by itself; its summary is kept on the patient's row. The room
is closed a moment after the check, when the page goes, and after two minutes at the latest. All of
this lives in memory: rooms that a stopped control leaves behind are strays, which the next closes.

A test goes on only while its link is valid. That is read again when the node has answered, when
the summary is written, and twice a second: so whichever way a link went (revoked, renewed, erased
with the patient, by another replica of control too), its test is closed within a second.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from control.data.database import Database, Transaction
from control.errors import NotFound, SlowDown, Unavailable
from control.http.pace import Allowance, Pace
from control.http.throttle import LINK_BY_ADDRESS, Limit, Throttle
from control.http.wire import Offer
from control.invitations.model import Invitation, hash_token
from control.sessions.ports import MediaServer
from control.visits.holds import refuse_other_device
from control.visits.ports import Links, TestRecords
from sfu.messages import (
    CheckReport,
    CheckState,
    Event,
    PeerClosed,
    PeerClosedReason,
    PeerReported,
    Role,
    RoomClosed,
    RoomCommand,
)

log = logging.getLogger(__name__)

LONGEST = timedelta(minutes=2)
MOST = 40  # at once; a node checks 20 lines at once
LINGER = timedelta(seconds=3)
"""After the check, until the page has read what came of it."""


@dataclass(slots=True)
class LinkTest:
    """One that is under way."""

    room: str
    patient_id: str
    token_hash: bytes
    """Of the link that it was begun by."""
    closes_at: datetime
    is_done: bool = False

    def end(self, at: datetime) -> None:
        """Let `tick` close the room then, or before where that was said already."""
        self.is_done = True
        self.closes_at = min(self.closes_at, at)


@dataclass(frozen=True, slots=True)
class Link:
    """The right that a link gives; implements `Authority`."""

    links: Links
    token_hash: bytes
    now: datetime

    async def find(self, tx: Transaction, *, hold: bool = False) -> Invitation | None:
        """Return the link if it is valid."""
        invitation = await self.links.by_token_hash(tx, self.token_hash, hold=hold)
        if invitation is None or invitation.state(self.now) != "valid":
            return None
        return invitation

    async def confirm(self, tx: Transaction, *, hold: bool) -> None:
        """Return when the link is valid, or raise `NotFound` (link_unknown)."""
        if await self.find(tx, hold=hold) is None:
            raise _unknown_link()


class LinkTests:
    """Runs at most one test for each link at a time."""

    def __init__(
        self,
        database: Database,
        *,
        links: Links,
        media: MediaServer,
        records: TestRecords,
        throttle: Throttle,
        allowance: Allowance,
        offers: Pace,
    ) -> None:
        self._database = database
        self._links = links
        self._media = media
        self._records = records
        self._throttle = throttle
        self._allowance = allowance
        self._offers = offers
        self._tests: dict[str, LinkTest] = {}
        """By room."""

    async def offer(
        self, token: str, offer: Offer, jar: Mapping[str, str], address: str, *, now: datetime
    ) -> str:
        """Answer the offer of a page that tests; again replaces its old peer.

        Raises:
            NotFound: link_unknown, also when it was revoked meanwhile; the test is closed again.
            Conflict: taken, when a one-time link belongs to another device.
            Invalid: bad_sdp.
            SlowDown: Too many checks or offers of this link.
            Unavailable: media_away.
        """
        patient_id = await self.patient_of(token, jar, address, now=now)
        monotonic = asyncio.get_running_loop().time()
        self._offers.take(patient_id, monotonic)
        token_hash = hash_token(token)
        test = self._running(token_hash)
        if test is None:
            if len(self._tests) >= MOST:
                raise SlowDown(int(LONGEST.total_seconds()))
            self._allowance.take(patient_id, monotonic)
            room = f"test-{secrets.token_hex(12)}"
            test = LinkTest(room, patient_id, token_hash, now + LONGEST)
            self._tests[test.room] = test
        await self._media.ensure_room(test.room, RoomCommand(), self._media.draw_generation())
        answer = await self._media.offer(test.room, test.room, Role.PATIENT, offer)
        try:
            await self.patient_of(token, jar, address, now=now)
        except BaseException:
            test.end(now)
            raise
        return answer

    async def patient_of(
        self, token: str, jar: Mapping[str, str], address: str, *, now: datetime
    ) -> str:
        """Return whose link this is, or raise as `offer` does. Nothing follows from it."""
        async with self._database.read() as tx:
            invitation = await Link(self._links, hash_token(token), now).find(tx)
            if invitation is not None:
                refuse_other_device(invitation, jar)
                return invitation.patient_id
        await self._throttle.reserve(Limit(LINK_BY_ADDRESS, address), now=now)
        raise _unknown_link()

    def owns(self, room: str) -> bool:
        """Tell whether this room is a test's; `tick` closes it when the test is over."""
        return room in self._tests

    async def handle_event(self, event: Event, *, now: datetime) -> None:
        """Take what the node tells of a room that belongs to no session."""
        test = self._tests.get(event.room)
        if test is None:
            return
        match event:
            case PeerReported(peer=peer) if peer.check is not None and not test.is_done:
                if peer.check.state is not CheckState.DONE:
                    return
                await self._note(test, peer.check, now)
            case PeerClosed(reason=reason) if reason is not PeerClosedReason.REPLACED:
                test.end(now)
            case RoomClosed():
                self._tests.pop(test.room, None)

    async def tick(self, *, now: datetime) -> None:
        """Close the rooms of tests that are over, or whose link is not valid any more.

        What the node does not hear is said again.

        Raises:
            Unavailable: After each had its turn, when one could not be closed, or no link be read.
        """
        away: Unavailable | None = None
        try:
            await self._end_void(now)
        except Unavailable as error:
            away = error
        for test in list(self._tests.values()):
            if now < test.closes_at:
                continue
            try:
                await self._media.close_room(test.room)
            except Unavailable as error:
                away = error
            else:
                self._tests.pop(test.room, None)
        if away is not None:
            raise away

    async def _note(self, test: LinkTest, report: CheckReport, now: datetime) -> None:
        try:
            is_kept = await self._records.note_test(
                test.patient_id, report, by=Link(self._links, test.token_hash, now)
            )
        except NotFound:
            test.end(now)
        else:
            if is_kept:
                test.end(now + LINGER)

    async def _end_void(self, now: datetime) -> None:
        """End the tests whose link is not valid any more."""
        if not self._tests:
            return
        async with self._database.read() as tx:
            for test in list(self._tests.values()):
                if await Link(self._links, test.token_hash, now).find(tx) is None:
                    test.end(now)

    def _running(self, token_hash: bytes) -> LinkTest | None:
        mine = (one for one in self._tests.values() if one.token_hash == token_hash)
        return next((one for one in mine if not one.is_done), None)


def _unknown_link() -> NotFound:
    return NotFound("link_unknown", "This link is not valid. Please ask for a new one.")

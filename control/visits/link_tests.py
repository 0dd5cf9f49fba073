"""Tests of camera and connection from the patient's link: no visit, no waiting, nobody is rung.

Each has a room of its own on the media node, whose gate never opens and which only the patient's
page is in. The node checks the line by itself; its summary is kept on the patient's row. The room
is closed a moment after the check, when the page goes, and after two minutes at the latest. All of
this lives in memory: rooms that a stopped control leaves behind are strays, which the next closes.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from control.data.database import Database
from control.errors import NotFound, SlowDown, Unavailable
from control.http.pace import Allowance, Pace
from control.http.throttle import LINK_BY_ADDRESS, Limit, Throttle
from control.http.wire import Offer
from control.invitations.model import hash_token
from control.sessions.ports import MediaServer
from control.visits.holds import refuse_other_device
from control.visits.ports import Links, TestRecords
from sfu.messages import (
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
    closes_at: datetime
    is_done: bool = False


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
            NotFound: link_unknown.
            Conflict: taken, when a one-time link belongs to another device.
            Invalid: bad_sdp.
            SlowDown: Too many checks or offers of this link.
            Unavailable: media_away.
        """
        patient_id = await self.patient_of(token, jar, address, now=now)
        monotonic = asyncio.get_running_loop().time()
        self._offers.take(patient_id, monotonic)
        test = self._running(patient_id)
        if test is None:
            if len(self._tests) >= MOST:
                raise SlowDown(int(LONGEST.total_seconds()))
            self._allowance.take(patient_id, monotonic)
            test = LinkTest(f"test-{secrets.token_hex(12)}", patient_id, now + LONGEST)
            self._tests[test.room] = test
        await self._media.ensure_room(test.room, RoomCommand(), self._media.draw_generation())
        return await self._media.offer(test.room, test.room, Role.PATIENT, offer)

    async def patient_of(
        self, token: str, jar: Mapping[str, str], address: str, *, now: datetime
    ) -> str:
        """Return whose link this is, or raise as `offer` does. Nothing follows from it."""
        async with self._database.read() as tx:
            invitation = await self._links.by_token_hash(tx, hash_token(token))
            if invitation is not None and invitation.state(now) == "valid":
                refuse_other_device(invitation, jar)
                return invitation.patient_id
        await self._throttle.reserve(Limit(LINK_BY_ADDRESS, address), now=now)
        raise NotFound("link_unknown", "This link is not valid. Please ask for a new one.")

    async def handle_event(self, event: Event, *, now: datetime) -> None:
        """Take what the node tells of a room that belongs to no session."""
        test = self._tests.get(event.room)
        if test is None:
            return
        match event:
            case PeerReported(peer=peer) if peer.check is not None and not test.is_done:
                if peer.check.state is not CheckState.DONE:
                    return
                if await self._records.note_test(test.patient_id, peer.check):
                    test.is_done = True
                    test.closes_at = min(test.closes_at, now + LINGER)
            case PeerClosed(reason=reason) if reason is not PeerClosedReason.REPLACED:
                test.closes_at = now
                test.is_done = True
            case RoomClosed():
                self._tests.pop(test.room, None)

    async def tick(self, *, now: datetime) -> None:
        """Close the rooms of tests that are over; what the node does not hear is said again.

        Raises:
            Unavailable: After each had its turn, when one could not be closed.
        """
        away: Unavailable | None = None
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

    def _running(self, patient_id: str) -> LinkTest | None:
        mine = (one for one in self._tests.values() if one.patient_id == patient_id)
        return next((one for one in mine if not one.is_done), None)

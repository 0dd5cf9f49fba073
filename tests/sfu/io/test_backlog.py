"""The backlog of a slow receiver: sound before picture, and an end to both."""

from __future__ import annotations

from sfu.io.backlog import MAX_PICTURE_BYTES, MAX_URGENT_BYTES, SMALL_BYTES, Backlog

RTP = b"\x80"
PICTURE = RTP + bytes(1100)
SOUND = RTP + bytes(120)
CHECK = b"\x00\x01" + bytes(100)
HANDSHAKE = b"\x16" + bytes(1100)


def test_sound_overtakes_picture() -> None:
    backlog = Backlog()
    for datagram in (PICTURE, SOUND, CHECK, HANDSHAKE, PICTURE):
        assert backlog.add(datagram)
    popped = [backlog.pop() for _ in range(5)]
    assert popped == [SOUND, CHECK, HANDSHAKE, PICTURE, PICTURE]
    assert not backlog
    assert backlog.pop() is None


def test_order_within_each_is_kept() -> None:
    backlog = Backlog()
    sounds = [RTP + bytes([n]) for n in range(5)]
    pictures = [RTP + bytes([n]) + bytes(SMALL_BYTES) for n in range(5)]
    for sound, picture in zip(sounds, pictures, strict=True):
        backlog.add(picture)
        backlog.add(sound)
    assert [backlog.pop() for _ in range(10)] == sounds + pictures


def test_picture_that_finds_no_room_is_refused_and_sound_is_not() -> None:
    backlog = Backlog()
    taken = sum(backlog.add(PICTURE) for _ in range(200))
    assert taken == MAX_PICTURE_BYTES // len(PICTURE)
    assert backlog.add(SOUND)


def test_even_sound_is_bounded() -> None:
    backlog = Backlog()
    taken = sum(backlog.add(SOUND) for _ in range(1000))
    assert taken == MAX_URGENT_BYTES // len(SOUND)


def test_room_comes_back_with_what_leaves() -> None:
    backlog = Backlog()
    while backlog.add(PICTURE):
        pass
    while backlog.add(SOUND):
        pass
    while backlog.pop() is not None:
        pass
    assert backlog.add(PICTURE)
    assert backlog.add(SOUND)

"""Commands that come too late, or after a newer one, pass no more."""

from __future__ import annotations

import pytest

from sfu.engine.fencing import KEPT_AFTER_S, MAX_KEPT, Fence, Validity
from sfu.errors import Late, Stale


def admit(
    fence: Fence,
    generation: int | None = None,
    deadline: float | None = None,
    *,
    room: str = "room",
    now: float = 100.0,
    exists: bool = True,
) -> None:
    fence.admit(room, Validity(deadline, generation), now, exists=exists)


def test_command_passes_up_to_its_deadline_and_not_after_it() -> None:
    fence = Fence()
    admit(fence, deadline=100.0, now=100.0)
    with pytest.raises(Late):
        admit(fence, deadline=100.0, now=100.001)


def test_command_without_deadline_and_generation_always_passes() -> None:
    fence = Fence()
    admit(fence, 7)
    admit(fence)
    assert len(fence) == 1


@pytest.mark.parametrize("generation", [0, 6, 7])
def test_generation_must_be_higher_than_the_highest(generation: int) -> None:
    fence = Fence()
    admit(fence, 7)
    with pytest.raises(Stale) as caught:
        admit(fence, generation)
    assert caught.value.highest == 7
    admit(fence, 8)


def test_first_generation_may_be_zero() -> None:
    fence = Fence()
    admit(fence, 0)
    with pytest.raises(Stale):
        admit(fence, 0)


def test_refused_command_does_not_raise_the_number() -> None:
    fence = Fence()
    admit(fence, 7)
    with pytest.raises(Late):
        admit(fence, 50, deadline=99.0)
    with pytest.raises(Stale):
        admit(fence, 3)
    admit(fence, 8)


def test_late_comes_before_stale_so_that_control_does_not_draw_again() -> None:
    fence = Fence()
    admit(fence, 7)
    with pytest.raises(Late):
        admit(fence, 7, deadline=99.0)


def test_rooms_have_numbers_of_their_own() -> None:
    fence = Fence()
    admit(fence, 7, room="one")
    admit(fence, 1, room="other")


def test_number_of_a_closed_room_is_kept_for_ten_minutes() -> None:
    fence = Fence()
    admit(fence, 7)
    fence.release("room", 100.0)
    with pytest.raises(Stale):
        admit(fence, 7, now=100.0 + KEPT_AFTER_S - 1, exists=False)
    admit(fence, 7, now=100.0 + KEPT_AFTER_S, exists=False)


def test_number_of_a_room_that_exists_is_kept_for_ever() -> None:
    fence = Fence()
    admit(fence, 7, exists=False)
    fence.hold("room")
    with pytest.raises(Stale):
        admit(fence, 7, now=1e6)


def test_deleting_a_room_that_does_not_exist_is_remembered_too() -> None:
    fence = Fence()
    admit(fence, 9, exists=False)
    with pytest.raises(Stale):
        admit(fence, 8, exists=False)


def test_number_of_a_room_that_was_never_made_is_forgotten_too() -> None:
    fence = Fence()
    admit(fence, 9, room="other", exists=False)
    admit(fence, now=100.0 + KEPT_AFTER_S)
    assert len(fence) == 0


def test_of_closed_rooms_the_first_closed_is_forgotten_first() -> None:
    fence = Fence()
    admit(fence, 7, room="alive")
    for index in range(MAX_KEPT + 1):
        admit(fence, 7, room=f"r{index}")
    for index in (1, 0, *range(2, MAX_KEPT + 1)):
        fence.release(f"r{index}", 100.0)
    assert len(fence) == MAX_KEPT + 1
    admit(fence, 7, room="r1")
    for kept in ("alive", "r0", f"r{MAX_KEPT}"):
        with pytest.raises(Stale):
            admit(fence, 7, room=kept)


def test_room_without_a_number_takes_no_memory_when_it_closes() -> None:
    fence = Fence()
    fence.release("room", 100.0)
    assert len(fence) == 0

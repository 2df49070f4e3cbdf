"""The player's order of steps, and the real alarm."""

from __future__ import annotations

import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.displays.player import Player, Step, ThreadAlarm
from appliance.displays.sequence import DARK, SHOWN, one_by_one
from tests.fake_pins import FakeAlarm


def test_steps_follow_each_other_until_something_else_is_played() -> None:
    shown: list[str] = []
    alarm = FakeAlarm()
    player = Player(shown.append, alarm)
    player.play([Step("a", 1), Step("b", 2), Step("c", 1)])
    alarm.advance(1.5)
    player.play([Step("x")])
    alarm.advance(9)
    assert shown == ["a", "b", "x"]


def test_what_the_first_step_raises_goes_to_who_plays_it() -> None:
    def fail(value: str) -> None:
        raise OSError(value)

    with pytest.raises(OSError, match="now"):
        Player(fail, FakeAlarm()).play([Step("now")])


def test_nothing_is_shown_after_closing() -> None:
    shown: list[str] = []
    alarm = FakeAlarm()
    player = Player(shown.append, alarm)
    player.play([Step("a", 1), Step("b")])
    player.close()
    alarm.advance(5)
    assert (shown, alarm.closed) == (["a"], True)


@given(st.text("0123456789", min_size=1, max_size=12), st.floats(0.5, 60))
def test_every_digit_is_shown_for_its_time_and_it_ends_dark(text: str, dark_after: float) -> None:
    steps = list(one_by_one(text, dark_after))
    values = [step.value for step in steps]
    assert "".join(values).replace(DARK, "").startswith(text)
    assert (values[-1], steps[-1].seconds) == (DARK, None)
    lasts = sum(step.seconds or 0 for step in steps)
    assert dark_after - 1e-6 <= lasts <= dark_after + len(text) * 2 * SHOWN + SHOWN


class TestThreadAlarm:
    def test_calls_on_a_thread_of_its_own_and_survives_what_is_raised(self) -> None:
        alarm, called = ThreadAlarm(), threading.Event()

        def fail_once() -> None:
            alarm.set(0, called.set)
            raise OSError("unplugged")

        alarm.set(0, fail_once)
        assert called.wait(10)
        alarm.close()

    def test_closing_forgets_what_was_due_and_ends_the_thread(self) -> None:
        before = threading.active_count()
        alarm = ThreadAlarm()
        alarm.set(3600, lambda: None)
        assert threading.active_count() == before + 1
        alarm.close()
        alarm.close()
        assert threading.active_count() == before

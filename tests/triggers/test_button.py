"""The button on a pin that is driven by hand: what its presses mean, and none is lost."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import closing

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from appliance.errors import PinError
from appliance.service.pins import Pins
from appliance.service.wires import Wire
from appliance.triggers.button import Button
from appliance.values import Signal
from tests.fake_pins import pin
from tests.fakes import FakeClock

NUMBER = 17


class Finger:
    """A button, its pin and its clock."""

    def __init__(self, pins: Pins) -> None:
        self.clock = FakeClock()
        self.pins = pins
        self.button = Button(self.clock, pins)

    def down(self) -> None:
        pin(self.pins, NUMBER).drive_low()

    def up(self) -> None:
        pin(self.pins, NUMBER).drive_high()

    def press(self, seconds: float) -> None:
        self.down()
        self.clock.now += seconds
        self.up()


@pytest.fixture
def finger(pins: Pins) -> Iterator[Finger]:
    finger = Finger(pins)
    with closing(finger.button):
        yield finger


@pytest.mark.parametrize(
    ("seconds", "signal"),
    [
        (0.05, Signal.READ),
        (0.99, Signal.READ),
        (1.0, Signal.CORRECT),
        (4.9, Signal.CORRECT),
        (5.0, Signal.SHUTDOWN),
    ],
)
def test_what_a_press_means(finger: Finger, seconds: float, signal: Signal) -> None:
    finger.press(seconds)
    assert finger.button.wait(0) is signal
    assert finger.button.wait(0) is None


def test_nothing_is_signalled_while_it_is_down_until_it_is_held_long_enough(
    finger: Finger,
) -> None:
    finger.down()
    for _ in range(4):
        assert finger.button.wait(0) is None
        finger.clock.now += 1.2
    finger.clock.now += 0.3
    assert finger.button.wait(0) is Signal.SHUTDOWN
    finger.up()
    assert finger.button.wait(0) is None
    finger.press(0.1)
    assert finger.button.wait(0) is Signal.READ


def test_a_short_press_stays_one_when_the_news_of_letting_go_is_late(
    finger: Finger, monkeypatch: pytest.MonkeyPatch
) -> None:
    finger.down()
    assert finger.button.wait(0) is None
    finger.clock.now += 6
    pin(finger.pins, NUMBER)._change_state(True)  # the kernel knows
    assert finger.button.wait(0) is None, "it isn't down any more"
    monkeypatch.setattr(finger.pins.factory, "ticks", lambda: time.monotonic() + 5.8)
    pin(finger.pins, NUMBER)._call_when_changed()
    assert finger.button.wait(0) is Signal.READ


@pytest.mark.parametrize("years", [-55, 55])
def test_a_clock_that_is_set_during_a_press_changes_nothing(
    finger: Finger, monkeypatch: pytest.MonkeyPatch, years: int
) -> None:
    finger.down()
    finger.clock.now += 2
    monkeypatch.setattr(
        finger.pins.factory, "ticks", lambda: time.monotonic() - years * 365 * 86400
    )
    finger.up()
    assert finger.button.wait(0) is Signal.CORRECT


def test_holding_it_ends_a_longer_wait(finger: Finger) -> None:
    finger.down()
    finger.button.wait(0)
    finger.clock.now += 5
    began = time.monotonic()
    assert finger.button.wait(60) is Signal.SHUTDOWN
    assert time.monotonic() - began < 20


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=20)
@given(st.lists(st.sampled_from([0.1, 2.0, 6.0]), max_size=8))
def test_presses_that_come_while_nobody_waits_are_kept_in_order(
    finger: Finger, lengths: list[float]
) -> None:
    for seconds in lengths:
        finger.press(seconds)
        finger.clock.now += 0.1
    meaning = {0.1: Signal.READ, 2.0: Signal.CORRECT, 6.0: Signal.SHUTDOWN}
    given = [finger.button.wait(0) for _ in lengths]
    assert given == [meaning[seconds] for seconds in lengths]
    assert finger.button.wait(0) is None


def test_a_press_ends_the_waiting_at_once(finger: Finger) -> None:
    threading.Timer(0.02, finger.press, [0.1]).start()
    began = time.monotonic()
    assert finger.button.wait(30) is Signal.READ
    assert time.monotonic() - began < 10


def test_a_button_that_jams_from_the_start_does_nothing(pins: Pins) -> None:
    jammed = pin(pins, NUMBER)
    jammed.pull = "up"
    jammed.drive_low()
    clock = FakeClock()
    with closing(Button(clock, pins)) as button:
        clock.now += 9
        assert button.wait(0) is None


def test_its_contact_must_rest_and_is_pulled_up(finger: Finger) -> None:
    assert pin(finger.pins, NUMBER).bounce == 0.02
    assert pin(finger.pins, NUMBER).pull == "up"


def test_a_pin_in_use_is_named(finger: Finger) -> None:
    with pytest.raises(PinError, match=r"GPIO17 can't be used: .*digit-appliance wiring"):
        Button(finger.clock, finger.pins)


def test_closing_twice_gives_the_pin_back(finger: Finger) -> None:
    finger.button.close()
    finger.button.close()
    Button(finger.clock, finger.pins).close()


def test_its_wire() -> None:
    assert Button.wires(number=4, bounce=0.1) == [Wire(4, "button; its other side to GND")]

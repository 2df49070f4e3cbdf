"""The status LED's codes as its pin plays them."""

from __future__ import annotations

from contextlib import closing
from itertools import pairwise

import pytest

from appliance.decide import ADVICE
from appliance.displays.blinks import EITHER, PAUSE, READ, REASONS, ROUNDS, SHORT, STATES, code_of
from appliance.displays.status_led import StatusLed
from appliance.service.pins import Pins
from appliance.values import Reading, State
from tests.fake_pins import FakeAlarm, levels
from tests.fakes import a_reading

NUMBER = 27
MOMENT = 0.05


class Watcher:
    """A status LED and somebody who writes down its flashes."""

    def __init__(self, pins: Pins) -> None:
        self.pins = pins
        self.alarm = FakeAlarm()
        self.led = StatusLed(pins, alarm=self.alarm)

    @property
    def on(self) -> bool:
        return levels(self.pins, [NUMBER]) == [1.0]

    def watch(self, seconds: float) -> str:
        """The flashes, codes apart by spaces; `on` or `off` when it doesn't change."""
        seen = []
        for _ in range(round(seconds / MOMENT)):
            seen.append(self.on)
            self.alarm.advance(MOMENT)
        if len(set(seen)) == 1:
            return "on" if seen[0] else "off"
        changes = [0, *(i for i, (a, b) in enumerate(pairwise(seen), 1) if a != b)]
        flashes = ""
        for start, end in pairwise([*changes, len(seen)]):
            lasts = (end - start) * MOMENT
            if seen[start]:
                flashes += "." if lasts < 2 * SHORT else "-" if lasts < 1 else "="
            elif lasts >= PAUSE:
                flashes += " "
        return flashes


@pytest.mark.parametrize("state", list(State))
def test_each_state_is_blinked_for_as_long_as_it_lasts(pins: Pins, state: State) -> None:
    watcher = Watcher(pins)
    with closing(watcher.led):
        watcher.led.state(state)
        seen = watcher.watch(60)
        assert seen == STATES[state] or set(seen.split()[:-1]) == {STATES[state]}


@pytest.mark.parametrize("reason", [*ADVICE, "3 or 8", "0 or 6"])
def test_each_reason_is_blinked_a_few_times_and_then_it_is_ready(pins: Pins, reason: str) -> None:
    watcher = Watcher(pins)
    with closing(watcher.led):
        watcher.led.show(Reading("unsure", reason=reason))
        code = REASONS[EITHER if " or " in reason else reason]
        assert watcher.watch(30).split() == [*[code] * ROUNDS, "="]


def test_a_reading_is_a_long_flash(pins: Pins) -> None:
    watcher = Watcher(pins)
    with closing(watcher.led):
        watcher.led.show(a_reading("407"))
        assert watcher.watch(30).split() == [*[READ] * ROUNDS, "="]


def test_a_new_state_ends_the_code_at_once(pins: Pins) -> None:
    watcher = Watcher(pins)
    with closing(watcher.led):
        watcher.led.show(a_reading("4"))
        watcher.led.state(State.LOOKING)
        assert watcher.watch(5) == "off"


def test_nothing_more_is_blinked_once_it_is_closed(pins: Pins) -> None:
    watcher = Watcher(pins)
    watcher.led.state(State.CAMERA_LOST)
    watcher.led.close()
    assert watcher.alarm.closed
    assert not watcher.on
    StatusLed(pins).close()


def test_every_reason_and_state_has_a_code() -> None:
    assert REASONS.keys() == {*ADVICE, EITHER}
    assert STATES.keys() == set(State)


def test_no_two_answers_or_states_that_blink_look_alike() -> None:
    blinking = [code for code in STATES.values() if code not in ("on", "off")]
    codes = [READ, *REASONS.values(), *blinking]
    assert len(set(codes)) == len(codes)


def test_a_reason_of_somebody_elses_reader_has_a_code_too() -> None:
    assert code_of(Reading("unsure", reason="upside down")) == REASONS[EITHER]
    assert code_of(Reading("nothing")) == REASONS[EITHER]

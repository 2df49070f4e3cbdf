"""The triggers: the Enter key on a real pipe, the interval on a clock of ours."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from typing import TextIO

import pytest

from appliance.triggers.interval import Interval
from appliance.triggers.manual import Manual
from appliance.triggers.several import Several
from appliance.values import Signal
from tests.fakes import FakeClock, ScriptedTrigger, blank_frame


class Keys:
    """A pipe: what is pressed at one end is read at the other."""

    def __init__(self) -> None:
        reading, self._writing = os.pipe()
        self.stream: TextIO = os.fdopen(reading)

    def press(self, text: str) -> None:
        os.write(self._writing, text.encode())

    def end(self) -> None:
        if self._writing >= 0:
            os.close(self._writing)
        self._writing = -1


@pytest.fixture
def keys() -> Iterator[Keys]:
    keys = Keys()
    yield keys
    keys.end()
    keys.stream.close()


class TestManual:
    def test_each_line_is_one_reading(self, keys: Keys) -> None:
        trigger = Manual(keys.stream)
        assert trigger.wait(0) is None
        keys.press("\n\nwhatever\n")
        assert [trigger.wait(0) for _ in range(4)] == [*[Signal.READ] * 3, None]

    def test_c_corrects(self, keys: Keys) -> None:
        keys.press("c\n")
        assert Manual(keys.stream).wait(0) is Signal.CORRECT

    def test_half_a_line_waits_for_its_end(self, keys: Keys) -> None:
        trigger = Manual(keys.stream)
        keys.press("q")
        assert trigger.wait(0) is None
        keys.press("\n")
        assert trigger.wait(0) is Signal.QUIT

    def test_the_end_of_the_input_quits_after_what_was_pressed(self, keys: Keys) -> None:
        trigger = Manual(keys.stream)
        keys.press("\n")
        keys.end()
        assert [trigger.wait(0) for _ in range(3)] == [Signal.READ, Signal.QUIT, Signal.QUIT]

    def test_a_press_ends_the_waiting_at_once(self, keys: Keys) -> None:
        trigger = Manual(keys.stream)
        threading.Timer(0.02, keys.press, ["\n"]).start()
        began = time.monotonic()
        assert trigger.wait(30) is Signal.READ
        assert time.monotonic() - began < 10


class TestInterval:
    def test_reads_at_once_and_then_every_so_often(self) -> None:
        clock = FakeClock()
        trigger = Interval(clock, seconds=1.0)
        times = []
        while clock.now < 1_000_003.5:
            if trigger.wait(0.3) is Signal.LOOK:
                times.append(clock.now - 1_000_000)
        assert times == pytest.approx([0, 1, 2, 3])

    def test_quits_after_its_times(self) -> None:
        trigger = Interval(FakeClock(), seconds=0, times=2)
        assert [trigger.wait(1) for _ in range(3)] == [Signal.LOOK, Signal.LOOK, Signal.QUIT]


def test_several_pass_on_every_signal_and_frame_and_share_the_time() -> None:
    clock = FakeClock()
    first = ScriptedTrigger(clock, [None, Signal.READ])
    second = ScriptedTrigger(clock, [Signal.CORRECT])
    several = Several([first, second])
    assert several.wait(0.1) is Signal.CORRECT
    assert clock.slept == [0.05]
    assert several.wait(0.1) is Signal.READ
    frame = blank_frame()
    several.see(frame)
    assert first.seen == second.seen == [frame]
    several.close()
    assert (first.closed, second.closed) == (1, 1)

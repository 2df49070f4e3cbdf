"""The triggers: the Enter key on a real pipe, the interval on a clock of ours."""

from __future__ import annotations

import logging
import os
import pty
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from typing import TextIO

import pytest

from appliance.errors import TriggerError
from appliance.service.pins import Pins
from appliance.triggers.button import Button
from appliance.triggers.interval import Interval
from appliance.triggers.manual import ANSWERS, KEYS, Manual
from appliance.triggers.several import Several
from appliance.triggers.stillness import Stillness
from appliance.values import Signal
from tests.fake_pins import pin
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
        keys.press("\n \n\r\n")
        assert [trigger.wait(0) for _ in range(4)] == [*[Signal.READ] * 3, None]

    def test_any_other_line_is_passed_over_and_the_keys_are_told(
        self, keys: Keys, caplog: pytest.LogCaptureFixture
    ) -> None:
        trigger = Manual(keys.stream)
        keys.press("5\n\xff\n\n")
        assert [trigger.wait(0) for _ in range(4)] == [None, None, Signal.READ, None]
        assert [record.getMessage() for record in caplog.records] == [
            f"'5' asks for nothing: {KEYS}; while correcting {ANSWERS}",
            f"'\xff' asks for nothing: {KEYS}; while correcting {ANSWERS}",
        ]

    def test_the_keys_are_told_at_a_terminal_alone(
        self, keys: Keys, caplog: pytest.LogCaptureFixture
    ) -> None:
        caplog.set_level(logging.INFO)
        Manual(keys.stream)
        assert not caplog.records
        master, slave = pty.openpty()
        with os.fdopen(master), os.fdopen(slave) as terminal:
            Manual(terminal)
        assert [record.getMessage() for record in caplog.records] == [KEYS]

    def test_a_closed_standard_input_is_told(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("sys.stdin", None)  # as Python has it after <&-
        with pytest.raises(TriggerError, match=r"standard input is closed; .*triggers\.use"):
            Manual()

    @pytest.mark.parametrize("key", ["c", "C"])
    def test_c_corrects(self, keys: Keys, key: str) -> None:
        keys.press(f"{key}\n")
        assert Manual(keys.stream).wait(0) is Signal.CORRECT

    def test_of_a_long_line_the_beginning_is_told(
        self, keys: Keys, caplog: pytest.LogCaptureFixture
    ) -> None:
        keys.press("1234567890" * 9 + "\n")
        assert Manual(keys.stream).wait(0) is None
        assert "'12345678901234567890' asks for nothing" in caplog.text

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
            if trigger.wait(0.3) is Signal.REPEAT:
                times.append(clock.now - 1_000_000)
        assert times == pytest.approx([0, 1, 2, 3])

    def test_a_slow_reading_isnt_made_up_for(self) -> None:
        clock = FakeClock()
        trigger = Interval(clock, seconds=1.0)
        assert trigger.wait(0.3) is Signal.REPEAT
        clock.sleep(5)
        assert [trigger.wait(0) for _ in range(2)] == [Signal.REPEAT, None]

    def test_quits_after_its_times(self) -> None:
        trigger = Interval(FakeClock(), seconds=0, times=2)
        assert [trigger.wait(1) for _ in range(3)] == [Signal.REPEAT, Signal.REPEAT, Signal.QUIT]


class TestSeveral:
    def test_pass_on_every_signal_in_turn_and_wait_their_time(self) -> None:
        clock = FakeClock()
        never = ScriptedTrigger(clock, [None] * 99)
        eager = ScriptedTrigger(clock, [Signal.LOOK] * 99)
        late = ScriptedTrigger(clock, [None, Signal.CORRECT, *[None] * 99])
        several = Several([never, eager, late], clock)
        signals = [several.wait(0.1) for _ in range(4)]
        assert signals == [Signal.LOOK, Signal.LOOK, Signal.CORRECT, Signal.LOOK]
        assert clock.now == 1_000_000

    def test_one_that_always_signals_doesnt_drown_the_others(self, keys: Keys) -> None:
        clock = FakeClock()
        several = Several([Interval(clock, seconds=0), Manual(keys.stream)], clock)
        keys.press("q\n")
        assert Signal.QUIT in [several.wait(0) for _ in range(2)]

    def test_an_input_that_ends_leaves_the_others_alone(self, keys: Keys, pins: Pins) -> None:
        clock = FakeClock()
        with closing(Button(clock, pins)) as button:
            several = Several([Manual(keys.stream), button], clock)
            keys.press("\n")
            keys.end()
            assert [several.wait(0) for _ in range(3)] == [Signal.READ, None, None]
            pin(pins, 17).drive_low()
            assert several.wait(0) is None
            pin(pins, 17).drive_high()
            assert several.wait(0) is Signal.READ

    def test_an_input_that_has_ended_doesnt_end_the_waiting(self, keys: Keys) -> None:
        clock = FakeClock()
        silent = ScriptedTrigger(clock, [None] * 99)
        several = Several([Manual(keys.stream), silent], clock)
        keys.end()
        assert several.wait(5) is None
        assert sum(clock.slept) == 5  # though its pipe can be read at any time

    def test_one_that_has_ended_is_closed(self) -> None:
        clock = FakeClock()
        over, silent = ScriptedTrigger(clock, []), ScriptedTrigger(clock, [None] * 99)
        over.ended = True  # type: ignore[attr-defined]
        several = Several([over, silent], clock)
        assert several.wait(0) is None
        assert (over.closed, silent.closed) == (1, 0)

    def test_those_that_look_by_themselves_hear_that_it_was_read(self) -> None:
        clock, heard = FakeClock(), []
        deaf, looking = ScriptedTrigger(clock, []), ScriptedTrigger(clock, [])
        looking.answered = lambda: heard.append("read")  # type: ignore[attr-defined]
        Several([deaf, looking], clock).answered()
        assert heard == ["read"]

    def test_the_last_one_whose_input_ends_quits(self, keys: Keys) -> None:
        several = Several([Manual(keys.stream)], FakeClock())
        keys.end()
        assert several.wait(0) is Signal.QUIT

    def test_the_key_that_quits_quits_for_all(self, keys: Keys) -> None:
        clock = FakeClock()
        several = Several([Interval(clock, 9), Manual(keys.stream)], clock)
        keys.press("q\n")
        assert Signal.QUIT in [several.wait(0) for _ in range(2)]

    def test_without_a_descriptor_they_share_one_wait(self) -> None:
        clock = FakeClock()
        several = Several([Interval(clock, 1), Interval(clock, 5)], clock)
        assert [several.wait(0.1) for _ in range(3)] == [Signal.REPEAT, Signal.REPEAT, None]
        assert sum(clock.slept) == pytest.approx(0.1)

    def test_a_key_ends_the_waiting_for_all_at_once(self, keys: Keys) -> None:
        clock = FakeClock()
        several = Several([Interval(clock, 99), Stillness(clock), Manual(keys.stream)], clock)
        assert several.wait(0) is Signal.REPEAT
        threading.Timer(0.02, keys.press, ["\n"]).start()
        began = time.monotonic()
        assert several.wait(30) is Signal.READ
        assert time.monotonic() - began < 10

    def test_a_press_ends_the_waiting_for_all_at_once(self, keys: Keys, pins: Pins) -> None:
        clock = FakeClock()
        with closing(Button(clock, pins)) as button:
            several = Several([Manual(keys.stream), button], clock)
            began = time.monotonic()
            threading.Timer(0.02, pin(pins, 17).drive_low).start()
            assert several.wait(30) is None  # it went down
            threading.Timer(0.02, pin(pins, 17).drive_high).start()
            assert several.wait(30) is Signal.READ
            assert time.monotonic() - began < 10

    def test_all_see_and_are_closed(self) -> None:
        clock = FakeClock()
        first, second = ScriptedTrigger(clock, []), ScriptedTrigger(clock, [])
        several = Several([first, second], clock)
        frame = blank_frame()
        several.see(frame)
        assert first.seen == second.seen == [frame]
        several.close()
        assert (first.closed, second.closed) == (1, 1)

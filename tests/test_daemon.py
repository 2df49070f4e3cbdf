"""The loop: what it does with each signal, and that no trouble of a part ends it."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from appliance.correcting import PATIENCE
from appliance.daemon import LAST_RETRY, NOTICE, TICK, Daemon
from appliance.displays.memory import Memory
from appliance.displays.several import Several
from appliance.errors import CameraError, DisplayError, JournalError, PictureError, ServiceError
from appliance.journal.sqlite import SqliteJournal
from appliance.values import Frame, Reading, Signal, State
from tests.fakes import FakeClock, ScriptedCamera, ScriptedTrigger, a_reading, blank_frame


class FixedReader:
    """Answers every frame with the same reading."""

    def read(self, frame: Frame) -> Reading:
        return a_reading("407")


class Rig:
    """A daemon of doubles, and what its parts saw."""

    def __init__(
        self,
        signals: list[Signal | None],
        take: Callable[[], Frame] = blank_frame,
        power_off: Callable[[], None] | None = None,
    ) -> None:
        self.clock = FakeClock()
        self.display = Memory()
        self.trigger = ScriptedTrigger(self.clock, signals)
        self.journal = SqliteJournal(None, self.clock)
        self.camera = ScriptedCamera(take)
        self.opened: list[float] = []
        self.frames = 0
        self.daemon = Daemon(
            self.open_camera,
            self.trigger,
            self.display,
            FixedReader(),
            journal=self.journal,
            clock=self.clock,
            progress=self.count_frame,
            power_off=power_off,
        )

    def open_camera(self) -> ScriptedCamera:
        self.opened.append(self.clock.now)
        return self.camera

    def count_frame(self) -> None:
        self.frames += 1

    @property
    def states(self) -> list[State]:
        return [state for state, _ in self.display.states]


class TestReading:
    def test_is_shown_and_recorded_with_the_frames_time_and_source(self) -> None:
        rig = Rig([Signal.READ])
        rig.daemon.run()
        (shown,) = rig.display.readings
        assert (shown.text, shown.time, shown.source) == ("407", 5.0, "blank")
        assert rig.daemon.last is not None
        assert rig.daemon.last.id == 1

    @pytest.mark.parametrize(
        ("signal", "one_shot", "taken"),
        [(Signal.READ, False, 1), (Signal.LOOK, False, 2), (Signal.LOOK, True, 1)],
    )
    def test_several_pictures_are_read_only_of_a_sheet_that_nobody_waits_for(
        self, signal: Signal, one_shot: bool, taken: int
    ) -> None:
        captures: list[Frame] = []
        rig = Rig([signal])
        rig.camera.capture = lambda: captures.append(blank_frame()) or captures[-1]  # type: ignore
        rig.camera.one_shot = one_shot  # type: ignore[attr-defined]
        rig.daemon.run()
        assert (len(captures), len(rig.display.readings)) == (taken, 1)

    def test_a_camera_lost_among_several_pictures_leaves_an_answer(self) -> None:
        frames: Iterator[Frame | Exception] = iter([blank_frame(), blank_frame(), OSError("gone")])

        def take() -> Frame:
            frame = next(frames)
            if isinstance(frame, Exception):
                raise frame
            return frame

        rig = Rig([Signal.LOOK], take)
        rig.daemon.run()
        assert [reading.text for reading in rig.display.readings] == ["407"]
        assert State.CAMERA_LOST in rig.states

    def test_displays_see_the_states_in_order(self) -> None:
        rig = Rig([Signal.READ])
        rig.daemon.run()
        assert rig.states == [State.STARTING, State.READY, State.LOOKING, State.STOPPED]

    def test_a_picture_that_cant_be_opened_is_said_and_the_next_is_read(self) -> None:
        frames: Iterator[Frame | Exception] = iter(
            [blank_frame(), PictureError("a.jpg: not a picture"), blank_frame()]
        )

        def take() -> Frame:
            frame = next(frames, blank_frame())
            if isinstance(frame, Exception):
                raise frame
            return frame

        rig = Rig([Signal.READ, Signal.READ], take)
        rig.daemon.run()
        assert (State.READY, "a.jpg: not a picture") in rig.display.states
        assert len(rig.display.readings) == 1
        assert State.CAMERA_LOST not in rig.states


class TestSignals:
    def test_idle_ticks_show_the_trigger_a_frame_and_count_as_progress(self) -> None:
        rig = Rig([None, None, None])
        rig.daemon.run()
        assert len(rig.trigger.seen) == 4  # one before the first wait
        assert rig.frames == 4
        assert rig.clock.slept == [TICK] * 3

    @pytest.mark.parametrize("signal", [Signal.QUIT, Signal.SHUTDOWN])
    def test_quit_and_shutdown_end_it_and_everything_is_closed(self, signal: Signal) -> None:
        rig = Rig([signal, Signal.READ])
        rig.daemon.run()
        assert not rig.display.readings
        assert (rig.camera.closed, rig.trigger.closed, rig.display.closed) == (1, 1, True)

    def test_a_look_by_itself_reads_too(self) -> None:
        rig = Rig([Signal.LOOK])
        rig.daemon.run()
        assert len(rig.display.readings) == 1


class TestShutdown:
    def test_says_so_for_a_while_switches_off_and_ends(self) -> None:
        seen: list[list[State]] = []
        rig = Rig([Signal.SHUTDOWN, Signal.READ], power_off=lambda: seen.append(rig.states))
        rig.daemon.run()
        assert seen == [[State.STARTING, State.READY, State.SHUTTING_DOWN]]
        assert rig.clock.slept == [NOTICE]
        assert rig.states[-1] is State.STOPPED
        assert not rig.display.readings

    def test_refused_it_says_why_and_goes_on(self, caplog: pytest.LogCaptureFixture) -> None:
        def refuse() -> None:
            raise ServiceError("Access denied")

        rig = Rig([Signal.SHUTDOWN, Signal.READ], power_off=refuse)
        rig.daemon.run()
        assert (State.READY, "Access denied") in rig.display.states
        assert [record.getMessage() for record in caplog.records] == ["Access denied"]
        assert len(rig.display.readings) == 1


class TestCorrecting:
    def test_short_presses_step_a_long_one_keeps_it_and_the_answer_is_shown(self) -> None:
        rig = Rig([Signal.READ, Signal.CORRECT, *[Signal.READ] * 5, *[Signal.CORRECT] * 3])
        rig.daemon.run()
        assert [shown.text for shown in rig.display.readings] == ["407", "907"]
        asked = [detail for state, detail in rig.display.states if state is State.CORRECTING]
        assert asked == [*"456789", "0", "7"]

    def test_it_is_kept_in_the_journal_with_the_reading(self, tmp_path: Path) -> None:
        rig = Rig([Signal.READ, Signal.CORRECT, Signal.READ, Signal.CORRECT])
        rig.daemon._journal = SqliteJournal(tmp_path / "journal", rig.clock)
        rig.daemon.run()
        with closing(SqliteJournal(tmp_path / "journal", rig.clock)) as journal:
            (kept,) = journal.corrections()
            assert (kept.digit, kept.reading_id) == (5, 1)

    def test_after_a_pause_presses_read_again(self) -> None:
        ticks = int(PATIENCE / TICK) + 1
        rig = Rig(
            [Signal.READ, Signal.CORRECT, Signal.READ, *[None] * ticks, Signal.READ, Signal.CORRECT]
        )
        rig.daemon.run()
        assert [shown.text for shown in rig.display.readings] == ["407", "507", "407"]
        assert rig.trigger.seen  # the camera is looked through meanwhile

    def test_a_sheet_that_is_held_up_doesnt_interrupt(self) -> None:
        rig = Rig([Signal.READ, Signal.CORRECT, Signal.LOOK, *[Signal.CORRECT] * 3])
        rig.daemon.run()
        assert [shown.text for shown in rig.display.readings] == ["407", "407"]

    def test_the_corrected_answer_can_be_corrected(self) -> None:
        once = [Signal.CORRECT, Signal.READ, *[Signal.CORRECT] * 3]
        rig = Rig([Signal.READ, *once, *once])
        rig.daemon.run()
        assert [shown.text for shown in rig.display.readings] == ["407", "507", "607"]

    def test_without_an_answer_there_is_nothing_to_correct(self) -> None:
        rig = Rig([Signal.CORRECT, Signal.READ])
        rig.daemon.run()
        assert (State.READY, "nothing to correct") in rig.display.states
        assert len(rig.display.readings) == 1

    def test_a_journal_that_fails_is_logged_once(self, caplog: pytest.LogCaptureFixture) -> None:
        rig = Rig([Signal.READ, *[Signal.CORRECT] * 4])
        rig.daemon._journal = BrokenJournal()
        rig.daemon.run()
        errors = [r.getMessage() for r in caplog.records if r.levelno >= logging.ERROR]
        assert errors == ["journal: disk full"]
        assert len(rig.display.readings) == 2


class TestCamera:
    def test_lost_is_said_once_and_it_comes_back(self, caplog: pytest.LogCaptureFixture) -> None:
        rig = Rig([None] * 600 + [Signal.READ])
        broken = rig.clock.now + 20

        def take() -> Frame:
            if rig.clock.now < broken:
                raise CameraError("unplugged")
            return blank_frame()

        rig.camera.take = take
        with caplog.at_level(logging.INFO):
            rig.daemon.run()
        assert rig.states.count(State.CAMERA_LOST) == 1
        assert (State.CAMERA_LOST, "unplugged") in rig.display.states
        lost = rig.states.index(State.CAMERA_LOST)
        assert rig.states[lost + 1] is State.READY
        assert [record.getMessage() for record in caplog.records] == [
            "camera: unplugged",
            "camera: works again",
        ]
        assert len(rig.display.readings) == 1

    def test_missing_it_still_counts_as_progress_at_every_tick(self) -> None:
        def unplugged() -> ScriptedCamera:
            raise CameraError("unplugged")

        rig = Rig([None] * 100)
        rig.daemon._open_camera = unplugged
        rig.daemon.run()
        assert rig.frames == 101

    def test_opened_and_without_frames_it_is_no_progress_until_one_comes(self) -> None:
        rig = Rig([None] * 3000)
        frozen = rig.clock.now + 100

        def take() -> Frame:
            if rig.clock.now < frozen:
                raise CameraError("no frame for 3 s")
            return blank_frame()

        rig.camera.take = take
        rig.daemon.run()
        assert len(rig.opened) > 5
        assert 0 < rig.frames == len(rig.trigger.seen) < 1600

    def test_a_call_that_never_comes_back_is_no_progress(self) -> None:
        """A thread stands for the loop: the call hangs, and meanwhile nothing is counted."""
        hanging, go_on = threading.Event(), threading.Event()

        def take() -> Frame:
            if rig.frames == 3:
                hanging.set()
                go_on.wait(30)
            return blank_frame()

        rig = Rig([None] * 5, take)
        loop = threading.Thread(target=rig.daemon.run)
        loop.start()
        assert hanging.wait(30)
        assert rig.frames == 3
        go_on.set()
        loop.join(30)
        assert rig.frames == 6

    def test_pictures_that_cant_be_opened_are_progress(self) -> None:
        def take() -> Frame:
            raise PictureError("a.jpg: not a picture")

        rig = Rig([None] * 9, take)
        rig.daemon.run()
        assert rig.frames == 10

    def test_is_tried_again_after_longer_and_longer_times(self) -> None:
        def take() -> Frame:
            raise CameraError("gone")

        rig = Rig([None] * 3000, take)
        rig.daemon.run()
        waits = np.diff(rig.opened)
        assert waits[:5] == pytest.approx([0.5, 1, 2, 4, 8], abs=TICK)
        assert max(waits) == pytest.approx(LAST_RETRY, abs=TICK)
        assert rig.camera.closed == len(rig.opened)

    def test_a_press_while_it_is_lost_tries_at_once_and_shows_why_nothing_comes(self) -> None:
        def take() -> Frame:
            raise CameraError("gone")

        rig = Rig([Signal.READ], take)
        rig.daemon.run()
        assert len(rig.opened) == 2
        assert rig.states[-3:] == [State.LOOKING, State.CAMERA_LOST, State.STOPPED]

    @pytest.mark.parametrize(
        "fault",
        [
            CameraError("timeout"),
            RuntimeError("somebody else's"),
            np.zeros((0, 5), np.uint8),
            np.zeros((4, 5), np.float32),
            np.zeros((4, 5, 4), np.uint8),
            np.zeros(7, np.uint8),
        ],
    )
    def test_no_fault_of_a_frame_ends_the_loop(self, fault: object) -> None:
        faults = iter([fault])

        def take() -> Frame:
            bad = next(faults, None)
            if isinstance(bad, Exception):
                raise bad
            return blank_frame() if bad is None else Frame(bad)  # type: ignore[arg-type]

        rig = Rig([None] * 20 + [Signal.READ], take)
        rig.daemon.run()
        assert rig.states.count(State.CAMERA_LOST) == 1
        assert len(rig.display.readings) == 1

    def test_a_camera_that_cant_be_opened_at_start_is_waited_for(self) -> None:
        rig = Rig([None] * 20 + [Signal.READ])
        working = rig.open_camera
        attempts = iter([CameraError("busy"), None])

        def open_camera() -> ScriptedCamera:
            error = next(attempts, None)
            if error:
                raise error
            return working()

        rig.daemon._open_camera = open_camera
        rig.daemon.run()
        assert rig.states[1] is State.CAMERA_LOST
        assert len(rig.display.readings) == 1


class BrokenDisplay(Memory):
    """Fails whenever it is to show something."""

    def show(self, reading: Reading) -> None:
        raise DisplayError("no answer on the bus")


class BrokenJournal(SqliteJournal):
    """Can't keep anything."""

    def __init__(self) -> None:
        super().__init__(None, FakeClock())

    def record(self, reading: Reading) -> int:
        raise JournalError("disk full")

    def close(self) -> None:
        raise JournalError("disk full")


def test_a_display_that_fails_is_logged_once_and_the_others_show(
    caplog: pytest.LogCaptureFixture,
) -> None:
    rig = Rig([Signal.READ] * 3)
    good = Memory()
    rig.daemon._display = Several({"oled": BrokenDisplay(), "good": good})
    rig.daemon.run()
    assert len(good.readings) == 3
    errors = [r.getMessage() for r in caplog.records if r.levelno >= logging.ERROR]
    assert errors == ["display oled: no answer on the bus"]


def test_an_unplugged_display_is_said_once_and_once_that_it_is_back(
    caplog: pytest.LogCaptureFixture,
) -> None:
    class Unplugged(Memory):
        there = False

        def show(self, reading: Reading) -> None:
            self.state(State.READY)

        def state(self, state: State, detail: str = "") -> None:
            if not self.there:
                raise DisplayError("no answer on the bus")
            super().state(state, detail)

    oled, good = Unplugged(), Memory()
    displays = Several({"oled": oled, "good": good})
    for there in (False, False, True, True):
        oled.there = there
        displays.state(State.LOOKING)
        displays.show(a_reading())
    assert len(good.readings) == 4
    assert [record.getMessage() for record in caplog.records] == [
        "display oled: no answer on the bus",
        "display oled: works again",
    ]


def test_the_journal_keeps_what_was_shown(tmp_path: Path) -> None:
    rig = Rig([Signal.READ, Signal.READ])
    rig.daemon._journal = SqliteJournal(tmp_path / "journal", rig.clock, keep_days=0)
    rig.daemon.run()
    with closing(SqliteJournal(tmp_path / "journal", rig.clock)) as journal:
        kept = journal.readings()
    assert [(reading.id, reading.text, reading.time) for reading in kept] == [
        (2, "407", 5.0),
        (1, "407", 5.0),
    ]


def test_a_journal_that_fails_is_logged_once_and_the_reading_is_shown(
    caplog: pytest.LogCaptureFixture,
) -> None:
    rig = Rig([Signal.READ] * 3)
    rig.daemon._journal = BrokenJournal()
    rig.daemon.run()
    assert len(rig.display.readings) == 3
    errors = [r.getMessage() for r in caplog.records if r.levelno >= logging.ERROR]
    assert errors == ["journal: disk full"]
    assert rig.daemon.last is not None
    assert rig.daemon.last.id is None

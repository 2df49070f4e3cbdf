"""The loop: what it does with each signal, and that no trouble of a part ends it."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from appliance.correcting import PATIENCE
from appliance.daemon import NOTICE, TICK
from appliance.displays.memory import Memory
from appliance.displays.several import Several
from appliance.errors import CameraError, DisplayError, JournalError, PictureError, ServiceError
from appliance.front import QUIET
from appliance.journal.sqlite import SqliteJournal
from appliance.values import Correction, Frame, Reading, Signal, State, Status
from tests.fakes import FakeClock, a_reading, blank_frame
from tests.rig import Rig


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

        rig = Rig([Signal.LOOK, *[None] * 60], take)
        rig.daemon.run()
        assert [reading.text for reading in rig.display.readings] == ["407"]
        assert State.CAMERA_LOST in rig.states

    def test_displays_see_the_states_in_order(self) -> None:
        rig = Rig([Signal.READ])
        rig.daemon.run()
        assert rig.states == [State.STARTING, State.READY, State.LOOKING, State.STOPPED]

    def test_a_picture_that_cant_be_opened_is_tried_once(
        self, caplog: pytest.LogCaptureFixture
    ) -> None:
        def take() -> Frame:
            raise PictureError("a.jpg: not a picture")

        rig = Rig([Signal.LOOK, *[None] * 9], take)
        rig.daemon.run()
        assert rig.daemon.unreadable == 1
        assert [record.getMessage() for record in caplog.records] == ["a.jpg: not a picture"]

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

    def test_a_trigger_that_cant_be_closed_leaves_no_display_lit(
        self, caplog: pytest.LogCaptureFixture
    ) -> None:
        def jammed() -> None:
            raise OSError("jammed")

        rig = Rig([])
        rig.trigger.close = jammed  # type: ignore[method-assign]
        rig.daemon.run()
        assert rig.display.closed
        assert [record.getMessage() for record in caplog.records] == [
            "trigger: didn't close: jammed"
        ]

    def test_a_look_by_itself_reads_too(self) -> None:
        rig = Rig([Signal.LOOK])
        rig.daemon.run()
        assert len(rig.display.readings) == 1


class TestReadingAgain:
    """As `interval` does, of what may be the same as before."""

    def test_an_answer_that_stands_is_shown_and_kept_once(self) -> None:
        rig = Rig([Signal.REPEAT, None] * 5)
        rig.daemon.run()
        assert [shown.text for shown in rig.display.readings] == ["407"]
        assert rig.daemon.last is not None
        assert rig.daemon.last.id == 1
        assert State.LOOKING not in rig.states  # digits one after the other go on

    def test_what_changes_is_shown(self) -> None:
        rig = Rig([Signal.REPEAT] * 5)
        says = iter(["407"] * 4 + ["40"] * 4 + ["407"] * 2)  # two frames a reading
        rig.reader.read = lambda frame: a_reading(next(says))  # type: ignore[method-assign]
        rig.daemon.run()
        assert [shown.text for shown in rig.display.readings] == ["407", "40", "407"]

    def test_a_display_that_failed_shows_what_stands_when_it_is_back(self) -> None:
        class Loose(Memory):
            there = False

            def show(self, reading: Reading) -> None:
                if not self.there:
                    raise DisplayError("no answer on the bus")
                super().show(reading)

        def signals() -> Iterator[Signal]:
            yield from [Signal.REPEAT] * 2
            loose.there = True
            yield from [Signal.REPEAT] * 3

        rig, loose, good = Rig(signals()), Loose(), Memory()
        rig.shows_on = Several({"loose": loose, "good": good})
        rig.daemon.run()
        assert (len(loose.readings), len(good.readings)) == (1, 1)

    def test_what_could_not_be_kept_is_kept_while_it_stands(self, tmp_path: Path) -> None:
        class Full(SqliteJournal):
            full = True

            def record(self, reading: Reading) -> int:
                if self.full:
                    self.full = False
                    raise JournalError("disk full")
                return super().record(reading)

        rig = Rig([Signal.REPEAT] * 4)
        rig.journal = Full(tmp_path / "journal", rig.clock)
        rig.daemon.run()
        assert rig.daemon.last is not None
        assert rig.daemon.last.id == 1
        assert len(rig.display.readings) == 1

    def test_a_doubt_of_what_somebody_said_is_not_shown_again(self) -> None:
        said = [*[Signal.CORRECT] * 4, *[None] * 40]
        rig = Rig([Signal.REPEAT, *said, Signal.REPEAT, Signal.REPEAT])
        rig.reader.read = lambda frame: a_reading("407", "unsure", "4 or 9")  # type: ignore
        rig.daemon.run()
        assert [shown.status for shown in rig.display.readings] == ["unsure", "read"]

    @pytest.mark.parametrize(
        ("first", "second"),
        [
            (a_reading("407", "unsure", "4 or 9"), a_reading("407", "unsure", "blurred")),
            (a_reading("407", "unsure"), a_reading("407", "read")),
            (a_reading("407", "read"), Reading("nothing")),
        ],
    )
    def test_another_reason_or_a_doubt_that_is_over_is_shown(
        self, first: Reading, second: Reading
    ) -> None:
        rig = Rig([Signal.REPEAT] * 3)
        frames = {"unsure": 3, "read": 2}  # of one answer
        says = iter([first] * frames[first.status] + [second] * 9)
        rig.reader.read = lambda frame: next(says)  # type: ignore[method-assign]
        rig.daemon.run()
        shown = [(reading.status, reading.reason) for reading in rig.display.readings]
        assert shown == [(first.status, first.reason), (second.status, second.reason)]

    def test_each_picture_of_a_file_is_shown(self) -> None:
        rig = Rig([Signal.REPEAT] * 3)
        rig.camera.one_shot = True  # type: ignore[attr-defined]
        rig.daemon.run()
        assert len(rig.display.readings) == 3

    @pytest.mark.parametrize("between", [Signal.READ, Signal.LOOK])
    def test_somebody_who_asks_is_answered_anyway(self, between: Signal) -> None:
        rig = Rig([Signal.REPEAT, between, Signal.REPEAT])
        rig.daemon.run()
        assert len(rig.display.readings) == 2

    def test_after_something_else_was_shown_it_is_shown_anew(self) -> None:
        frames = iter([True, True, True, False])

        def take() -> Frame:
            if next(frames, True):
                return blank_frame()
            raise CameraError("gone")

        rig = Rig([Signal.REPEAT, *[None] * 30, Signal.REPEAT], take)
        rig.daemon.run()
        assert State.CAMERA_LOST in rig.states
        assert len(rig.display.readings) == 2

    def test_a_sheet_that_is_held_up_goes_before(self) -> None:
        rig = Rig([Signal.READ, Signal.CORRECT, Signal.LOOK, Signal.REPEAT, *[None] * 160])
        rig.daemon.run()
        assert len(rig.display.readings) == 3


@pytest.mark.parametrize(
    ("signal", "status", "told"),
    [(Signal.READ, "read", 1), (Signal.READ, "unsure", 0), (Signal.LOOK, "read", 0)],
)
def test_triggers_are_told_of_an_answer_that_somebody_asked_for(
    signal: Signal, status: Status, told: int
) -> None:
    rig = Rig([signal])
    answered: list[bool] = []
    rig.trigger.answered = lambda: answered.append(True)  # type: ignore[attr-defined]
    rig.reader.read = lambda frame: a_reading("407", status)  # type: ignore[method-assign]
    rig.daemon.run()
    assert len(answered) == told


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
        assert asked == [*(f"{digit} 1/3" for digit in "456789"), "0 2/3", "7 3/3"]

    def test_it_is_kept_in_the_journal_with_the_reading(self, tmp_path: Path) -> None:
        rig = Rig([Signal.READ, Signal.CORRECT, Signal.READ, Signal.CORRECT])
        rig.journal = SqliteJournal(tmp_path / "journal", rig.clock)
        rig.daemon.run()
        with closing(SqliteJournal(tmp_path / "journal", rig.clock)) as journal:
            (kept,) = journal.corrections()
            assert (kept.digit, kept.reading_id) == (5, 1)

    def test_a_digit_stepped_to_is_kept_when_the_loop_ends(self, tmp_path: Path) -> None:
        rig = Rig([Signal.READ, Signal.CORRECT, Signal.READ])
        rig.journal = SqliteJournal(tmp_path / "journal", rig.clock)
        rig.daemon.run()
        with closing(SqliteJournal(tmp_path / "journal", rig.clock)) as journal:
            assert [kept.digit for kept in journal.corrections()] == [5]

    def test_after_a_pause_presses_read_again(self) -> None:
        ticks = int(PATIENCE / TICK) + 1
        rig = Rig(
            [Signal.READ, Signal.CORRECT, Signal.READ, *[None] * ticks, Signal.READ, Signal.CORRECT]
        )
        rig.daemon.run()
        assert [shown.text for shown in rig.display.readings] == ["407", "507", "407"]
        assert rig.trigger.seen  # the camera is looked through meanwhile

    def test_a_sheet_that_is_held_up_doesnt_interrupt_and_is_read_afterwards(self) -> None:
        ticks = [None] * 40
        rig = Rig([Signal.READ, Signal.CORRECT, Signal.LOOK, *[Signal.CORRECT] * 3, *ticks])
        began = rig.clock.now
        rig.daemon.run()
        assert rig.clock.now - began > QUIET  # the corrected answer stands for a while
        asked = [state for state in rig.states if state in (State.CORRECTING, State.LOOKING)]
        assert asked == [State.LOOKING, *[State.CORRECTING] * 3, State.LOOKING]
        assert [shown.text for shown in rig.display.readings] == ["407"] * 3

    def test_a_press_reads_that_sheet_too_and_once(self) -> None:
        correct = [Signal.CORRECT, Signal.LOOK, *[Signal.CORRECT] * 3]
        rig = Rig([Signal.READ, *correct, Signal.READ, *[None] * 60])
        rig.daemon.run()
        assert rig.states.count(State.LOOKING) == 2

    def test_what_was_said_is_learnt_before_that_sheet_is_read(self) -> None:
        rig = Rig([Signal.READ, Signal.CORRECT, Signal.LOOK, *[Signal.CORRECT] * 3, *[None] * 40])
        done: list[str] = []
        rig.daemon._lessons.learn = lambda: done.append("learn")  # type: ignore[method-assign]
        rig.display.show = lambda reading: done.append("show")  # type: ignore[method-assign]
        rig.daemon.run()
        corrected = done.index("show", done.index("show") + 1)
        assert "learn" in done[corrected : done.index("show", corrected + 1)]

    def test_nothing_is_read_when_it_switches_off(self) -> None:
        rig = Rig([Signal.READ, Signal.CORRECT, Signal.LOOK, Signal.SHUTDOWN], power_off=print)
        rig.daemon.run()
        assert rig.states.count(State.LOOKING) == 1
        assert rig.states[-2:] == [State.SHUTTING_DOWN, State.STOPPED]

    def test_the_corrected_answer_can_be_corrected(self) -> None:
        once = [Signal.CORRECT, Signal.READ, *[Signal.CORRECT] * 3]
        rig = Rig([Signal.READ, *once, *once])
        rig.daemon.run()
        assert [shown.text for shown in rig.display.readings] == ["407", "507", "607"]

    def test_a_camera_that_comes_back_meanwhile_leaves_the_question_on_the_display(self) -> None:
        rig = Rig([Signal.READ, Signal.CORRECT, Signal.READ, *[None] * 20])
        frames: Iterator[Frame | None] = iter([blank_frame(), blank_frame(), None])

        def take() -> Frame:
            frame = next(frames, blank_frame())
            if frame is None:
                raise OSError("unplugged")
            return frame

        rig.camera.take = take
        rig.daemon.run()
        lost = rig.states.index(State.CAMERA_LOST)
        assert rig.display.states[lost + 1] == (State.CORRECTING, "5 1/3")

    def test_shutting_down_ends_it(self, tmp_path: Path) -> None:
        def refuse() -> None:
            raise ServiceError("Access denied")

        signals = [Signal.READ, Signal.CORRECT, Signal.READ, Signal.SHUTDOWN, Signal.READ]
        rig = Rig([*signals], power_off=refuse)
        rig.journal = SqliteJournal(tmp_path / "journal", rig.clock)
        rig.daemon.run()
        assert [shown.text for shown in rig.display.readings] == ["407", "407"]
        with closing(SqliteJournal(tmp_path / "journal", rig.clock)) as journal:
            assert [kept.digit for kept in journal.corrections()] == [5]

    def test_without_an_answer_there_is_nothing_to_correct(self) -> None:
        rig = Rig([Signal.CORRECT, Signal.READ])
        rig.daemon.run()
        assert (State.READY, "nothing to correct") in rig.display.states
        assert len(rig.display.readings) == 1

    def test_of_nothing_there_is_nothing_to_correct_either(self) -> None:
        rig = Rig([Signal.READ, Signal.CORRECT, Signal.READ])
        nothing = Reading("nothing", reason="no ink")
        rig.reader.read = lambda frame: nothing  # type: ignore[method-assign]
        rig.daemon.run()
        assert (State.READY, "nothing to correct") in rig.display.states
        assert len(rig.display.readings) == 2

    def test_a_journal_that_fails_is_logged_once(self, caplog: pytest.LogCaptureFixture) -> None:
        rig = Rig([Signal.READ, *[Signal.CORRECT] * 4])
        rig.journal = BrokenJournal()
        rig.daemon.run()
        errors = [r.getMessage() for r in caplog.records if r.levelno >= logging.ERROR]
        assert errors == ["journal: disk full"]
        assert len(rig.display.readings) == 2

    def test_what_could_not_be_kept_is_tried_once_more_at_the_end(self, tmp_path: Path) -> None:
        class Full(SqliteJournal):
            fails = 3  # as often as something is corrected

            def correct(self, correction: Correction) -> int:
                if self.fails:
                    self.fails -= 1
                    raise JournalError("disk full")
                return super().correct(correction)

        rig = Rig([Signal.READ, Signal.CORRECT, Signal.READ, *[Signal.CORRECT] * 3])
        rig.journal = Full(tmp_path / "journal", rig.clock)
        rig.daemon.run()
        with closing(SqliteJournal(tmp_path / "journal", rig.clock)) as journal:
            assert [kept.digit for kept in journal.corrections()] == [5, 0, 7]

    def test_what_could_not_be_kept_is_kept_with_the_next_reading(self) -> None:
        class Full(SqliteJournal):
            full = False

            def correct(self, correction: Correction) -> int:
                if self.full:
                    raise JournalError("disk full")
                return super().correct(correction)

        def signals() -> Iterator[Signal]:
            yield Signal.READ
            yield Signal.CORRECT
            journal.full = True
            yield from [Signal.READ, *[Signal.CORRECT] * 3]
            journal.full = False
            assert journal.corrections() == []
            yield Signal.READ
            kept.extend(correction.digit for correction in journal.corrections())

        rig, kept = Rig(signals()), list[int]()
        rig.journal = journal = Full(None, rig.clock)
        rig.daemon.run()
        assert kept == [5, 0, 7]


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
        super().close()
        raise JournalError("disk full")


def test_a_display_that_fails_is_logged_once_and_the_others_show(
    caplog: pytest.LogCaptureFixture,
) -> None:
    rig = Rig([Signal.READ] * 3)
    good = Memory()
    rig.shows_on = Several({"oled": BrokenDisplay(), "good": good})
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


def test_a_display_that_never_worked_doesnt_work_again_where_it_has_nothing_to_do(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """As a speaker without its program: it says nothing of being ready."""

    class Mute(Memory):
        def state(self, state: State, detail: str = "") -> None:
            if state is State.CAMERA_LOST:
                raise DisplayError("no program")

    displays = Several({"speaker": Mute()})
    for state in (State.CAMERA_LOST, State.READY) * 3:
        displays.state(state)
    displays.show(a_reading())
    assert [record.getMessage() for record in caplog.records] == [
        "display speaker: no program",
        "display speaker: works again",
    ]


def test_the_journal_keeps_what_was_shown(tmp_path: Path) -> None:
    rig = Rig([Signal.READ, Signal.READ])
    rig.journal = SqliteJournal(tmp_path / "journal", rig.clock, keep_days=0)
    rig.daemon.run()
    with closing(SqliteJournal(tmp_path / "journal", rig.clock)) as journal:
        kept = journal.readings()
    assert [(reading.id, reading.text, reading.time) for reading in kept] == [
        (2, "407", 5.0),
        (1, "407", 5.0),
    ]


def test_a_journal_that_works_again_is_said_and_so_is_its_next_trouble(
    caplog: pytest.LogCaptureFixture,
) -> None:
    class Loose(SqliteJournal):
        calls = 0

        def record(self, reading: Reading) -> int:
            self.calls += 1
            if self.calls in (1, 2, 5):
                raise JournalError("disk full")
            return super().record(reading)

    rig = Rig([Signal.READ] * 5)
    rig.journal = Loose(None, rig.clock)
    rig.daemon.run()
    assert [record.getMessage() for record in caplog.records] == [
        "journal: disk full",
        "journal: works again",
        "journal: disk full",
    ]


def test_a_journal_with_a_trouble_holds_up_no_look_through_the_camera() -> None:
    """Each try may take a second."""

    class Slow(SqliteJournal):
        tries = 0

        def changed(self) -> bool:
            self.tries += 1
            raise JournalError("database is locked")

    rig = Rig([None] * 50)
    rig.journal = journal = Slow(None, rig.clock)
    rig.daemon.run()
    assert (journal.tries, len(rig.trigger.seen)) == (1, 51)


def test_a_journal_that_fails_is_logged_once_and_the_reading_is_shown(
    caplog: pytest.LogCaptureFixture,
) -> None:
    rig = Rig([Signal.READ] * 3)
    rig.journal = BrokenJournal()
    rig.daemon.run()
    assert len(rig.display.readings) == 3
    errors = [r.getMessage() for r in caplog.records if r.levelno >= logging.ERROR]
    assert errors == ["journal: disk full"]
    assert rig.daemon.last is not None
    assert rig.daemon.last.id is None

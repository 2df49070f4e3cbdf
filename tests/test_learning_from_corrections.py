"""From the press that corrects to the next sheet, over a restart, and back."""

from __future__ import annotations

import logging
import shutil
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from appliance import app
from appliance.daemon import Daemon
from appliance.displays.memory import Memory as Shown
from appliance.errors import JournalError, ServiceError
from appliance.journal.sqlite import SqliteJournal
from appliance.learning.ordinary import ordinary_digits
from appliance.lessons import Lessons
from appliance.memory import Glyphs, Labels, Memory
from appliance.network.classifier import Classifier
from appliance.network.recogniser import Recogniser
from appliance.network.spotter import Spotter
from appliance.network.transcriber import Transcriber
from appliance.reader import Reader
from appliance.values import Correction, Frame, Glyph, Signal
from tests.fakes import FakeClock, ScriptedCamera, ScriptedTrigger, read_digit
from tests.odd_hand import MISREAD, frame, sheet

FIRST, *OTHERS = MISREAD
READ, CORRECT = Signal.READ, Signal.CORRECT
AS_FIVE = [CORRECT, READ, READ, READ, CORRECT]
"""From the 2 that is shown to a 5."""

CLASSIFIER = Classifier.load()
NETWORKS = Spotter.load(), Recogniser.load(), Transcriber.load()
ORDINARY = ordinary_digits()


class Appliance:
    """An appliance that reads in earnest, started anew with each call, on one journal.

    lessons: how often ordinary digits were asked for: once in each run that learns.
    """

    def __init__(self, journal: Callable[[], SqliteJournal]) -> None:
        self._journal = journal
        self.lessons = 0

    def ordinary(self) -> tuple[Glyphs, Labels]:
        self.lessons += 1
        return ORDINARY

    def __call__(
        self,
        frames: list[Frame],
        signals: list[Any],
        power_off: Callable[[], None] | None = None,
    ) -> list[str]:
        """Hold the frames up one after the other; returns what was shown.

        signals: a call among them is made when its turn comes.
        """
        clock, left, shown = FakeClock(), iter(frames), Shown()
        held = {"up": frames[0]}

        def take() -> Frame:
            return held["up"]

        def played() -> Iterator[Signal | None]:
            for signal in signals:
                if callable(signal):
                    signal()
                    yield None
                    continue
                if signal is READ and daemon._correcting is None:
                    held["up"] = next(left)
                yield signal

        camera = ScriptedCamera(take)
        memory = Memory(CLASSIFIER.features, self.ordinary)
        daemon = Daemon(
            lambda: camera,
            ScriptedTrigger(clock, played()),
            shown,
            Reader(CLASSIFIER, *NETWORKS, memory),
            journal=self._journal(),
            clock=clock,
            lessons=Lessons(memory),
            power_off=power_off,
        )
        daemon.run()
        return [reading.guess for reading in shown.readings if reading.status == "read"]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "journal.sqlite3"


@pytest.fixture
def appliance(path: Path) -> Appliance:
    return Appliance(lambda: SqliteJournal(path, FakeClock()))


def undo(path: Path) -> None:
    """As another process does it."""
    with closing(SqliteJournal(path, FakeClock())) as journal:
        assert journal.undo(journal.corrections()[0].id or 0)


def test_a_digit_like_the_corrected_one_is_read_as_it_was_said(
    appliance: Appliance, path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    sheets = [frame(seed) for seed in MISREAD]
    assert appliance(sheets, [READ] * 4) == ["2"] * 4
    assert appliance(sheets, [READ, *AS_FIVE, READ, READ, READ]) == ["2", *"5555"]
    assert "learned: this is a 5 (1 remembered)" in caplog.messages
    assert appliance(sheets, [READ] * 4) == ["5"] * 4  # after a restart
    assert "corrections: 1 remembered" in caplog.messages
    undo(path)
    assert appliance(sheets, [READ] * 4) == ["2"] * 4


def test_an_appliance_that_runs_notices_what_is_undone(
    appliance: Appliance, path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    sheets = [frame(seed) for seed in MISREAD]
    presses = [READ, *AS_FIVE, READ, lambda: undo(path), READ, READ]
    assert appliance(sheets, presses) == ["2", "5", "5", "2", "2"]
    assert "corrections: 0 remembered" in caplog.messages


def test_what_contradicts_leaves_it_to_the_networks(appliance: Appliance) -> None:
    """A slip of the finger, put right on the next sheet."""
    as_two = [CORRECT, *[READ] * 7, CORRECT]
    sheets = [frame(seed) for seed in (FIRST, *OTHERS)]
    assert appliance(sheets, [READ, *AS_FIVE, READ, *as_two, READ]) == ["2", "5", "5", "2", "2"]


def test_what_was_said_when_switching_off_was_refused_is_learnt(appliance: Appliance) -> None:
    def refuse() -> None:
        raise ServiceError("Access denied")

    presses = [READ, CORRECT, READ, READ, READ, Signal.SHUTDOWN, READ]
    assert appliance([frame(FIRST), frame(OTHERS[0])], presses, refuse) == ["2", "5"]


def test_nobody_waits_for_a_lesson_when_it_ends(appliance: Appliance) -> None:
    said = [READ, CORRECT, READ, READ, READ]
    assert appliance([frame(FIRST)], [*said, Signal.SHUTDOWN], lambda: None) == ["2"]
    assert appliance.lessons == 0
    assert appliance([frame(OTHERS[0])], [READ]) == ["5"]  # it was kept, and is learnt at the start
    assert appliance.lessons == 1


def test_it_learns_for_this_run_when_the_journal_cant_keep_it(path: Path) -> None:
    class Full(SqliteJournal):
        def correct(self, correction: Correction) -> int:
            raise JournalError("disk full")

    appliance = Appliance(lambda: Full(path, FakeClock()))
    sheets = [frame(seed) for seed in MISREAD]
    assert appliance(sheets, [READ, *AS_FIVE, None, READ]) == ["2", "5", "5"]
    assert appliance(sheets, [READ]) == ["2"]


def test_what_a_full_disk_could_not_keep_is_kept_when_there_is_room_again(path: Path) -> None:
    room = iter([False, False, True])

    class Full(SqliteJournal):
        def correct(self, correction: Correction) -> int:
            if not next(room, True):
                raise JournalError("disk full")
            return super().correct(correction)

    appliance = Appliance(lambda: Full(path, FakeClock()))
    sheets = [frame(seed) for seed in MISREAD]
    assert appliance(sheets, [READ, *AS_FIVE, READ, READ]) == ["2", "5", "5", "5"]
    assert appliance(sheets, [READ]) == ["5"]


@pytest.mark.parametrize("spoil", [lambda path: path.write_bytes(b"x" * 9000), shutil.rmtree])
def test_a_spoilt_journal_keeps_it_from_nothing(
    appliance: Appliance, path: Path, spoil: Callable[[Path], object]
) -> None:
    if spoil is shutil.rmtree:
        path.mkdir()  # nothing that SQLite can open
    else:
        spoil(path)
    sheets = [frame(seed) for seed in MISREAD]
    assert appliance(sheets, [READ, *AS_FIVE, READ]) == ["2", "5", "5"]


def test_the_demo_learns_too(tmp_path: Path) -> None:
    for number, seed in enumerate(MISREAD[:2]):
        cv2.imwrite(str(tmp_path / f"{number}.png"), sheet(seed))
    daemon = app.build_demo([str(tmp_path)], seed=0, auto=True, times=0)
    daemon._trigger = ScriptedTrigger(FakeClock(), [READ, *AS_FIVE, READ])
    daemon.run()
    assert daemon.last is not None
    assert (daemon.last.text, daemon.last.source) == ("5", str(tmp_path / "1.png"))


def test_without_a_memory_corrections_are_only_kept(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    lessons = Lessons(None)
    lessons.follow([Correction(read_digit(1).glyph, 7)])
    lessons.hear(Correction(read_digit(1).glyph, 7))
    lessons.learn()
    assert caplog.messages == []


def test_a_digit_that_looks_like_another_ordinary_one_is_said_to(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO)
    glyphs, labels = ORDINARY
    three = next(glyph for glyph, label in zip(glyphs, labels, strict=True) if label == 3)
    lessons = Lessons(Memory(CLASSIFIER.features, lambda: ORDINARY))
    lessons.hear(Correction(Glyph(three), 5))
    lessons.learn()
    assert caplog.messages == [
        "learned: this is a 5 (1 remembered)",
        "the 5 looks much like an ordinary 3: only what is almost the same will be read so",
    ]


def test_what_is_said_last_counts() -> None:
    memory = Memory(CLASSIFIER.features, lambda: ORDINARY)
    lessons, glyph = Lessons(memory), read_digit(5, seed=1).glyph
    five, six = Correction(glyph, 5), Correction(glyph, 6)
    lessons.hear(five)
    lessons.follow([five])
    lessons.hear(six)
    lessons.follow([five, six])  # the journal was opened anew
    assert np.flatnonzero(memory.says(glyph.pixels[None])[0]).tolist() == [6]


def test_the_log_tells_what_was_said_though_something_else_was_undone_meanwhile(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO)
    lessons = Lessons(Memory(CLASSIFIER.features, lambda: ORDINARY))
    eight, kept = Correction(read_digit(5, seed=1).glyph, 8), Correction(read_digit(3).glyph, 3)
    lessons.hear(eight)
    lessons.hear(kept)
    lessons.follow([eight, kept])
    lessons.learn()
    assert "learned: these are an 8 and a 3 (2 remembered)" in caplog.messages

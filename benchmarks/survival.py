"""What the appliance keeps, put to work and then checked; crashes.py and powercut.py share it.

A worker reads, corrects, trains and upgrades with the appliance's own code in a state folder. It
says what it is about to do and, when the call returned, that it is done. A `Ledger` hears that and
knows, wherever the worker was stopped, what the folder must hold: everything that was done, and of
what was begun either all or nothing.
"""

from __future__ import annotations

import hashlib
import os
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from unittest import mock

import numpy as np

from appliance.app import load_reader
from appliance.daemon import Daemon
from appliance.displays.memory import Memory
from appliance.errors import JournalError, WeightsError
from appliance.journal import sqlite, tables
from appliance.journal.sqlite import SqliteJournal
from appliance.network import weights as weights_file
from appliance.network.fallback import load_or_fall_back
from appliance.network.layers import Dense, Flatten
from appliance.network.losses import softmax_cross_entropy
from appliance.network.network import Network
from appliance.network.optimizers import Adam
from appliance.network.weights import Weights
from appliance.scenes import generate
from appliance.service.clock import SystemClock
from appliance.values import Correction, Frame, Glyph, Prediction, ReadDigit, Reading, Signal

Say = Callable[[dict[str, Any]], None]

KINDS = ("read", "correct", "train", "upgrade")
EVERYTHING = 10**9
"""Readings and megabytes to keep: nothing is to be forgotten here."""


def print_of(reading: Reading) -> str:
    """What tells a reading from others: its status, its digits, every bit of what is kept."""
    digest = hashlib.sha256()
    for digit in reading.digits:
        digest.update(np.rint(digit.glyph.pixels * 255).astype(np.uint8).tobytes())
        digest.update(digit.prediction.probabilities.astype("<f4").tobytes())
        digest.update(repr(digit.box).encode())
    return f"{reading.status} {reading.guess!r} {digest.hexdigest()[:16]}"


class SpokenJournal(SqliteJournal):
    """The journal, saying before each change what it will be and afterwards that it is kept."""

    def __init__(self, path: Path, say: Say) -> None:
        super().__init__(path, SystemClock(), EVERYTHING, 0, 0)
        self._say = say

    def record(self, reading: Reading) -> int:
        """Keep a reading."""
        self._say({"begin": "reading", "print": print_of(reading)})
        number = super().record(reading)
        self._say({"done": number})
        return number

    def correct(self, correction: Correction) -> int:
        """Keep a correction."""
        self._say({"begin": "correction", "digit": correction.digit})
        number = super().correct(correction)
        self._say({"done": number})
        return number

    def undo(self, number: int) -> bool:
        """Forget a correction."""
        self._say({"begin": "undo", "number": number})
        undone = super().undo(number)
        self._say({"done": number})
        return undone


class Worker:
    """Does one kind of work in a state folder, again and again, until it is stopped."""

    def __init__(self, frames: Sequence[Frame]) -> None:
        self._frames = frames
        self._reader = load_reader()

    def work(self, kind: str, state: Path, random: np.random.Generator, say: Say) -> None:
        """Go on for ever; `kind` is one of KINDS, or "all" for each in turn."""
        with closing(SpokenJournal(state / "journal.sqlite3", say)) as journal:
            steps = {
                "read": lambda: self._read(journal, random),
                "correct": lambda: correct(journal, random),
                "train": lambda: train(state, random, say),
                "upgrade": lambda: upgrade(journal, state, random, say),
            }
            while True:
                for name in KINDS if kind == "all" else (kind,):
                    steps[name]()

    def _read(self, journal: SqliteJournal, random: np.random.Generator) -> None:
        """Let the daemon answer a few presses of the button."""
        daemon = Daemon(
            lambda: _Camera(self._frames, random),
            _Presses(3),
            Memory(),
            self._reader,
            journal=journal,
            clock=SystemClock(),
        )
        daemon.run()


def correct(journal: SqliteJournal, random: np.random.Generator) -> None:
    """Correct the latest reading, and sometimes take a correction back."""
    for _ in range(4):
        latest = journal.latest()
        if latest is None or not latest.digits:
            journal.record(_scribbled(random))
            continue
        glyph = latest.digits[int(random.integers(len(latest.digits)))].glyph
        digit = int(random.integers(10))
        number = journal.correct(Correction(glyph, digit, 0.0, latest.id))
        if random.random() < 0.3:
            journal.undo(number)


def train(state: Path, random: np.random.Generator, say: Say) -> None:
    """Train a small network a little and save it."""
    glyphs, labels = random.random((32, 28, 28), np.float32), random.integers(0, 10, 32)
    network, optimizer = Network([Flatten(), Dense(784, 10, random=random)]), Adam()
    for _ in range(3):
        _, slope = softmax_cross_entropy(network.forward(glyphs, training=True), labels)
        network.backward(slope)
        optimizer.step(network.parameters(), network.gradients(), 1e-3)
    number = int(random.integers(1 << 40))
    say({"begin": "weights", "number": number})
    weights_file.save(state / "learned.npz", Weights(network, about={"number": number}))
    say({"done": number})


def upgrade(journal: SqliteJournal, state: Path, random: np.random.Generator, say: Say) -> None:
    """Install other weights as carelessly as `cp` does, and open a journal of an older kind."""
    number = int(random.integers(1 << 40))
    made = state / f"made-{number}.npz"
    weights_file.save(made, Weights(Network([Flatten(), Dense(784, 10)]), about={"number": number}))
    say({"begin": "installed", "number": number})
    (state / "installed.npz").write_bytes(made.read_bytes())
    assert installed(state) == number
    say({"done": number})
    made.unlink()
    journal.close()
    with closing(sqlite3.connect(state / "journal.sqlite3")) as connection:
        connection.execute("PRAGMA journal_mode = DELETE")
        connection.execute("PRAGMA auto_vacuum = NONE")
        connection.execute("VACUUM")
    journal.latest()  # writes the file anew, so that it can give space back


def installed(state: Path) -> int:
    """Number of the weights that the appliance would start with; 0: the shipped ones."""
    weights = load_or_fall_back(
        weights_file.load,
        state / "installed.npz",
        shipped=weights_file.shipped_path(),
        copy=state / "last-good.npz",
    )
    return int(weights.about.get("number", 0))


@dataclass
class Ledger:
    """What the worker said, and so what its folder must hold."""

    readings: dict[int, str] = field(default_factory=dict)
    corrections: dict[int, int] = field(default_factory=dict)
    numbers: dict[str, int] = field(default_factory=lambda: {"weights": 0, "installed": 0})
    begun: dict[str, Any] | None = None
    done: int = 0

    def copy(self) -> Ledger:
        """Another with the same entries."""
        return replace(
            self,
            readings=dict(self.readings),
            corrections=dict(self.corrections),
            numbers=dict(self.numbers),
        )

    def hear(self, message: dict[str, Any]) -> None:
        """Take down what the worker says."""
        if "begin" in message:
            self.begun = message
            return
        assert self.begun is not None
        self._enter(self.begun, int(message["done"]))
        self.begun = None
        self.done += 1

    def _enter(self, begun: dict[str, Any], number: int) -> None:
        match begun["begin"]:
            case "reading":
                self.readings[number] = begun["print"]
            case "correction":
                self.corrections[number] = begun["digit"]
            case "undo":
                self.corrections.pop(number, None)
            case kind:
                self.numbers[kind] = number

    def settle(self, state: Path) -> list[str]:
        """Compare with a folder whose worker was stopped; returns what is wrong.

        What was begun is entered when it is there: from now on it counts as done.
        """
        path = state / "journal.sqlite3"
        try:
            with closing(SqliteJournal(path, SystemClock())) as journal:
                readings = {r.id: print_of(r) for r in journal.readings(EVERYTHING)}
            corrections = _corrections(path)
        except (JournalError, sqlite3.Error) as error:
            return [str(error)]
        numbers = {"weights": _learned(state), "installed": installed(state)}
        for number in self._may_be_there(readings, corrections, numbers):
            if self.begun is not None:
                self._enter(self.begun, number)
        self.begun = None
        return [
            *_difference("reading", self.readings, readings),
            *_difference("correction", self.corrections, corrections),
            *_difference("weights", self.numbers, numbers),
            *(f"set aside: {file.name}" for file in state.glob("*.damaged-*")),
        ]

    def _may_be_there(
        self, readings: dict[Any, str], corrections: dict[Any, int], numbers: dict[str, int]
    ) -> list[int]:
        """The number of what was begun, if the folder holds it already."""
        begun = self.begun or {"begin": "nothing"}
        match begun["begin"]:
            case "reading":
                new = readings.keys() - self.readings.keys()
                return [n for n in new if readings[n] == begun["print"]][:1]
            case "correction":
                new = corrections.keys() - self.corrections.keys()
                return [n for n in new if corrections[n] == begun["digit"]][:1]
            case "undo":
                return [] if begun["number"] in corrections else [begun["number"]]
            case "weights" | "installed" as kind:
                return [begun["number"]] if numbers[kind] == begun["number"] else []
        return []


def be_careless() -> None:
    """Leave out all syncing in this process, to see whether a check notices."""

    def connect(path: Path | None) -> sqlite3.Connection:
        connection = tables.connect(path)
        connection.execute("PRAGMA synchronous = OFF")
        return connection

    mock.patch.object(sqlite, "connect", connect).start()
    mock.patch.object(os, "fsync", lambda file: None).start()


def draw_frames(count: int) -> list[Frame]:
    """Drawn scenes for the worker to read."""
    random = np.random.default_rng(1)
    return [Frame(generate(random, "easy").frame, 0.0, "drawn") for _ in range(count)]


class _Presses:
    """A button that is pressed so many times, then asks to quit."""

    def __init__(self, times: int) -> None:
        self._signals = iter([Signal.READ] * times)

    def wait(self, timeout: float) -> Signal | None:
        return next(self._signals, Signal.QUIT)

    def see(self, frame: Frame) -> None:
        pass

    def close(self) -> None:
        pass


class _Camera:
    """Gives frames that are in memory, at random."""

    def __init__(self, frames: Sequence[Frame], random: np.random.Generator) -> None:
        self._frames = frames
        self._random = random

    def capture(self) -> Frame:
        return self._frames[int(self._random.integers(len(self._frames)))]

    watch = capture

    def close(self) -> None:
        pass


def _scribbled(random: np.random.Generator) -> Reading:
    """A reading of two digits of noise."""
    pixels = random.random((2, 28, 28), np.float32)
    digits = (ReadDigit(Glyph(glyph), Prediction(np.full(10, 0.1, np.float32))) for glyph in pixels)
    return Reading("unsure", (tuple(digits),), "noise")


def _corrections(path: Path) -> dict[int, int]:
    """All of them, those too that another of the same glyph has replaced."""
    with closing(sqlite3.connect(path)) as connection:
        return dict(connection.execute("SELECT id, digit FROM corrections"))


def _learned(state: Path) -> int:
    """Number of the weights that were trained last; 0 without any, -1 when they are damaged."""
    path = state / "learned.npz"
    try:
        return int(weights_file.load(path).about["number"]) if path.exists() else 0
    except WeightsError:
        return -1


def _difference(what: str, expected: dict[Any, Any], found: dict[Any, Any]) -> list[str]:
    keys = sorted(expected.keys() | found.keys())
    return [
        f"{what} {key}: {found.get(key, 'lost')}, must be {expected.get(key, 'absent')}"
        for key in keys
        if expected.get(key) != found.get(key)
    ]

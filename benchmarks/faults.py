"""A camera that fails in every way that cameras do, and a loop that has to live through it."""

from __future__ import annotations

import logging
from collections import Counter
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from appliance.daemon import Daemon
from appliance.displays.memory import Memory
from appliance.errors import CameraError
from appliance.journal.sqlite import SqliteJournal
from appliance.values import Frame, Signal, State
from appliance.watcher import Reader

KINDS = ("timeout", "exception", "wrong shape", "unplugged")

EXCEPTIONS = (RuntimeError, IndexError, ValueError, OSError, MemoryError, KeyError)

SHAPES: tuple[NDArray[np.generic], ...] = (
    np.zeros((0, 5), np.uint8),
    np.zeros((240, 320), np.float32),
    np.zeros((240, 320, 4), np.uint8),
    np.zeros(7, np.uint8),
    np.zeros((), np.uint8),
    np.zeros((2, 240, 320, 3), np.uint8),
)

GOOD_FRAMES = 9
"""At most so many between two faults."""

LONGEST = 5
"""At most so many times an unplugged camera can't be opened."""


class JumpingClock:
    """Time that moves by sleeping alone, which takes none."""

    def __init__(self, now: float = 1_000_000.0) -> None:
        self.now = now

    def time(self) -> float:
        """Seconds since the epoch."""
        return self.now

    def monotonic(self) -> float:
        """The same."""
        return self.now

    def sleep(self, seconds: float) -> None:
        """Move on."""
        self.now += seconds


class Faults:
    """A socket for a camera that fails so many times.

    injected: how often it failed, by kind. outages: how often it did after it had worked.
    """

    def __init__(self, count: int, seed: int) -> None:
        self.left = count
        self.injected: Counter[str] = Counter()
        self.outages = 0
        self._random = np.random.default_rng(seed)
        self._good_left = GOOD_FRAMES
        self._unplugged = 0
        self._working = True

    @property
    def over(self) -> bool:
        """Whether all faults have been, and the camera works again."""
        return self.left <= 0 and self._working

    def open(self) -> Faults:
        """Open the camera, unless it is unplugged."""
        if self._unplugged:
            self._unplugged -= 1
            raise self._fail("unplugged", CameraError("there is no camera"))
        return self

    def watch(self) -> Frame:
        """Give a frame, or fail."""
        if self._good_left or self.left <= 0:
            self._good_left -= bool(self._good_left)
            self._working = True
            return Frame(np.full((240, 320), 200, np.uint8))
        self._good_left = int(self._random.integers(GOOD_FRAMES + 1))
        return self._fault(KINDS[self._random.integers(len(KINDS))])

    capture = watch

    def close(self) -> None:
        """Fail at that, too, now and then."""
        if self._random.random() < 0.2:
            raise RuntimeError("it doesn't even close")

    def _fault(self, kind: str) -> Frame:
        if kind == "wrong shape":
            self._fail(kind)
            return Frame(SHAPES[self._random.integers(len(SHAPES))])  # type: ignore[arg-type]
        if kind == "unplugged":
            self._unplugged = int(self._random.integers(1, LONGEST + 1))
        if kind == "exception":
            error = EXCEPTIONS[self._random.integers(len(EXCEPTIONS))]
            raise self._fail(kind, error("somebody else's code"))
        raise self._fail(kind, CameraError("no frame for 3 s"))

    def _fail(self, kind: str, error: Exception | None = None) -> Exception:
        self.left -= 1
        self.injected[kind] += 1
        self.outages += self._working
        self._working = False
        return error or CameraError("")


@dataclass
class Presses:
    """A trigger: a press now and then; one more when the camera works for good, and the end."""

    clock: JumpingClock
    faults: Faults
    waits: int = 0
    _last: list[Signal] = field(default_factory=lambda: [Signal.QUIT, Signal.READ])

    def wait(self, timeout: float) -> Signal | None:
        """Let the time pass; every twentieth wait ends with a press."""
        self.waits += 1
        self.clock.sleep(timeout)
        if self.faults.over:
            return self._last.pop()
        return Signal.READ if self.waits % 20 == 0 else None

    def see(self, frame: Frame) -> None:
        """It doesn't look."""

    def close(self) -> None:
        """Nothing to give back."""


@dataclass(frozen=True)
class Survival:
    """What became of a daemon whose camera failed.

    faults: injected ones by kind. outages: how often they interrupted a camera that worked.
    said, recovered: how often the log said that it is lost, and that it works again.
    progress: how often the loop said that it is alive.
    reads: whether the press after the last fault was answered.
    """

    faults: dict[str, int]
    outages: int
    said: int
    recovered: int
    progress: int
    reads: bool


def survive(count: int, reader: Reader, seed: int = 1) -> Survival:
    """Run a daemon whose camera fails `count` times or a few more; what it raises goes through."""
    clock, faults, display, log = JumpingClock(), Faults(count, seed), Memory(), _Counting()
    seen, fed = logging.getLogger("appliance"), 0

    def progress() -> None:
        nonlocal fed
        fed += 1

    daemon = Daemon(
        faults.open,
        Presses(clock, faults),
        display,
        reader,
        journal=SqliteJournal(None, clock),
        clock=clock,
        progress=progress,
    )
    seen.addHandler(log)
    try:
        daemon.run()
    finally:
        seen.removeHandler(log)
    last = [state for state, _ in display.states][-2:]  # LOOKING, and no word of a lost camera
    return Survival(
        dict(faults.injected),
        faults.outages,
        log.count["camera: lost"],
        log.count["camera: works again"],
        fed,
        last == [State.LOOKING, State.STOPPED] and len(display.readings) > 0,
    )


class _Counting(logging.Handler):
    """Counts what is said of the camera."""

    def __init__(self) -> None:
        super().__init__()
        self.count: Counter[str] = Counter()

    def emit(self, record: logging.LogRecord) -> None:
        if record.levelno >= logging.ERROR and record.name == "appliance.lens":
            self.count["camera: lost"] += 1
        else:
            self.count[record.getMessage()] += 1

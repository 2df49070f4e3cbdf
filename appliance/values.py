"""The values that pass between the rooms: immutable, with no logic beyond their own."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Literal

import numpy as np
from numpy.typing import NDArray

GLYPH_SIZE = 28
"""Height and width of a glyph in pixels, as in MNIST."""

WINDOW_SIZE, IN_WINDOW = 48, 24
"""Height and width of a window of the grey frame in pixels, and height of the digit in it."""

STRIP_HEIGHT, IN_STRIP = 36, 24
"""Height of a strip, which shows a line of digits, and of a digit in it, in pixels."""

COLUMN, AROUND = 4, 16
"""Width in pixels of a column of a strip, for which there is one answer, and what the transcriber
sees to the left and to the right of them all."""

Status = Literal["read", "unsure", "nothing"]


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """A camera picture with its time.

    pixels: uint8, (height, width) grey or (height, width, 3) blue-green-red.
    time: seconds since the epoch, at which the picture was taken.
    source: where it came from: a file's path, a camera's name.
    """

    pixels: NDArray[np.uint8]
    time: float = 0.0
    source: str = ""


@dataclass(frozen=True, slots=True)
class Box:
    """An upright rectangle in pixels of the frame; (x, y) is its upper left corner."""

    x: int
    y: int
    width: int
    height: int

    def gaps(self, other: Box) -> tuple[int, int]:
        """Pixels between this box and another, (across, down); negative where they overlap."""
        across = max(self.x, other.x) - min(self.x + self.width, other.x + other.width)
        down = max(self.y, other.y) - min(self.y + self.height, other.y + other.height)
        return across, down


def around(boxes: Sequence[Box]) -> Box:
    """The smallest box that holds some boxes, at least one."""
    left, top = min(box.x for box in boxes), min(box.y for box in boxes)
    right = max(box.x + box.width for box in boxes)
    bottom = max(box.y + box.height for box in boxes)
    return Box(left, top, right - left, bottom - top)


@dataclass(frozen=True, slots=True, eq=False)
class Glyph:
    """One digit's picture as MNIST was made: 28x28 float32 in 0..1, ink bright, centred by mass.

    box: where it stood in the frame.
    """

    pixels: NDArray[np.float32]
    box: Box = Box(0, 0, GLYPH_SIZE, GLYPH_SIZE)


@dataclass(frozen=True, slots=True, eq=False)
class Prediction:
    """What the network says of one glyph.

    probabilities: float32, (10,): of the digits 0..9. With not_a_digit they sum to 1.
    not_a_digit: probability in 0..1 that the glyph is no digit at all.
    """

    probabilities: NDArray[np.float32]
    not_a_digit: float = 0.0

    @property
    def digit(self) -> int:
        """The most probable digit, 0..9."""
        return int(np.argmax(self.probabilities))

    @property
    def confidence(self) -> float:
        """Probability of the most probable digit, 0..1."""
        return float(np.max(self.probabilities))

    @property
    def runner_up(self) -> int:
        """The second most probable digit, 0..9."""
        others = self.probabilities.copy()
        others[self.digit] = -1
        return int(np.argmax(others))


@dataclass(frozen=True, slots=True, eq=False)
class ReadDigit:
    """One digit of a reading: the glyph that was cut out and what the network said of it."""

    glyph: Glyph
    prediction: Prediction

    @property
    def digit(self) -> int:
        """The digit, 0..9."""
        return self.prediction.digit

    @property
    def confidence(self) -> float:
        """Probability of that digit, 0..1."""
        return self.prediction.confidence

    @property
    def box(self) -> Box:
        """Where it stood in the frame."""
        return self.glyph.box


def written(lines: Iterable[Iterable[ReadDigit]]) -> str:
    r"""The digits in reading order, lines separated by `\n`."""
    return "\n".join("".join(str(digit.digit) for digit in line) for line in lines)


def in_one_line(digits: str) -> str:
    r"""Digits, lines of them separated by `\n`, as a sentence has them: `28 / 82`, `no digit`."""
    return digits.replace("\n", " / ") or "no digit"


def named(digit: str) -> str:
    """A digit as a sentence names it: `a 7`, `an 8`."""
    return f"{'an' if digit == '8' else 'a'} {digit}"


@dataclass(frozen=True, slots=True, eq=False)
class Reading:
    """The answer to one frame.

    status: `read` (this is it), `unsure` (the best guess, with a reason) or `nothing`.
    lines: the digits in reading order, a tuple for each line of writing; for `unsure` the guess.
    reason: why it isn't `read`; None when it is.
    milliseconds: how long the reading took.
    """

    status: Status
    lines: tuple[tuple[ReadDigit, ...], ...] = ()
    reason: str | None = None
    milliseconds: float = 0.0
    time: float = 0.0
    source: str = ""
    id: int | None = field(default=None)

    @property
    def digits(self) -> tuple[ReadDigit, ...]:
        """All digits in reading order."""
        return tuple(digit for line in self.lines for digit in line)

    @property
    def text(self) -> str:
        r"""The digits in reading order, lines separated by `\n`; empty when nothing was read."""
        if self.status == "nothing":
            return ""
        return self.guess if self.status == "read" else ""

    @property
    def guess(self) -> str:
        r"""The digits in reading order, whatever the status."""
        return written(self.lines)

    @property
    def confidence(self) -> float:
        """The lowest confidence of its digits, 0..1; 0 without digits."""
        return min((digit.confidence for digit in self.digits), default=0.0)


@dataclass(frozen=True, slots=True, eq=False)
class Correction:
    """What a person says that a glyph really is.

    digit: 0..9.
    id: its number in the journal; None before it is kept.
    """

    glyph: Glyph
    digit: int
    time: float = 0.0
    reading_id: int | None = None
    id: int | None = None


@dataclass(frozen=True, slots=True)
class Question:
    """Which digit it is that a person corrects; as a text the detail of State.CORRECTING.

    digit: the one that is shown, "0".."9". place, count: it is so many-eth, from 1, of so many.
    """

    digit: str
    place: int = 1
    count: int = 1

    def __str__(self) -> str:
        return f"{self.digit} {self.place}/{self.count}"

    @classmethod
    def parse(cls, text: str) -> Question:
        """The question of a text; the digit alone is enough."""
        digit, _, where = text.partition(" ")
        place, _, count = where.partition("/")
        return cls(digit, int(place or 1), int(count or 1))


class Signal(Enum):
    """What a trigger asks for.

    READ: somebody wants an answer. LOOK: nobody asked, but a sheet is held up. REPEAT: it is time
    to look again; an answer that stands already is neither shown nor kept once more.
    """

    READ = "read"
    LOOK = "look"
    REPEAT = "repeat"
    CORRECT = "correct"
    SHUTDOWN = "shutdown"
    QUIT = "quit"


class State(Enum):
    """What the appliance is doing, for the displays."""

    STARTING = "starting"
    READY = "ready"
    LOOKING = "looking"
    CORRECTING = "correcting"
    CAMERA_LOST = "camera lost"
    SHUTTING_DOWN = "shutting down"
    STOPPED = "stopped"

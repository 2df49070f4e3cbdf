"""The sheet: which lines of digits are what is held up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from appliance.values import ReadDigit
from appliance.vision.kinship import hanging_together, kinship
from appliance.vision.odds import log_odds

PLAUSIBLE = 0.4
"""Lines of lower quality are no lines of digits."""

LIKE_OTHERS, LIKE_ONES = 0.0, 2.0
"""Lines join others when the log-odds of quality and likeness are more than this; lines of 1s."""


@dataclass(frozen=True, slots=True, eq=False)
class Line:
    """A line of digits as it is read.

    digits: from left to right, at least one.
    strength: contrast of the digits in grey levels.
    height: of the line, as a share of the frame's longer side.
    top: orders the lines from top to bottom.
    stroke: width of its strokes in pixels of the view.
    ground: brightness of what it is written on, in grey levels.
    """

    digits: tuple[ReadDigit, ...]
    strength: float
    height: float
    top: float
    stroke: float = 0.0
    ground: float = 0.0

    @property
    def quality(self) -> float:
        """How sure it is that this line is digits and nothing else, 0..1."""
        sure = np.log(np.maximum([digit.confidence for digit in self.digits], 1e-4))
        return float(np.exp(np.mean(sure)))

    @property
    def salience(self) -> float:
        """How much the line stands out, 0..1: its contrast and its size."""
        return float(np.sqrt(self.strength / 255 * self.height))

    @property
    def score(self) -> float:
        """What decides between lines.

        Every digit adds to it, but one that is doubtful hardly.
        """
        return sum(digit.confidence**4 for digit in self.digits) * self.salience


def sheet(lines: Sequence[Line]) -> list[Line]:
    """The lines that are held up: the best one and those like it, from top to bottom."""
    good = [index for index, line in enumerate(lines) if line.quality > PLAUSIBLE]
    if not good or len(lines) == 1:
        return [lines[index] for index in good]
    best = max(good, key=lambda index: lines[index].score)
    found = hanging_together(best, _akin(lines))
    return sorted((lines[index] for index in found), key=lambda line: line.top)


def _akin(lines: Sequence[Line]) -> NDArray[np.bool_]:
    """Whether a line is writing by the hand that wrote a member of the sheet: (line, member).

    The line's quality and its likeness to the member decide together; edges and shadows look like
    lines of 1s.
    """
    told = log_odds([line.quality for line in lines])
    alike = kinship(
        np.array([(line.height, line.strength, line.stroke, line.ground) for line in lines])
    )
    ones = [all(digit.digit == 1 for digit in line.digits) for line in lines]
    least = np.where(ones, LIKE_ONES, LIKE_OTHERS)
    return np.asarray(told[:, None] + alike > least[:, None], np.bool_)

"""The sheet: which lines of digits are what is held up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from appliance.values import ReadDigit
from appliance.vision.kinship import kinship
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
    """

    digits: tuple[ReadDigit, ...]
    strength: float
    height: float
    top: float
    stroke: float = 0.0

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
    good = [line for line in lines if line.quality > PLAUSIBLE]
    if not good:
        return []
    found = [max(good, key=lambda line: line.score)]
    rest = [line for line in lines if line is not found[0]]
    for member in found:  # it grows: light that fades over the sheet makes each line fainter
        kin = [_akin(line, member) for line in rest]
        found += [line for line, alike in zip(rest, kin, strict=True) if alike]
        rest = [line for line, alike in zip(rest, kin, strict=True) if not alike]
    return sorted(found, key=lambda line: line.top)


def _akin(line: Line, member: Line) -> bool:
    """Whether a line is writing by the hand that wrote a member of the sheet.

    Its quality and its likeness decide together; edges and shadows look like lines of 1s.
    """
    traits = [(one.height, one.strength, one.stroke) for one in (line, member)]
    told = float(log_odds(line.quality)) + float(kinship(np.array(traits))[0, 1])
    ones = all(digit.digit == 1 for digit in line.digits)
    return told > (LIKE_ONES if ones else LIKE_OTHERS)

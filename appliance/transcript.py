"""Transcript: what the lines of a sight say when each is read as a whole.

Spots are judged one by one: of two digits that touch one may be left out, and a line beside them be
taken for a 1. The transcriber sees the line, and errs otherwise.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from statistics import median
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from appliance.network.ctc import Logarithms, log_likelihoods, most_likely
from appliance.sheet import Line
from appliance.sight import Sight, sight_of
from appliance.values import Glyph, Prediction, ReadDigit
from appliance.vision.cutting import cut_out
from appliance.vision.eye import View, in_view
from appliance.vision.heat import Places
from appliance.vision.polarity import polarity_at
from appliance.vision.spots import boxes_of, places_of
from appliance.vision.strips import Strip, strip_of

Transcribe = Callable[[NDArray[np.uint8]], Logarithms]
"""See `Transcriber.transcribe`."""

MOST = 1000
"""Columns of all lines together that are transcribed, those that are followed farther not counted
twice; six are as wide as a digit is high."""

SAME = 2.7
"""A digit is one that was seen when it is nearer to that than this, in columns of the strip."""

WIDTH = 0.6
"""Of a digit that wasn't seen, in heights."""

LESS = 0.99
"""Chance at most of the less likely of two digits, in the other's, which stays the one that is
read."""


class _Told(NamedTuple):
    """What is told of a line.

    agrees, says: the logarithms of the chances for its digits, and for what is read instead.
    line: what that is, the line itself where it is the same; None where nothing is read.
    """

    agrees: float
    says: float
    line: Line | None


@dataclass(frozen=True, slots=True, eq=False)
class Transcript:
    """What the transcriber says of a sight.

    agrees: logarithm of the chance that it gives the sight's digits.
    other: the sight as it reads it, where that is something else, and it reads anything.
    says: logarithm of the chance that it gives those.
    """

    agrees: float
    other: Sight | None
    says: float


def transcribed(seen: View, sight: Sight, transcribe: Transcribe) -> Transcript | None:
    """Let the lines of a sight of the view, one at least, be read as a whole.

    None when they are too long together for the time that there is.
    """
    strips = _strips(sight.lines, seen)
    if sum(strip.columns for strip in strips) > MOST:
        return None
    told = _by_strips(sight.lines, strips, seen, transcribe)
    told = _followed(sight.lines, told, seen, transcribe)
    lines = tuple(one.line for one in told if one.line)
    same = not lines or Sight(lines).text == sight.text
    return Transcript(
        sum(one.agrees for one in told),
        None if same else sight_of(lines, sight.spots, seen),
        sum(one.says for one in told),
    )


def _strips(lines: Sequence[Line], seen: View) -> list[Strip]:
    return [strip_of(_places(line, seen)) for line in lines]


def _followed(
    lines: Sequence[Line], told: Sequence[_Told], seen: View, transcribe: Transcribe
) -> list[_Told]:
    """What is told of lines; those at whose end a digit was found are read once more, farther.

    The strip ended there: what stands beside that digit it couldn't show.
    """
    others = {
        index: one.line
        for index, (line, one) in enumerate(zip(lines, told, strict=True))
        if one.line is not None and _longer(one.line, line)
    }
    longer = list(others.values())
    again = _by_strips(longer, _strips(longer, seen), seen, transcribe)
    result = list(told)
    for index, one in zip(others, again, strict=True):
        result[index] = _farther(lines[index], told[index], one)
    return result


def _farther(line: Line, told: _Told, again: _Told) -> _Told:
    """What is told of a line in all; again: of what was read instead, farther."""
    if again.line is None or _names(again.line) == _names(line):  # it takes back what it found
        return told._replace(says=again.agrees)
    return again._replace(agrees=told.agrees)


def _longer(other: Line, line: Line) -> bool:
    """Whether the other line begins or ends with a digit that the line hasn't."""
    known = {digit.glyph.box for digit in line.digits}
    return not {other.digits[0].glyph.box, other.digits[-1].glyph.box} <= known


def _by_strips(
    lines: Sequence[Line], strips: Sequence[Strip], seen: View, transcribe: Transcribe
) -> list[_Told]:
    """What is told of lines by their strips; what would stand outside of the view isn't read."""
    if not lines:
        return []
    says = [transcribe(strip.cut(seen.levels)) for strip in strips]
    found = [
        [one for one in most_likely(answers) if _inside(strip.at(one[1]), seen)]
        for answers, strip in zip(says, strips, strict=True)
    ]
    read, spelt = [_names(line) for line in lines], [[digit for digit, _ in one] for one in found]
    # a text that is read and spelt is asked for twice: in one walk that takes no longer
    agrees, instead = log_likelihoods([*says, *says], [*read, *spelt]).reshape(2, -1).tolist()
    others = [
        line if read[i] == spelt[i] else _corrected(line, strips[i], says[i], found[i], seen)
        for i, line in enumerate(lines)
    ]
    return [_Told(*each) for each in zip(agrees, instead, others, strict=True)]


def _names(line: Line) -> list[int]:
    return [digit.digit for digit in line.digits]


def _places(line: Line, seen: View) -> Places:
    """Where its digits are in the view."""
    return places_of([in_view(digit.box, seen) for digit in line.digits])


def _inside(place: NDArray[np.float64], seen: View) -> bool:
    height, width = seen.grey.shape
    return bool(0 <= place[0] < width and 0 <= place[1] < height)


def doubted(sight: Sight, other: Sight, share: float) -> Sight:
    """The likelier of two sights, with its doubt: where they differ, a digit has no more than its
    share, and the other one the rest.

    When they don't have as many digits on each line it stays as it is, and so does a digit in
    whose place the other sight has none.
    """
    if [len(line.digits) for line in sight.lines] != [len(line.digits) for line in other.lines]:
        return sight
    return sight.with_digits(map(partial(_either, share=share), sight.digits, other.digits))


def _either(one: ReadDigit, other: ReadDigit, share: float) -> ReadDigit:
    """The first of two readings of a digit, no surer than its share where they differ."""
    elsewhere = max(one.box.gaps(other.box)) >= 0
    if one.digit == other.digit or elsewhere:
        return one
    sure = min(share, one.confidence)
    rest = min(1 - sure, LESS * sure)
    chances = np.zeros(10, np.float32)
    chances[[one.digit, other.digit]] = sure, rest
    return replace(one, prediction=Prediction(chances, 1 - sure - rest))


def _corrected(
    line: Line, strip: Strip, says: Logarithms, found: Sequence[tuple[int, int]], seen: View
) -> Line | None:
    """The line as the transcriber reads it: `found`, digits and their columns; None without."""
    if not found:
        return None
    places = _places(line, seen)
    known = _matched(strip.within(places)[:, 0], [column for _, column in found])
    digits = []
    for (digit, column), index in zip(found, known, strict=True):
        if index is not None and line.digits[index].digit == digit:
            digits.append(line.digits[index])
            continue
        chances = np.exp(says[column]).astype(np.float32)
        old = None if index is None else line.digits[index].glyph
        glyph = old or _glyph(strip.at(column), places, seen)
        digits.append(ReadDigit(glyph, Prediction(chances[:-1], float(chances[-1]))))
    return replace(line, digits=tuple(digits))


def _matched(seen: NDArray[np.float64], found: Sequence[int]) -> list[int | None]:
    """Which of the digits that were seen each of those found is, by their columns; None: a new one.

    The nearest ones first, in the order in which they stand.
    """
    known: dict[int, int] = {}
    apart = np.abs(np.subtract.outer(np.array(found), seen))
    for i, j in np.argwhere(apart < SAME)[np.argsort(apart[apart < SAME], kind="stable")].tolist():
        if all((i - k) * (j - other) > 0 for k, other in known.items()):
            known[i] = j
    return [known.get(i) for i in range(len(found))]


def _glyph(middle: NDArray[np.float64], places: NDArray[np.float64], seen: View) -> Glyph:
    """The glyph of a digit that wasn't seen, among those in places of the view."""
    height = float(median(places[:, 3]))
    place = np.array([*middle, WIDTH * height, height])
    cut = cut_out(seen.levels, place, polarity_at(seen, places[0]), seen.noise)
    [box] = boxes_of(place[None] / seen.scale, seen.size)
    return Glyph(cut.pixels, box)

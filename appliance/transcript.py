"""Transcript: what the lines of a sight say when each is read as a whole.

Spots are judged one by one: of two digits that touch one may be left out, and a line beside them be
taken for a 1. The transcriber sees the line, and errs otherwise.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from statistics import median

import numpy as np
from numpy.typing import NDArray

from appliance.network.ctc import Logarithms, log_likelihood, most_likely
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

MOST = 250
"""Columns of all lines together that are transcribed, those that are followed farther not counted
twice; six are as wide as a digit is high."""

SAME = 2.7
"""A digit is one that was seen when it is nearer to that than this, in columns of the strip."""

WIDTH = 0.6
"""Of a digit that wasn't seen, in heights."""

LESS = 0.99
"""Chance at most of the less likely of two digits, in the other's, which stays the one that is
read."""


_Told = tuple[float, float, Line | None]
"""The logarithms of the chances for a line's digits, and for what is read instead; that line, None
where nothing is read."""


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
    strips = [strip_of(_places(line, seen)) for line in sight.lines]
    if sum(strip.columns for strip in strips) > MOST:
        return None
    told = [
        _followed(line, strip, seen, transcribe)
        for line, strip in zip(sight.lines, strips, strict=True)
    ]
    lines = tuple(line for _, _, line in told if line)
    same = not lines or Sight(lines).text == sight.text
    return Transcript(
        sum(agrees for agrees, _, _ in told),
        None if same else sight_of(lines, sight.spots, seen),
        sum(says for _, says, _ in told),
    )


def _followed(line: Line, strip: Strip, seen: View, transcribe: Transcribe) -> _Told:
    """What is told of a line; once more, a little farther, where it finds a digit at its end.

    The strip ends there: what stands beside that digit it couldn't show.
    """
    agrees, says, other = _transcribed(line, strip, seen, transcribe)
    if other is None or not _longer(other, line):
        return agrees, says, other
    longer = strip_of(_places(other, seen))
    confirms, says, farther = _transcribed(other, longer, seen, transcribe)
    if farther is None or _names(farther) == _names(line):  # it takes back what it found
        return agrees, confirms, other
    return agrees, says, farther


def _longer(other: Line, line: Line) -> bool:
    """Whether the other line begins or ends with a digit that the line hasn't."""
    known = {digit.glyph.box for digit in line.digits}
    return not {other.digits[0].glyph.box, other.digits[-1].glyph.box} <= known


def _transcribed(line: Line, strip: Strip, seen: View, transcribe: Transcribe) -> _Told:
    """What is told of a line by its strip; what would stand outside of the view isn't read."""
    told = transcribe(strip.cut(seen.levels))
    found = [one for one in most_likely(told) if _inside(strip.at(one[1]), seen)]
    read, spelt = _names(line), [digit for digit, _ in found]
    agrees = log_likelihood(told, read)
    if spelt == read:
        return agrees, agrees, line
    says = log_likelihood(told, spelt)
    if not spelt:
        return agrees, says, None
    return agrees, says, replace(line, digits=_corrected(line, strip, told, found, seen))


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
    line: Line, strip: Strip, told: Logarithms, found: Sequence[tuple[int, int]], seen: View
) -> tuple[ReadDigit, ...]:
    """The line's digits as the transcriber reads them: `found`, digits and their columns."""
    places = _places(line, seen)
    known = _matched(strip.within(places)[:, 0], [column for _, column in found])
    digits = []
    for (digit, column), index in zip(found, known, strict=True):
        if index is not None and line.digits[index].digit == digit:
            digits.append(line.digits[index])
            continue
        says = np.exp(told[column]).astype(np.float32)
        old = None if index is None else line.digits[index].glyph
        glyph = old or _glyph(strip.at(column), places, seen)
        digits.append(ReadDigit(glyph, Prediction(says[:-1], float(says[-1]))))
    return tuple(digits)


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

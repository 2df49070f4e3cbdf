"""A glimpse: what the spots in a frame show, without looking for ink all over it.

Recogniser and classifier judge each spot, the one in grey, the other by the glyph that is cut out
there. Most sheets are read by it alone.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import get_args

import numpy as np
from numpy.typing import NDArray

from appliance.sight import Sight
from appliance.spelling import Spelling, judge, sheet
from appliance.values import Glyph, Prediction, ReadDigit
from appliance.vision.cutting import Cut, cut_out
from appliance.vision.eye import View, in_view
from appliance.vision.ink import Polarity
from appliance.vision.kinship import agreed
from appliance.vision.lines import arranged
from appliance.vision.spots import NO_SPOTS, Recognise, Spots, look_at, together
from appliance.vision.surroundings import places_beside

Classify = Callable[[NDArray[np.float32]], list[Prediction]]

SEEN, DOUBTFUL = 0.3, 0.1
"""Spots that are less sure to be a digit are left out; beside those that are surer than the
second another look is taken."""

THE_SAME = 0.5
"""A spot that is more alike to a digit than this is the same."""

LIKELY = 0.2
"""Digits of less confidence, when the glyph has been seen as well, are none."""

MISSED = 0.9
"""How sure the recogniser must be of what the spotter missed."""

RATHER = 0.7
"""What it gives more than this counts as missed until a look shows it."""

UNLIKELY = 0.3
"""Ink beside the digits is none when the recogniser gives it no more than this."""

HOPEFUL = 0.5
"""Without a line, and without a spot that is surer than this, there is nothing to be read."""

ROUNDS = 2
"""How often is looked around what was found."""

LEAST_WHOLE = 0.2
"""What is broken into smaller parts than this share is no digit: a column of print is like a 1."""


@dataclass(frozen=True, slots=True, eq=False)
class Glimpse:
    """What the spots show.

    sight: the lines that they make, and whether there may be more.
    polarity: whether their ink is darker or lighter than the paper.
    height: median height of the spots, as a share of the frame's longer side; 0 without any.
    seen: the view, with the spots that were found around the first.
    """

    sight: Sight
    polarity: Polarity
    height: float
    seen: View


@dataclass(frozen=True, slots=True)
class _Told:
    """The glyph that is cut out in a spot, and what classifier and recogniser say of it."""

    cut: Cut
    prediction: Prediction


class _Judge:
    """Judges each spot of a view once.

    polarity: as which the surest spot, of one at least, is rather a digit: dark or light ink.
    """

    def __init__(self, seen: View, classify: Classify) -> None:
        self._seen, self._classify = seen, classify
        ways, surest = get_args(Polarity), seen.spots[[0]]
        cuts = [self._cut(surest.places[0], way) for way in ways]
        shapes = classify(np.stack([cut.pixels for cut in cuts]))
        best = min(range(len(ways)), key=lambda way: shapes[way].not_a_digit)
        told = _Told(cuts[best], judge(None, shapes[best], surest))
        self.polarity: Polarity = ways[best]
        self._known = {surest.places[0].tobytes(): told}

    def judged(self, spots: Spots) -> list[_Told]:
        """What is told of spots of the frame, in their order."""
        keys = [place.tobytes() for place in spots.places]
        new = [index for index, key in enumerate(keys) if key not in self._known]
        if new:
            cuts = [self._cut(place, self.polarity) for place in spots.places[new]]
            shapes = self._classify(np.stack([cut.pixels for cut in cuts]))
            for index, cut, shape in zip(new, cuts, shapes, strict=True):
                self._known[keys[index]] = _Told(cut, judge(None, shape, spots[[index]]))
        return [self._known[key] for key in keys]

    def _cut(self, place: NDArray[np.float64], polarity: Polarity) -> Cut:
        seen = self._seen
        return cut_out(seen.levels, place * seen.scale, polarity, seen.noise)


def glimpse(seen: View, classify: Classify, recognise: Recognise) -> Glimpse:
    """The lines that the spots make, and whether there may be more than theirs.

    What the spotter missed beside them becomes a spot, too, when the recogniser sees a digit there.
    """
    if not len(seen.spots.surer_than(DOUBTFUL)):
        return Glimpse(Sight((), None), "dark", 0.0, seen)
    judges = _Judge(seen, classify)
    polarity = judges.polarity
    for left in range(ROUNDS, -1, -1):
        spots = _whole(seen.spots, judges)
        lines = _lines(spots, judges, seen)
        others = _others(lines, seen, polarity, recognise)
        more = together(seen.spots, others.surer_than(MISSED))
        if not left or np.array_equal(more.places, seen.spots.places):
            break
        seen = replace(seen, spots=more)
    if not len(spots) or (not lines and spots.sure.max() < HOPEFUL):
        return Glimpse(Sight((), None), polarity, 0.0, seen)
    doubtful = len(others) or _doubtful(seen, lines)
    missed = len(others.surer_than(RATHER))
    height = float(np.median(spots.places[:, 3])) / max(seen.size)
    sight = Sight(lines, "beside" if doubtful else None, missed)
    return Glimpse(sight, polarity, height, seen)


def _whole(spots: Spots, judges: _Judge) -> Spots:
    """Those that may be digits, and aren't in pieces."""
    seen = spots.surer_than(min(SEEN, float(spots.sure.max()) / 2))
    return seen[np.array([told.cut.whole > LEAST_WHOLE for told in judges.judged(seen)], np.bool_)]


def _lines(spots: Spots, judges: _Judge, seen: View) -> tuple[Spelling, ...]:
    """The lines that the likely digits make."""
    boxes, told = spots.boxes(seen.size), _agreed(spots, judges.judged(spots))
    likely = [i for i, one in enumerate(told) if one.prediction.confidence > LIKELY]
    digits = {i: ReadDigit(Glyph(told[i].cut.pixels, boxes[i]), told[i].prediction) for i in likely}
    rows = [[likely[i] for i in row] for row in arranged([boxes[i] for i in likely])]
    found = [
        _spelling([digits[i] for i in row], [told[i].cut for i in row], seen, top)
        for top, row in enumerate(rows)
    ]
    return tuple(sheet(found))


def _agreed(spots: Spots, told: Sequence[_Told]) -> list[_Told]:
    """What is told of spots, their chances of being digits informed by each other."""
    heights = spots.places[:, 3]
    traits = [
        (high, one.cut.strength, one.cut.stroke * high)
        for high, one in zip(heights, told, strict=True)
    ]
    digits = np.array([1 - one.prediction.not_a_digit for one in told])
    informed = agreed(digits, np.array(traits, np.float64))
    return [
        replace(one, prediction=_with_chance(one.prediction, float(chance)))
        for one, chance in zip(told, informed, strict=True)
    ]


def _with_chance(prediction: Prediction, digit: float) -> Prediction:
    """The same, with another probability of being any digit."""
    shares = prediction.probabilities / prediction.probabilities.sum()
    return Prediction(np.asarray(digit * shares, np.float32), 1 - digit)


def _doubtful(seen: View, lines: Sequence[Spelling]) -> bool:
    """Whether any spot, as high as the lines' digits, may be one and is none of theirs."""
    boxes = [digit.box for line in lines for digit in line.digits]
    return bool(boxes) and len(seen.spots.surer_than(DOUBTFUL).others(boxes, THE_SAME)) > 0


def _others(
    lines: Sequence[Spelling], seen: View, polarity: Polarity, recognise: Recognise
) -> Spots:
    """What else may be a digit, as high as the lines'.

    The recogniser looks wherever the spotter sees more ink of digits, or there is ink like theirs.
    """
    boxes = [digit.box for line in lines for digit in line.digits]
    if not boxes:
        return NO_SPOTS
    views = [in_view(box, seen) for box in boxes]
    strength = min(line.strength for line in lines)
    places = places_beside(seen, views, polarity, strength)
    spots = look_at(seen.levels, places, recognise).surer_than(UNLIKELY)
    return spots.enlarged(1 / seen.scale)


def _spelling(digits: Sequence[ReadDigit], cuts: Sequence[Cut], seen: View, top: int) -> Spelling:
    height = float(np.median([digit.box.height for digit in digits]))
    return Spelling(
        tuple(digits),
        (),
        float(np.median([cut.strength for cut in cuts])),
        height / max(seen.size),
        height,
        float(top),
        stroke=float(np.median([cut.stroke for cut in cuts])) * height * seen.scale,
    )

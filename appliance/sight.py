"""Sight: what the spots in a frame show, read in lines, and whether that is all.

Recogniser and classifier judge each spot, the one in grey, the other by the glyph that is cut out
there. Around what is found the recogniser looks for more.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from statistics import median

import numpy as np
from numpy.typing import NDArray

from appliance.opinions import judge
from appliance.sheet import LIKE_OTHERS, Line, sheet
from appliance.values import Box, Glyph, Prediction, ReadDigit, written
from appliance.vision.company import company
from appliance.vision.cutting import Cut, cut_out
from appliance.vision.eye import View, in_view
from appliance.vision.heat import Places
from appliance.vision.kinship import agreed, hanging_together, kinship
from appliance.vision.lines import arranged
from appliance.vision.odds import chances_of, log_odds
from appliance.vision.polarity import polarity_at
from appliance.vision.spots import MISSED, NO_SPOTS, Recognise, Spots, look_at, together, untaken
from appliance.vision.surroundings import places_beside, unread

Classify = Callable[[NDArray[np.float32]], list[Prediction]]

SEEN = 0.3
"""Spots that are less sure to be a digit are left out."""

MOST_FOLLOWED, MOST_ROUNDS = 100, 5
"""Where so many digits are found no more join them, nor after so many more looks around, for the
time that it takes."""

LIKELY = 0.2
"""Digits of less confidence, when the glyph has been seen as well, are none."""

THE_SAME = 0.3
"""What has more than this of its place in common with a digit is the same."""

LEAST_WHOLE = 0.2
"""What is broken into smaller parts than this share is no digit: a column of print is like a 1."""


@dataclass(frozen=True, slots=True, eq=False)
class Sight:
    """What is held up.

    lines: from top to bottom.
    other: how sure it is, 0..1, that something else as high as their digits is one of them.
    unread: how much ink of digits near them is part of none, in squares as high as they are.
    middle: how sure the spotter is, 0..1, that each digit has a middle, where it looked closest: of
        the one least so.
    spots: all that may be digits, those of the lines among them.
    unfinished: whether more would have joined, were there no MOST_FOLLOWED and MOST_ROUNDS.
    """

    lines: tuple[Line, ...] = ()
    other: float = 0.0
    unread: float = 0.0
    middle: float = 1.0
    spots: Spots = NO_SPOTS
    unfinished: bool = False

    @property
    def digits(self) -> list[ReadDigit]:
        """The digits of all lines, in reading order."""
        return [digit for line in self.lines for digit in line.digits]

    @property
    def text(self) -> str:
        """The digits as a reading tells them, see `written`."""
        return written(line.digits for line in self.lines)

    def with_digits(self, digits: Iterable[ReadDigit]) -> Sight:
        """The same with as many other digits in the places of its own, in reading order."""
        others = iter(digits)
        lines = tuple(
            replace(line, digits=tuple(next(others) for _ in line.digits)) for line in self.lines
        )
        return replace(self, lines=lines)


@dataclass(frozen=True, slots=True)
class _Told:
    """The glyph that is cut out in a spot, and what classifier and recogniser say of it."""

    cut: Cut
    prediction: Prediction


class _Judge:
    """Judges each spot of a view once.

    seen: the view. polarity: of its surest spot, of one at least.
    """

    def __init__(self, seen: View, classify: Classify) -> None:
        self.seen, self._classify = seen, classify
        self.polarity = polarity_at(seen, seen.spots.places[0] * seen.scale)
        self._known: dict[bytes, _Told] = {}

    def judged(self, spots: Spots) -> list[_Told]:
        """What is told of spots of the frame, in their order."""
        keys = [place.tobytes() for place in spots.places]
        new = [index for index, key in enumerate(keys) if key not in self._known]
        if new:
            cuts = [self._cut(place) for place in spots.places[new]]
            shapes = self._classify(np.stack([cut.pixels for cut in cuts]))
            for index, cut, shape in zip(new, cuts, shapes, strict=True):
                self._known[keys[index]] = _Told(cut, judge(shape, spots[[index]]))
        return [self._known[key] for key in keys]

    def _cut(self, place: NDArray[np.float64]) -> Cut:
        seen = self.seen
        return cut_out(seen.levels, place * seen.scale, self.polarity, seen.noise)


def look(seen: View, classify: Classify, recognise: Recognise) -> Sight:
    """What the spots of a view show.

    What the spotter missed beside them becomes a spot, too, when the recogniser sees a digit there;
    then is looked around once more, where that wasn't done, and so on: a line is followed to its
    end, a page to its last line, but there are limits. What would join beyond them counts as
    something else that may be a digit.
    """
    if not len(seen.spots):
        return Sight()
    judges, spots = _Judge(seen, classify), seen.spots
    lines = _read(spots, judges)
    places = _beside(lines, judges)
    others = _looked(places, seen, recognise)
    for rounds in range(MOST_ROUNDS + 1):
        more = together(spots, others.surer_than(MISSED).within(seen.size))
        found_all = np.array_equal(more.places, spots.places)
        if found_all or rounds == MOST_ROUNDS or len(_boxes(lines)) >= MOST_FOLLOWED:
            break
        spots, lines = more, _read(more, judges)
        new = _beside(lines, judges)
        new = new[untaken(new, places)]
        places = np.vstack([places, new])
        others = together(others, _looked(new, seen, recognise))
    if not lines:
        return Sight()
    return replace(sight_of(lines, together(spots, others), seen), unfinished=not found_all)


def sight_of(lines: tuple[Line, ...], spots: Spots, seen: View) -> Sight:
    """What lines of a view, one at least, leave over of it.

    spots: all that may be digits in it, in pixels of the frame.
    """
    boxes = _boxes(lines)
    other = spots.others(boxes, THE_SAME)
    views = [in_view(box, seen) for box in boxes]
    middle = min(seen.heat.middle(box) for box in views) if seen.heat is not None else 1.0
    return Sight(lines, float(other.sure.max(initial=0.0)), unread(seen, views), middle, spots)


def _read(spots: Spots, judges: _Judge) -> tuple[Line, ...]:
    """The lines that spots make."""
    return _lines(_whole(spots, judges), judges)


def _whole(spots: Spots, judges: _Judge) -> Spots:
    """Those that may be digits, and aren't in pieces."""
    seen = spots.surer_than(min(SEEN, float(spots.sure.max()) / 2))
    return seen[np.array([told.cut.whole > LEAST_WHOLE for told in judges.judged(seen)], np.bool_)]


def _lines(spots: Spots, judges: _Judge) -> tuple[Line, ...]:
    """The lines that the likely digits make."""
    seen = judges.seen
    boxes, judged = spots.boxes(seen.size), judges.judged(spots)
    alike = kinship(_traits(spots, judged))
    told = _agreed(judged, alike, spots.places)
    likely = [i for i, one in enumerate(told) if one.prediction.confidence > LIKELY]
    digits = {i: ReadDigit(Glyph(told[i].cut.pixels, boxes[i]), told[i].prediction) for i in likely}
    rows = [[likely[i] for i in row] for row in arranged([boxes[i] for i in likely])]

    def line(row: Sequence[int], top: int) -> Line:
        return _line([digits[i] for i in row], [told[i].cut for i in row], seen, top)

    sure = log_odds([one.prediction.confidence for one in told])
    akin = sure[:, None] + alike > LIKE_OTHERS
    parts = [line(part, top) for top, row in enumerate(rows) for part in _by_hand(row, sure, akin)]
    kept = {id(digit) for part in sheet(parts) for digit in part.digits}
    rows = [[i for i in row if id(digits[i]) in kept] for row in rows]
    return tuple(line(row, top) for top, row in enumerate(rows) if row)


def _by_hand(row: list[int], sure: NDArray[np.float64], akin: NDArray[np.bool_]) -> list[list[int]]:
    """A row's digits in parts of one hand each; that of the surest one comes first.

    sure, akin: of all spots, how sure each is and which join which, see `hanging_together`.
    """
    parts, rest = [], np.array(row)
    while len(rest):
        own = hanging_together(int(sure[rest].argmax()), akin[np.ix_(rest, rest)])
        parts.append(rest[own].tolist())
        rest = np.delete(rest, own)
    return parts


def _agreed(told: Sequence[_Told], alike: NDArray[np.float64], places: Places) -> list[_Told]:
    """The same, their chances of being digits informed by each other, and by ink beside them.

    alike: see `kinship`. places: of the spots.
    """
    if not told:
        return []
    chances = agreed(np.array([1 - one.prediction.not_a_digit for one in told]), alike)
    strange = company(places, chances, np.array([one.cut.beside for one in told]))
    return [
        replace(one, prediction=_with_chance(one.prediction, float(chance)))
        for one, chance in zip(told, chances_of(log_odds(chances) + strange), strict=True)
    ]


def _traits(spots: Spots, told: Sequence[_Told]) -> NDArray[np.float64]:
    """What tells the hand, see `kinship`."""
    return np.array(
        [one.cut.traits(high) for high, one in zip(spots.places[:, 3], told, strict=True)],
        np.float64,
    ).reshape(-1, 4)  # of no spots, too


def _with_chance(prediction: Prediction, digit: float) -> Prediction:
    """The same, with another probability of being any digit."""
    shares = prediction.probabilities / prediction.probabilities.sum()
    return Prediction(np.asarray(digit * shares, np.float32), 1 - digit)


def _beside(lines: Sequence[Line], judges: _Judge) -> Places:
    """Where else digits may be, as high as the lines', in pixels of the view."""
    if not lines:
        return NO_SPOTS.places
    boxes = [in_view(box, judges.seen) for box in _boxes(lines)]
    return places_beside(judges.seen, boxes, judges.polarity, min(line.strength for line in lines))


def _looked(places: Places, seen: View, recognise: Recognise) -> Spots:
    """What the recogniser sees in places of the view."""
    return look_at(seen.levels, places, recognise).enlarged(1 / seen.scale)


def _boxes(lines: Sequence[Line]) -> list[Box]:
    """Of all digits, in pixels of the frame."""
    return [digit.box for line in lines for digit in line.digits]


def _line(digits: Sequence[ReadDigit], cuts: Sequence[Cut], seen: View, top: int) -> Line:
    height = float(median([digit.box.height for digit in digits]))
    return Line(
        tuple(digits),
        float(median([cut.strength for cut in cuts])),
        height / max(seen.size),
        float(top),
        float(median([cut.stroke for cut in cuts])) * height * seen.scale,
        float(median([cut.ground for cut in cuts])),
    )

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
from appliance.vision.lines import arranged
from appliance.vision.spots import NO_SPOTS, Recognise, Spots, look_at, places_of, together
from appliance.vision.surroundings import other_writing

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

UNLIKELY = 0.03
"""Ink beside the digits is none when the recogniser gives it no more than this."""

HOPEFUL = 0.5
"""Without a line, and without a spot that is surer than this, there is nothing to be read."""

ROUNDS = 2
"""How often is looked around what was found."""

LEAST_WHOLE = 0.2
"""What is broken into smaller parts than this share is no digit: a column of print is like a 1."""

MORE = 0.3
"""Squares with ink beyond the digits', in a row, that are as high as this many digits are more."""

SMALLER, LARGER = 0.8, 1.6
"""Heights of another digit, in those of the digits."""


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


@dataclass(frozen=True, slots=True, eq=False)
class _Judged:
    """Spots, the glyphs that are cut out there, and what classifier and recogniser say of them."""

    spots: Spots
    cuts: list[Cut]
    predictions: list[Prediction]
    polarity: Polarity


def glimpse(seen: View, classify: Classify, recognise: Recognise) -> Glimpse:
    """The lines that the spots make, and whether there may be more than theirs.

    What the spotter missed beside them becomes a spot, too, when the recogniser sees a digit there.
    """
    for more in range(ROUNDS, -1, -1):
        if not len(seen.spots.surer_than(DOUBTFUL)):
            return Glimpse(Sight((), None), "dark", 0.0, seen)
        judged = _judged(seen, classify)
        if not judged.cuts:
            return Glimpse(Sight((), None), judged.polarity, 0.0, seen)
        lines = _lines(judged, seen)
        if not lines and judged.spots.sure.max() < HOPEFUL:
            return Glimpse(Sight((), None), judged.polarity, 0.0, seen)
        others = _others(lines, seen, judged.polarity, recognise)
        known = len(seen.spots)
        if more:
            seen = replace(seen, spots=together(seen.spots, others.surer_than(MISSED)))
        if len(seen.spots) == known:
            break
    doubtful = len(others) or _doubtful(seen, lines)
    height = float(np.median(judged.spots.places[:, 3])) / max(seen.size)
    sight = Sight(lines, "beside" if doubtful else None)
    return Glimpse(sight, judged.polarity, height, seen)


def _judged(seen: View, classify: Classify) -> _Judged:
    spots = seen.spots.surer_than(min(SEEN, float(seen.spots.sure.max()) / 2))
    cuts, polarity = _cuts(seen, spots, classify)
    whole = np.array([cut.whole > LEAST_WHOLE for cut in cuts])
    spots, cuts = spots[whole], [cut for cut in cuts if cut.whole > LEAST_WHOLE]
    told = classify(np.stack([cut.pixels for cut in cuts])) if cuts else []
    predictions = [judge(None, prediction, spots[[i]]) for i, prediction in enumerate(told)]
    return _Judged(spots, cuts, predictions, polarity)


def _lines(judged: _Judged, seen: View) -> tuple[Spelling, ...]:
    """The lines that the likely digits make."""
    likely = [i for i, told in enumerate(judged.predictions) if told.confidence > LIKELY]
    boxes = judged.spots.boxes(seen.size)
    digits = {
        i: ReadDigit(Glyph(judged.cuts[i].pixels, boxes[i]), judged.predictions[i]) for i in likely
    }
    rows = [[likely[i] for i in row] for row in arranged([boxes[i] for i in likely])]
    found = [
        _spelling([digits[i] for i in row], [judged.cuts[i] for i in row], seen, top)
        for top, row in enumerate(rows)
    ]
    return tuple(sheet(found))


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
    if not boxes or seen.heat is None:
        return NO_SPOTS
    usual = float(np.median([box.height for box in boxes])) * seen.scale
    views = [in_view(box, seen) for box in boxes]
    places = [box for box, area in seen.heat.beyond(views) if area * seen.heat.cell > MORE * usual]
    strength = min(line.strength for line in lines)
    places += other_writing(seen.levels, views, polarity, strength, seen.noise)
    found = places_of(places)
    found[:, 3] = np.clip(found[:, 3], SMALLER * usual, LARGER * usual)
    spots = look_at(seen.levels, found, recognise).surer_than(UNLIKELY)
    return spots.enlarged(1 / seen.scale)


def _cuts(seen: View, spots: Spots, classify: Classify) -> tuple[list[Cut], Polarity]:
    """The glyphs in all spots, as dark or light ink: as which the surest one is a digit."""
    places = spots.places * seen.scale
    dark, light = (cut_out(seen.levels, places[0], way, seen.noise) for way in get_args(Polarity))
    as_dark, as_light = classify(np.stack([dark.pixels, light.pixels]))
    polarity: Polarity = "light" if as_light.not_a_digit < as_dark.not_a_digit else "dark"
    first = light if polarity == "light" else dark
    rest = [cut_out(seen.levels, place, polarity, seen.noise) for place in places[1:]]
    return [first, *rest], polarity


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

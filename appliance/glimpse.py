"""A glimpse: what the spots in a frame show, without looking for ink all over it.

Recogniser and classifier judge each spot, the one in grey, the other by the glyph that is cut out
there. Most sheets are read by it alone.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import get_args

import numpy as np
from numpy.typing import NDArray

from appliance.sight import Sight
from appliance.spelling import Spelling, judge, sheet
from appliance.values import Glyph, Prediction, ReadDigit
from appliance.vision.cutting import Cut, cut_out
from appliance.vision.eye import View, in_view, to_view
from appliance.vision.ink import Polarity
from appliance.vision.lines import arranged
from appliance.vision.spots import Spots
from appliance.vision.surroundings import other_writing

Classify = Callable[[NDArray[np.float32]], list[Prediction]]

SEEN, DOUBTFUL = 0.3, 0.1
"""Spots that are less sure to be a digit are left out; beside those that are surer than the
second another look is taken."""

THE_SAME = 0.5
"""A spot that is more alike to a digit than this is the same."""

LIKELY = 0.2
"""Digits of less confidence, when the glyph has been seen as well, are none."""

LEAST_WHOLE = 0.2
"""What is broken into smaller parts than this share is no digit: a column of print is like a 1."""

MORE = 0.3
"""Squares with ink beyond the digits', in a row, that are as high as this many digits are more."""


@dataclass(frozen=True, slots=True, eq=False)
class Glimpse:
    """What the spots show.

    sight: the lines that they make, and whether there may be more.
    polarity: whether their ink is darker or lighter than the paper.
    height: median height of the spots, as a share of the frame's longer side; 0 without any.
    """

    sight: Sight
    polarity: Polarity
    height: float


def glimpse(seen: View, classify: Classify) -> Glimpse:
    """The lines that the spots make, and whether the spotter sees more ink than theirs."""
    if not len(seen.spots.surer_than(DOUBTFUL)):
        return Glimpse(Sight((), None), "dark", 0.0)
    spots = seen.spots.surer_than(min(SEEN, float(seen.spots.sure.max()) / 2))
    cuts, polarity = _cuts(seen, spots, classify)
    whole = np.array([cut.whole > LEAST_WHOLE for cut in cuts])
    spots, cuts = spots[whole], [cut for cut in cuts if cut.whole > LEAST_WHOLE]
    if not cuts:
        return Glimpse(Sight((), None), polarity, 0.0)
    predictions = classify(np.stack([cut.pixels for cut in cuts]))
    judged = [judge(None, told, spots[[i]]) for i, told in enumerate(predictions)]
    likely = [i for i, prediction in enumerate(judged) if prediction.confidence > LIKELY]
    boxes = spots.boxes(seen.size)
    digits = {i: ReadDigit(Glyph(cuts[i].pixels, boxes[i]), judged[i]) for i in likely}
    rows = [[likely[i] for i in row] for row in arranged([boxes[i] for i in likely])]
    found = [
        _spelling([digits[i] for i in row], [cuts[i] for i in row], seen, top)
        for top, row in enumerate(rows)
    ]
    lines = tuple(sheet(found))
    sight = Sight(lines, "beside" if _more(lines, seen, polarity) else None)
    return Glimpse(sight, polarity, float(np.median(spots.places[:, 3])) / max(seen.size))


def _more(lines: Sequence[Spelling], seen: View, polarity: Polarity) -> bool:
    """Whether there may be another digit, as high as the lines', that is none of theirs."""
    boxes = [digit.box for line in lines for digit in line.digits]
    if not boxes or seen.heat is None:
        return False
    usual = float(np.median([box.height for box in boxes]))
    views = [in_view(box, seen) for box in boxes]
    if seen.heat.beyond(views) * seen.heat.cell > MORE * usual * seen.scale:
        return True
    if len(seen.spots.surer_than(DOUBTFUL).others(boxes, THE_SAME)):
        return True
    strength = min(line.strength for line in lines)
    return other_writing(seen.levels, views, polarity, strength, seen.noise)


def _cuts(seen: View, spots: Spots, classify: Classify) -> tuple[list[Cut], Polarity]:
    """The glyphs in all spots, as dark or light ink: as which the surest one is a digit."""
    places = to_view(spots.places, seen)
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

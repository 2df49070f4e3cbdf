"""Decide: read, unsure or nothing, and why.

The reasons are few and fixed, so that a light can blink them; `ADVICE` words each as help.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from appliance.spelling import Spelling, touches_edge
from appliance.values import ReadDigit, Status
from appliance.vision.light import Light

SURE = 0.7
"""A digit of lower confidence makes a reading unsure."""

SURE_OF_STROKES = 0.9
"""The same for a reading of nothing but 1s: edges, stripes and shadows are bare strokes, too."""

SURE_AT_EDGE = 0.9
"""The same for a digit at the frame's edge, of which a part may be missing."""

FAINT = 40
"""Ink of less contrast, in grey levels, suffers from bad light; stronger ink doesn't."""

SMALL = 20
"""Digits lower than this many pixels of the frame are too small to be sure of."""

ADVICE = {
    "too dark": "Turn on a light, or turn the sheet towards it.",
    "too bright": "Turn the sheet away from the light.",
    "blurred": "Hold it still, a hand's breadth farther away.",
    "no ink": "Hold up a sheet with a digit on it.",
    "too small": "Hold it closer.",
    "touches the edge": "Move it to the middle of the picture.",
    "not a digit": "Write digits only, and apart from each other.",
}
"""What to do about each reason; for two digits that could be meant see `advice`."""


def advice(reason: str | None) -> str:
    """What a person can do about a reason; empty when there is none.

    Besides the keys of ADVICE a reason can be `3 or 8`, with any two digits.
    """
    if reason is None:
        return ""
    return ADVICE.get(reason, f"Is it {reason}? Write it more clearly.")


def decide(
    lines: Sequence[Spelling],
    measure: Callable[[], Light],
    size: tuple[int, int],
    complete: bool = True,
) -> tuple[Status, str | None]:
    """The status of a reading and the reason when it isn't `read`.

    measure: measures the light of the frame, asked for where it explains why nothing was read.
    size: (width, height) of the frame in pixels.
    complete: whether all ink that looks like the digits' own was read.
    """
    if not lines:
        return "nothing", measure().trouble or "no ink"
    digits = [digit for line in lines for digit in line.digits]
    only_strokes = all(digit.digit == 1 for digit in digits)
    margins = [digit.confidence - _needed(digit, only_strokes, size) for digit in digits]
    clean = complete and all(line.clean for line in lines)
    if min(margins) >= 0 and clean:
        return "read", None
    if max(digit.confidence for digit in digits) < 0.5:
        return "nothing", measure().trouble or "not a digit"
    doubtful = digits[int(np.argmin(margins))]
    return "unsure", _doubt(lines, doubtful, measure(), size, min(margins) < 0)


def _needed(digit: ReadDigit, only_strokes: bool, size: tuple[int, int]) -> float:
    """The confidence that a digit must have."""
    if touches_edge(digit.box, *size):
        return SURE_AT_EDGE
    return SURE_OF_STROKES if only_strokes else SURE


def _doubt(
    lines: Sequence[Spelling],
    doubtful: ReadDigit,
    light: Light,
    size: tuple[int, int],
    unclear: bool,
) -> str:
    """What to say of the digit that is least sure; unclear: whether it isn't sure enough."""
    if light.trouble and min(line.strength for line in lines) < FAINT:
        return light.trouble
    if min(line.pixels for line in lines) < SMALL:
        return "too small"
    if unclear and touches_edge(doubtful.box, *size):
        return "touches the edge"
    prediction = doubtful.prediction
    if prediction.not_a_digit > prediction.probabilities[prediction.runner_up]:
        return "not a digit"
    if not unclear:  # it is the rest of the line that isn't digits
        return "not a digit"
    first, second = sorted((prediction.digit, prediction.runner_up))
    return f"{first} or {second}"

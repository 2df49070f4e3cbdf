"""Decide: read, unsure or nothing, and why.

The reasons are few and fixed, so that a light can blink them; `ADVICE` words each as help.
"""

from __future__ import annotations

from collections.abc import Sequence

from appliance.spelling import Spelling, touches_edge
from appliance.values import ReadDigit, Status
from appliance.vision.light import Light

SURE = 0.6
"""A digit of lower confidence makes a reading unsure."""

SURE_OF_STROKES = 0.85
"""The same for a reading of nothing but 1s: edges, stripes and shadows are bare strokes, too."""

CLEAN = 0.6
"""A line of lower quality holds things that are no digits."""

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
    lines: Sequence[Spelling], light: Light, complete: bool = True
) -> tuple[Status, str | None]:
    """The status of a reading and the reason when it isn't `read`.

    complete: whether all ink that looks like the digits' own was read.
    """
    if not lines:
        return "nothing", light.trouble or "no ink"
    doubtful = min((digit for line in lines for digit in line.digits), key=lambda d: d.confidence)
    sure = _needed(lines)
    clean = complete and all(line.quality >= CLEAN for line in lines)
    if doubtful.confidence >= sure and clean:
        return "read", None
    if max(digit.confidence for line in lines for digit in line.digits) < 0.5:
        return "nothing", light.trouble or "not a digit"
    return "unsure", _doubt(lines, doubtful, light, sure)


def _needed(lines: Sequence[Spelling]) -> float:
    """The confidence that every digit must have."""
    only_strokes = all(digit.digit == 1 for line in lines for digit in line.digits)
    return SURE_OF_STROKES if only_strokes else SURE


def _doubt(lines: Sequence[Spelling], doubtful: ReadDigit, light: Light, sure: float) -> str:
    if light.trouble and min(line.strength for line in lines) < FAINT:
        return light.trouble
    if min(line.pixels for line in lines) < SMALL:
        return "too small"
    if touches_edge(doubtful.box, *light.size):
        return "touches the edge"
    prediction = doubtful.prediction
    if prediction.not_a_digit > prediction.probabilities[prediction.runner_up]:
        return "not a digit"
    if doubtful.confidence >= sure:  # it is the rest of the line that isn't digits
        return "not a digit"
    first, second = sorted((prediction.digit, prediction.runner_up))
    return f"{first} or {second}"

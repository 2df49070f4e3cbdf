"""Decide: read, unsure or nothing, and why.

The reasons are few and fixed, so that a light can blink them; `ADVICE` words each as help.
"""

from __future__ import annotations

from collections.abc import Callable

from appliance.sight import THE_SAME, Sight
from appliance.values import Box, Prediction, Status
from appliance.vision.light import Light

TRUSTED = 0.84
"""A reading that is right with less than this chance is unsure."""

DOUBTED = 0.9
"""Where no digit is less sure than this, it is something else that makes a reading unsure."""

FAINT = 40
"""Ink of less contrast, in grey levels, suffers from bad light; stronger ink doesn't."""

SMALL = 0.03
"""Digits lower than this share of the frame's longer side are too small to be sure of: the spotter
sees it at one size, whatever the camera's."""

ADVICE = {
    "too dark": "Turn on a light, or turn the sheet towards it.",
    "too bright": "Turn the sheet away from the light.",
    "blurred": "Hold it still, a hand's breadth farther away.",
    "no ink": "Hold up a sheet with a digit on it.",
    "too small": "Hold it closer.",
    "touches the edge": "Move it to the middle of the picture.",
    "too many digits": "Show fewer of them at once.",
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
    sight: Sight, chance: float, measure: Callable[[], Light], size: tuple[int, int]
) -> tuple[Status, str | None]:
    """The status of a reading and the reason when it isn't `read`.

    chance: that it is right as a whole, 0..1.
    measure: measures the light of the frame, asked for where it explains why nothing was read.
    size: (width, height) of the frame in pixels.
    """
    if not sight.lines:
        return "nothing", measure().trouble or "no ink"
    if chance >= TRUSTED:
        return "read", None
    if not any(is_one(digit.prediction) for digit in sight.digits):
        return "nothing", measure().trouble or "not a digit"
    if sight.unfinished:
        return "unsure", "too many digits"
    return "unsure", _doubt(sight, measure(), size)


def _doubt(sight: Sight, light: Light, size: tuple[int, int]) -> str:
    """What to say of the digit that is least sure, or of what stands beside it."""
    if light.trouble and min(line.strength for line in sight.lines) < FAINT:
        return light.trouble
    if min(line.height for line in sight.lines) < SMALL:
        return "too small"
    if any(touches_edge(digit.box, *size) for digit in sight.digits):
        return "touches the edge"
    doubtful = min(sight.digits, key=lambda digit: digit.confidence)
    prediction = doubtful.prediction
    unclear = doubtful.confidence < DOUBTED
    if not unclear or prediction.not_a_digit > prediction.probabilities[prediction.runner_up]:
        return "touches the edge" if _one_is_cut_off(sight, size) else "not a digit"
    first, second = sorted((prediction.digit, prediction.runner_up))
    return f"{first} or {second}"


def _one_is_cut_off(sight: Sight, size: tuple[int, int]) -> bool:
    """Whether something else that is rather a digit reaches the border."""
    others = sight.spots.others([digit.box for digit in sight.digits], THE_SAME)
    return any(touches_edge(box, *size) for box in others.surer_than(0.5).boxes(size))


def is_one(prediction: Prediction) -> bool:
    """Whether it is rather a digit than none: this one, or surely this one or the runner-up."""
    either = prediction.confidence + prediction.probabilities[prediction.runner_up]
    return prediction.confidence >= 0.5 or bool(either >= DOUBTED)


def touches_edge(box: Box, width: int, height: int) -> bool:
    """Whether a box reaches the border of a frame."""
    inside = box.x > 0 and box.y > 0
    return not (inside and box.x + box.width < width and box.y + box.height < height)

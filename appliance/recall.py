"""Recall: a sight as what people said of digits like its own makes it.

It comes last, when spotter, recogniser, classifier and transcriber have said what they see: none of
them knows what somebody once said, and each would overrule it.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from appliance.trust import Opinion
from appliance.values import Prediction, ReadDigit
from appliance.vision.odds import LEAST

Says = Callable[[NDArray[np.float32]], NDArray[np.float64]]
"""See `Memory.says`."""


def recalled(opinion: Opinion, says: Says) -> Opinion:
    """The same sight, its digits as what is remembered says, and the chance that it is right.

    How likely all else is right stays: the chance is the old one, less the old chances of the
    digits of which something is remembered, and with the new ones.
    """
    sight, chance = opinion
    if not sight.lines:
        return opinion
    told = says(np.stack([digit.glyph.pixels for digit in sight.digits]))
    if not told.any():
        return opinion
    moved = list(map(_moved, sight.digits, told))
    pairs = [(old, new) for old, new in zip(sight.digits, moved, strict=True) if new is not old]
    before = math.prod(old.confidence for old, _ in pairs)
    after = math.prod(new.confidence for _, new in pairs)
    return sight.with_digits(moved), min(1.0, chance / max(before, LEAST)) * after


def _moved(digit: ReadDigit, told: NDArray[np.float64]) -> ReadDigit:
    """A digit with what is told added to its log-odds; what was said was of a digit, at any rate.

    told: of the ten digits, (10,); nothing leaves it as it is.
    """
    if not told.any():
        return digit
    seen = digit.prediction
    logs = np.log(np.maximum([*seen.probabilities, seen.not_a_digit], LEAST)) + np.append(told, 0)
    shares = np.exp(logs - logs.max())
    shares /= shares.sum()
    return replace(digit, prediction=Prediction(shares[:10].astype(np.float32), float(shares[10])))

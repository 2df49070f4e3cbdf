"""Trust: how likely it is that a reading is right as a whole.

A digit may be another one, or none; or something else is a digit, too. How much each sign says was
fitted to readings of drawn scenes by logistic regression (`benchmarks/trust.py`).
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from appliance.sight import Sight
from appliance.transcript import Transcript, doubted
from appliance.values import ReadDigit
from appliance.vision.odds import LEAST, chances_of, log_odds

Opinion = tuple[Sight, float]
"""A sight, and the chance, 0..1, that it is right."""

SHARES = (-1.6, 1.05, -3.38, -0.12, 0.73, -3.1, 0.23, 0.37)
"""What each of the signs counts for in the log-odds (`benchmarks/trust.py --mnist`)."""

AGREEING = (-0.59, 0.43, 0.67, 0.93, -1.35, 0.44)
DIFFERING = (-1.38, -0.07, 0.99, 0.59, -1.22, 0.27)
"""The same for a sight that is transcribed, and for what the transcriber reads instead: see
`transcript_signs`."""

MOST_TOLD = 0.999
"""Greater chances say no more."""

MOST_SURE = 0.98
"""A surer digit, or middle, says no more: one more digit beside them is one more, however sure."""

WRONG_ALIKE = 0.8
"""Chance that two looks that are wrong read the same."""

LEAST_OTHER, MOST_UNREAD = 0.01, 0.3
"""Less than the first, or more than the second, says no more."""

MOST_DIGITS = 6
"""More digits say no more for a reading."""

FAINTEST = 0.01
"""A middle that is less likely says no more."""


def trust(sight: Sight) -> float:
    """The chance, 0..1, that what is held up are these digits and no others; 0 without lines."""
    return float(chances_of(signs(sight) @ SHARES)) if sight.lines else 0.0


def believed(sight: Sight, chance: float, transcript: Transcript) -> Opinion:
    """The sight, or what the transcriber reads instead, and the chance that it is right.

    chance: the trust in the sight alone.
    """
    seen = sight, _told(sight, chance, transcript.agrees, AGREEING)
    if transcript.other is None:
        return seen
    other = transcript.other
    return _likelier(seen, (other, _told(other, chance, transcript.says, DIFFERING)))


def _told(sight: Sight, chance: float, says: float, shares: Sequence[float]) -> float:
    return float(chances_of(transcript_signs(beyond(sight), chance, says) @ shares))


def transcript_signs(
    besides: NDArray[np.float64], chance: float, says: float
) -> NDArray[np.float64]:
    """What speaks for some digits that the lines of a sight may be, once it is transcribed, (6,).

    A one; the log-odds of the trust in the sight alone, `chance`; those of the transcriber's chance
    for these digits, of which `says` is the logarithm; and what is `beyond` them.
    """
    sober = np.minimum([chance, np.exp(says)], MOST_TOLD)
    return np.array([1.0, *log_odds(sober), *besides])


def surer(first: Opinion, second: Opinion) -> Opinion:
    """The likelier of two looks at the same frame, and the chance that it is right.

    Bayes' rule, the two taken for independent: what both read alike is right, or both are wrong in
    the same way; of two that differ one is right at most.
    """
    if first[0].text != second[0].text:
        return _likelier(first, second)
    (better, more), (_, less) = _sorted(first, second)
    right, wrong = more * less, (1 - more) * (1 - less) * WRONG_ALIKE
    return better, right / (right + wrong)


def _likelier(one: Opinion, other: Opinion) -> Opinion:
    """The likelier of two that differ, and the chance that it is right: one is at most."""
    (better, more), (worse, less) = _sorted(one, other)
    right, wrong = more * (1 - less), 1 - more
    return doubted(better, worse, more / (more + less)), right / (right + wrong)


def _sorted(one: Opinion, other: Opinion) -> tuple[Opinion, Opinion]:
    """The likelier one first."""
    return (other, one) if other[1] > one[1] else (one, other)


def signs(sight: Sight) -> NDArray[np.float64]:
    """What speaks for a reading and against it, (8,).

    A one; the log-odds of the least sure digit; the ink of digits that is part of none, as the side
    of a square in digits' heights; the logarithms of the chance that something else is a digit, and
    of the chance that nothing is; how much of a digit lies in another one that is read the same;
    the log-odds of the faintest middle; the logarithm of the number of digits.
    """
    digits = sight.digits
    sure = min(digit.confidence for digit in digits)
    number, unread, no_other = beyond(sight)
    return np.array(
        [
            1.0,
            float(log_odds(min(sure, MOST_SURE))),
            unread,
            np.log(max(sight.other, LEAST_OTHER)),
            no_other,
            _twice(digits),
            float(log_odds(np.clip(sight.middle, FAINTEST, MOST_SURE))),
            number,
        ]
    )


def beyond(sight: Sight) -> NDArray[np.float64]:
    """The signs that are none of single digits or lines, (3,), as `signs` has them.

    The number of digits; the ink that is part of none; that nothing else is one. Of the last two
    the transcriber, which sees the lines alone, says nothing.
    """
    return np.array(
        [
            np.log(min(len(sight.digits), MOST_DIGITS)),
            min(sight.unread, MOST_UNREAD) ** 0.5,
            np.log(1 - min(sight.other, 1 - LEAST)),
        ]
    )


def _twice(digits: Sequence[ReadDigit]) -> float:
    """How much of a digit's box, 0..1, lies in that of another one that is read the same."""
    most = 0.0
    for (digit, one), (same, other) in combinations([(d.digit, d.box) for d in digits], 2):
        if digit != same:
            continue
        across, down = one.gaps(other)
        if max(across, down) < 0:
            area = min(one.width * one.height, other.width * other.height)
            most = max(most, across * down / area)
    return most

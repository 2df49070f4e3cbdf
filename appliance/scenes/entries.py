"""What stands in a list of numbers: one entry below the other, all of one form."""

from __future__ import annotations

from numpy.random import Generator

from appliance.scenes.letters import UNLIKE_DIGITS
from appliance.scenes.signs import MARKS
from appliance.scenes.writing import random_text

ROWS = (4, 12)
"""Fewest and most entries."""

MOST = 80
"""Digits of a list at most."""

NUMBERS = (0.4, 0.5, 0.1)
"""How often an entry is one number, two and three."""

LONGEST = 5
"""Digits of a number at most."""

APART, SPACED = 0.25, 0.7
"""How often nothing stands between numbers, and how often there is room on both sides of a sign."""

SHORTER = 0.25
"""How often a number has a digit less than those above it."""

ROUND, NOTED = 0.15, 0.06
"""How often a number has zeros behind its first digit, and a letter behind its last."""


def entries(rng: Generator) -> list[str]:
    """Lines of as many numbers, as long but for a digit, with signs or spaces between them."""
    rows = int(rng.integers(ROWS[0], ROWS[1] + 1))
    numbers = int(rng.choice((1, 2, 3), p=NUMBERS))
    longest = [int(rng.integers(1, LONGEST + 1)) for _ in range(numbers)]
    while rows * sum(longest) > MOST:
        longest = [max(1, length - 1) for length in longest]
    between = _between(rng)
    return [between.join(_number(rng, length) for length in longest) for _ in range(rows)]


def _between(rng: Generator) -> str:
    """What parts the numbers of an entry."""
    if rng.random() < APART:
        return "   "
    sign = str(rng.choice(list(MARKS + "-=→")))  # dashes and = are the most usual
    return f" {sign} " if rng.random() < SPACED else sign


def _number(rng: Generator, longest: int) -> str:
    """A number, mostly as long as those above it."""
    shorter = longest > 1 and rng.random() < SHORTER
    number = random_text(rng, longest - 1 if shorter else longest)
    if rng.random() < ROUND:
        number = number[0] + "0" * (len(number) - 1)
    return number + (str(rng.choice(list(UNLIKE_DIGITS))) if rng.random() < NOTED else "")

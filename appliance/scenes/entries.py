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

ONE, TWO = 0.4, 0.5
"""How often an entry is one number, and two; else three."""

ROUND, NOTED = 0.15, 0.06
"""How often a number has zeros behind its first digit, and a letter behind its last."""


def entries(rng: Generator) -> list[str]:
    """Lines of numbers with signs or spaces between them; how many and how long is alike in all."""
    rows = int(rng.integers(ROWS[0], ROWS[1] + 1))
    numbers = int(rng.choice((1, 2, 3), p=(ONE, TWO, 1 - ONE - TWO)))
    longest = [int(rng.integers(1, 6)) for _ in range(numbers)]
    while rows * sum(longest) > MOST:
        longest = [max(1, length - 1) for length in longest]
    between = _between(rng)
    return [between.join(_number(rng, length) for length in longest) for _ in range(rows)]


def _between(rng: Generator) -> str:
    """What parts the numbers of an entry."""
    if rng.random() < 0.25:
        return "   "
    sign = str(rng.choice(list(MARKS + "-=→")))
    return f" {sign} " if rng.random() < 0.7 else sign


def _number(rng: Generator, longest: int) -> str:
    """A number, mostly as long as those above it."""
    shorter = longest > 1 and rng.random() < 0.25
    number = random_text(rng, longest - 1 if shorter else longest)
    if rng.random() < ROUND:
        number = number[0] + "0" * (len(number) - 1)
    return number + (str(rng.choice(list(UNLIKE_DIGITS))) if rng.random() < NOTED else "")

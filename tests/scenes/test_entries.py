"""Entries: numbers below each other, as many on each line, with signs between them."""

from __future__ import annotations

import re
from itertools import pairwise

import numpy as np

from appliance.scenes.entries import LONGEST, MOST, ROWS, entries
from appliance.scenes.letters import UNLIKE_DIGITS
from appliance.scenes.signs import SIGNS

LISTS = [entries(np.random.default_rng(seed)) for seed in range(300)]


def numbers(line: str) -> list[str]:
    return re.findall(r"\d+", line)


def between(line: str) -> set[str]:
    """What stands between the numbers of a line, but for letters behind them."""
    return set(re.findall(rf"(?<=\d)[{UNLIKE_DIGITS}]?([^\d]+)(?=\d)", line))


def test_a_list_has_a_few_rows_and_no_more_digits_than_it_may() -> None:
    for lines in LISTS:
        assert ROWS[0] <= len(lines) <= ROWS[1]
        assert sum(len(number) for line in lines for number in numbers(line)) <= MOST
        assert max(len(number) for line in lines for number in numbers(line)) <= LONGEST


def test_all_lines_of_a_list_are_alike() -> None:
    for lines in LISTS:
        assert len({len(numbers(line)) for line in lines}) == 1
        assert len(set().union(*map(between, lines))) <= 1
        columns = zip(*map(numbers, lines), strict=True)
        assert all(len(max(c, key=len)) - len(min(c, key=len)) <= 1 for c in columns)


def test_between_numbers_stand_all_kinds_of_signs_or_nothing() -> None:
    found = set().union(*(between(line) for lines in LISTS for line in lines))
    assert {sign.strip() for sign in found} - {""} <= set(SIGNS)
    assert len(found) > 8
    assert "   " in found


def test_most_lists_are_different() -> None:
    assert all(one != other for one, other in pairwise(LISTS))


def test_now_and_then_a_letter_stands_behind_a_number() -> None:
    letters = [len(re.findall(r"[A-Za-z]", line)) for lines in LISTS for line in lines]
    assert 0.02 < np.mean(np.array(letters) > 0) < 0.3

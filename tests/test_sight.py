"""Sights: which of several looks is believed, and when all of it is known."""

from __future__ import annotations

from typing import Any

import pytest

from appliance.sight import Sight, Sights
from appliance.spelling import Spelling
from tests.fakes import read_digit


def sight(text: str, confidence: float = 0.99, **about: Any) -> Sight:
    digits = tuple(read_digit(int(digit), confidence) for digit in text)
    line = Spelling(digits, (), 150, 0.2, 120, 100)
    return Sight((line,) if text else (), about.get("rest"), about.get("missed", 0))


def believed(*seen: Sight) -> Sight:
    sights = Sights()
    for one in seen:
        if sights.settled_by(one):
            return one
    return sights.held_up()


def test_a_clear_sight_with_nothing_beside_it_settles_it() -> None:
    assert Sights().settled_by(sight("47"))
    assert not Sights().settled_by(sight("47", rest="beside"))
    assert not Sights().settled_by(sight("47", missed=1))
    assert not Sights().settled_by(sight("47", confidence=0.8))


def test_two_that_say_the_same_settle_it() -> None:
    sights = Sights()
    assert not sights.settled_by(sight("47", rest="beside"))
    assert sights.settled_by(sight("47", rest="beside"))


def test_two_that_say_the_same_settle_nothing_when_one_missed_a_digit() -> None:
    beside = sight("47", rest="beside")
    for seen in ([sight("47", missed=1), sight("47")], [beside, sight("47", missed=1)]):
        assert believed(*seen).rest == "unread"


@pytest.mark.parametrize(
    ("seen", "rest"),
    [
        ([sight("47", rest="beside"), sight("471", 0.7, rest="beside")], "unread"),
        ([sight("47", rest="beside"), sight("471", 0.3, rest="beside")], "beside"),
        ([sight("47", rest="beside"), sight("4", rest="beside")], "unread"),
        ([sight("47", rest="beside"), sight("4", 0.7, rest="beside")], "beside"),
        ([sight("47", rest="beside"), sight("4", rest="beside", missed=1)], "beside"),
        ([sight("47", rest="beside")], "beside"),
        ([sight("4", rest="beside")], "unread"),
        ([sight("4", 0.8, rest="beside"), sight("4", 0.7)], "beside"),
        ([sight("47", missed=1)], "unread"),
        ([sight("47", 0.8, rest="unread")], "unread"),
    ],
)
def test_ink_that_is_left_over_needs_agreement(seen: list[Sight], rest: str) -> None:
    """A look that likely shows more, or is clear and says something else, is not agreement."""
    found = believed(*seen)
    assert (found.text, found.rest) == (seen[0].text, rest)

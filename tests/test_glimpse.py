"""A glimpse: what the spots of a frame show, and whether there may be more."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from appliance.glimpse import glimpse
from appliance.network.classifier import Classifier
from appliance.values import Frame
from appliance.vision import eye
from appliance.vision.eye import View
from appliance.vision.heat import Heat
from appliance.vision.ink import Grey, Polarity
from appliance.vision.spots import NO_SPOTS, Recognise, Spots
from tests.vision.drawing import paper, write_text

BOXES = [(226.0, 220.0, 52.0, 80.0), (306.0, 220.0, 52.0, 80.0)]
"""Places of a 3 and a 4."""


@pytest.fixture(scope="module")
def classifier() -> Classifier:
    return Classifier.load()


def page() -> Grey:
    page = paper(480, 640)
    write_text(page, "34", 200, 180, 80, pen=8)
    return page


def spots(*sure: float) -> Spots:
    says = np.zeros((len(sure), 11), np.float32)
    for row, (digit, chance) in enumerate(zip((3, 4), sure, strict=False)):
        says[row, digit], says[row, 10] = chance, 1 - chance
    return Spots(np.array(BOXES[: len(sure)]), says)


def sees(chance: float) -> Recognise:
    """A recogniser that takes all windows for a 4, in their middle, with this probability."""
    says = np.zeros(11, np.float32)
    says[4], says[10] = chance, 1 - chance
    return lambda windows: (
        np.tile(says, (len(windows), 1)),
        np.tile([0, 0, 1, 0.6], (len(windows), 1)),
    )


def view(pixels: Grey, found: Spots, ink: bool = False) -> View:
    seen = eye.view(Frame(pixels))
    maps = np.zeros((2, 120, 160), np.float32)
    maps[0, 100:110, 20:30] = float(ink)
    return replace(seen, heat=Heat(maps[0], maps[1], 4.0), spots=found)


@pytest.mark.parametrize("polarity", ["dark", "light"])
def test_sure_spots_are_the_line(classifier: Classifier, polarity: Polarity) -> None:
    pixels = page() if polarity == "dark" else (255 - page()).astype(np.uint8)
    seen = glimpse(view(pixels, spots(0.99, 0.99)), classifier.classify, sees(0.0))
    assert seen.sight.text == "34"
    assert seen.sight.clear
    assert seen.sight.rest is None
    assert seen.polarity == polarity
    assert seen.height == pytest.approx(80 / 640)


def test_a_doubtful_spot_beside_asks_for_another_look(classifier: Classifier) -> None:
    seen = glimpse(view(page(), spots(0.99, 0.15)), classifier.classify, sees(0.0))
    assert (seen.sight.text, seen.sight.rest) == ("3", "beside")


def test_a_digit_without_a_spot_asks_for_another_look(classifier: Classifier) -> None:
    seen = glimpse(view(page(), spots(0.99)), classifier.classify, sees(0.5))
    assert (seen.sight.text, seen.sight.rest) == ("3", "beside")


def test_a_digit_that_the_spotter_missed_joins_the_line(classifier: Classifier) -> None:
    seen = glimpse(view(page(), spots(0.99)), classifier.classify, sees(0.99))
    assert (seen.sight.text, seen.sight.rest) == ("34", None)
    assert len(seen.seen.spots) == 2


@pytest.mark.parametrize("chance", [0.0, 0.5])
def test_ink_elsewhere_asks_for_another_look_if_it_may_be_a_digit(
    classifier: Classifier, chance: float
) -> None:
    seen = view(page(), spots(0.99, 0.99), ink=True)
    shown = glimpse(seen, classifier.classify, sees(chance)).sight
    assert (shown.text, shown.rest) == ("34", "beside" if chance else None)


def test_without_spots_there_is_nothing(classifier: Classifier) -> None:
    for found in (NO_SPOTS, spots(0.05)):
        seen = glimpse(view(page(), found), classifier.classify, sees(0.0))
        assert (seen.sight.text, seen.height) == ("", 0)


def test_a_spot_on_bare_paper_is_not_sure(classifier: Classifier) -> None:
    seen = glimpse(view(paper(480, 640), spots(0.99)), classifier.classify, sees(0.0))
    assert not seen.sight.clear


def test_a_doubtful_digit_beside_a_sure_one_of_the_same_hand_is_rather_one(
    classifier: Classifier,
) -> None:
    [alone] = glimpse(view(page(), spots(0.7)), classifier.classify, sees(0.0)).sight.lines
    [line] = glimpse(view(page(), spots(0.99, 0.7)), classifier.classify, sees(0.0)).sight.lines
    assert [digit.digit for digit in line.digits] == [3, 4]
    assert line.digits[1].confidence > alone.digits[0].confidence + 0.2


def test_what_is_rather_a_digit_and_no_spot_counts_as_missed(classifier: Classifier) -> None:
    for chance, missed in ((0.5, 0), (0.8, 1)):
        seen = glimpse(view(page(), spots(0.99)), classifier.classify, sees(chance))
        assert (seen.sight.text, seen.sight.missed) == ("3", missed)


def test_a_digit_that_takes_the_place_of_a_worse_spot_is_read(classifier: Classifier) -> None:
    """As many spots as before were taken for the same ones: 1000 was read as 000."""
    places = np.array([BOXES[0], (306.0, 235.0, 26.0, 40.0)])
    found = Spots(places, spots(0.99, 0.35).says)
    seen = glimpse(view(page(), found), classifier.classify, sees(0.99))
    assert seen.sight.text == "34"
    assert seen.seen.spots.places[:, 3].min() > 60

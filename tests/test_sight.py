"""Sight: what the spots of a frame show, and whether that is all."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from appliance import sight
from appliance.network.classifier import Classifier
from appliance.sight import look
from appliance.values import Frame
from appliance.vision import eye
from appliance.vision.eye import View
from appliance.vision.heat import Heat
from appliance.vision.ink import Grey, Polarity
from appliance.vision.spots import NO_SPOTS, Recognise, Spots
from tests.vision.drawing import paper, write_text

BOXES = [(226.0, 220.0, 52.0, 80.0), (306.0, 220.0, 52.0, 80.0)]
"""Places of a 3 and a 4."""

WARM = 0.95
"""How sure the spotter is of their ink."""


@pytest.fixture(scope="module")
def classifier() -> Classifier:
    return Classifier.load()


def page(text: str = "34") -> Grey:
    page = paper(480, 640)
    write_text(page, text, 200, 180, 80, pen=8)
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


def view(pixels: Grey, found: Spots, ink: bool = False, warm: float = WARM) -> View:
    """warm: how sure the spotter is of the ink at BOXES. ink: whether it sees some below, too."""
    seen = eye.view(Frame(pixels))
    maps = np.zeros((2, 120, 160), np.float32)
    maps[0, 45:65, 50:63] = maps[0, 45:65, 70:83] = warm
    maps[0, 70:80, 60:70] = float(ink)
    return replace(seen, heat=Heat(maps[0], maps[1], 4.0), spots=found)


@pytest.mark.parametrize("polarity", ["dark", "light"])
def test_sure_spots_are_the_line(classifier: Classifier, polarity: Polarity) -> None:
    pixels = page() if polarity == "dark" else (255 - page()).astype(np.uint8)
    seen = look(view(pixels, spots(0.99, 0.99)), classifier.classify, sees(0.0))
    assert (seen.text, seen.other, seen.unread) == ("34", 0, 0)
    [line] = seen.lines
    assert line.quality > 0.9
    assert line.height == pytest.approx(80 / 640)


def test_a_digit_that_the_spotter_missed_joins_the_line(classifier: Classifier) -> None:
    seen = look(view(page(), spots(0.99)), classifier.classify, sees(0.99))
    assert seen.text == "34"


@pytest.mark.parametrize(("ground", "text"), [(220, "34"), (110, "3")])
def test_what_lies_on_other_ground_is_none_of_the_line(
    ground: int, text: str, classifier: Classifier
) -> None:
    """A stick on the table beside the sheet was read as a 1 of its line."""
    pixels = paper(480, 640)
    write_text(pixels, "3", 200, 180, 80, pen=8)
    pixels[:, 300:] = ground
    write_text(pixels, "4", 306, 200, 52, pen=7)
    found = replace(spots(0.9, 0.85), places=np.array([BOXES[0], (323.0, 226.0, 34.0, 52.0)]))
    assert look(view(pixels, found), classifier.classify, sees(0.0)).text == text


def test_a_row_is_one_line_though_its_digits_are_akin_to_another_line_alone(
    classifier: Classifier,
) -> None:
    """A 3 half as high as the 4 beside it, and below them digits between both in height."""
    pixels = paper(480, 640)
    write_text(pixels, "3", 200, 172, 45, pen=5)
    write_text(pixels, "4", 260, 150, 90, pen=10)
    write_text(pixels, "57", 210, 300, 64, pen=7)
    places = [(214.0, 194.0, 30.0, 45.0), (289.0, 195.0, 60.0, 90.0)]
    places += [(231.0, 332.0, 42.0, 64.0), (295.0, 332.0, 42.0, 64.0)]
    says = np.zeros((4, 11), np.float32)
    for row, (digit, sure) in enumerate([(3, 0.9), (4, 0.99), (5, 0.97), (7, 0.97)]):
        says[row, digit], says[row, 10] = sure, 1 - sure
    seen = look(view(pixels, Spots(np.array(places), says)), classifier.classify, sees(0.0))
    assert seen.text == "34\n57"


@pytest.mark.parametrize("factor", [0.25, 4.0])
def test_a_frame_may_be_larger_or_smaller_than_its_view(
    classifier: Classifier, factor: float
) -> None:
    """The one is doubled, the other one halved."""
    pixels = cv2.resize(page(), None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
    usual, seen = view(page(), spots(0.99)), eye.view(Frame(np.asarray(pixels, np.uint8)))
    assert seen.scale != 1
    assert usual.heat is not None
    usual.heat.core[53:57, 55:59], usual.heat.core[53:57, 75:79] = 0.9, 0.4
    heat = replace(usual.heat, cell=4.0 * factor * seen.scale)
    seen = replace(seen, heat=heat, spots=spots(0.99).enlarged(factor))
    here, there = (look(v, classifier.classify, sees(0.99)) for v in (usual, seen))
    assert here.text == there.text == "34"
    assert there.middle == pytest.approx(0.4)
    assert there.unread == here.unread == 0
    for one, other in zip(here.digits, there.digits, strict=True):
        alike = np.corrcoef(one.glyph.pixels.ravel(), other.glyph.pixels.ravel())[0, 1]
        assert alike > 0.8
        assert other.box.x == pytest.approx(factor * one.box.x, abs=2 + 2 * factor)
        assert other.box.height == pytest.approx(factor * one.box.height, abs=2 + 2 * factor)


@pytest.mark.parametrize(
    ("digits", "times", "text"),
    [(100, 5, "3444"), (4, 5, "3444"), (2, 5, "34"), (100, 3, "3444"), (100, 1, "34")],
)
def test_a_line_is_followed_to_its_end_but_not_without_limit(
    digits: int, times: int, text: str, classifier: Classifier, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each round finds digits farther away; nowhere is looked twice."""
    monkeypatch.setattr(sight, "MOST_FOLLOWED", digits)
    monkeypatch.setattr(sight, "MOST_ROUNDS", times)
    pixels, rounds = paper(480, 640), []
    for index, digit in enumerate("3444"):
        write_text(pixels, digit, 40 + 100 * index, 200, 40, pen=4)
    found = Spots(np.array([(53.0, 220.0, 26.0, 40.0)]), spots(0.99).says)

    def counting(windows: NDArray[np.uint8]) -> tuple[NDArray[np.float32], NDArray[np.float64]]:
        rounds.append(len(windows))
        return sees(0.99)(windows)

    seen = look(view(pixels, found, warm=0), classifier.classify, counting)
    assert seen.text == text
    assert seen.unfinished is (text != "3444")
    assert seen.other == (pytest.approx(0.99) if seen.unfinished else 0)
    assert rounds == [1] * min(len(text), 3)


def test_what_was_seen_beside_a_line_counts_when_the_line_has_grown(classifier: Classifier) -> None:
    """A doubtful 5 was forgotten as soon as sure digits had joined the line."""
    pixels = paper(480, 640)
    for index, digit in enumerate("344"):
        write_text(pixels, digit, 140 + 100 * index, 200, 40, pen=4)
    found = Spots(np.array([(253.0, 220.0, 26.0, 40.0)]), spots(0.99).says)

    def left_or_right(
        windows: NDArray[np.uint8],
    ) -> tuple[NDArray[np.float32], NDArray[np.float64]]:
        says, places = sees(0.99)(windows)
        if len(windows) == 2:
            says[0, [4, 10]] = 0.8, 0.2
        return says, places

    seen = look(view(pixels, found, warm=0), classifier.classify, left_or_right)
    assert seen.text == "34"
    assert seen.other == pytest.approx(0.8)


def test_what_lies_outside_the_frame_does_not_join(classifier: Classifier) -> None:
    pixels = paper(480, 640)
    write_text(pixels, "4", 30, 180, 80, pen=8)
    pixels[180:260, 0:6] = 30
    found = Spots(np.array([(56.0, 220.0, 52.0, 80.0)]), spots(0.99).says)

    def outside(windows: NDArray[np.uint8]) -> tuple[NDArray[np.float32], NDArray[np.float64]]:
        return sees(0.99)(windows)[0], np.tile([-0.1, 0, 1, 0.6], (len(windows), 1))

    seen = look(view(pixels, found, warm=0), classifier.classify, outside)
    assert all(digit.box.x + digit.box.width / 2 > 20 for digit in seen.digits)


def test_the_faintest_of_the_middles_is_told(classifier: Classifier) -> None:
    seen = view(page(), spots(0.99, 0.99))
    assert seen.heat is not None
    seen.heat.core[53:57, 55:59], seen.heat.core[53:57, 75:79] = 0.9, 0.4
    assert look(seen, classifier.classify, sees(0.0)).middle == pytest.approx(0.4)


@pytest.mark.parametrize("below", [False, True])
def test_heat_below_the_digits_is_looked_at(classifier: Classifier, below: bool) -> None:
    seen = look(view(page(), spots(0.99, 0.99), ink=below), classifier.classify, sees(0.3))
    assert seen.text == "34"
    assert seen.other == pytest.approx(0.3 if below else 0)
    assert seen.unread == pytest.approx(0.25 if below else 0, abs=0.01)


def test_a_doubtful_spot_beside_the_line_is_told(classifier: Classifier) -> None:
    found = spots(0.99, 0.15)
    seen = look(view(page(), found), classifier.classify, sees(0.0))
    assert seen.text == "3"
    assert seen.other == pytest.approx(0.15)


def test_without_spots_there_is_nothing(classifier: Classifier) -> None:
    for found in (NO_SPOTS, spots(0.05)):
        assert look(view(page(), found), classifier.classify, sees(0.0)).text == ""


def test_a_spot_on_bare_paper_is_not_sure(classifier: Classifier) -> None:
    seen = look(view(paper(480, 640), spots(0.99)), classifier.classify, sees(0.0))
    assert not seen.lines


def test_a_doubtful_digit_beside_a_sure_one_of_the_same_hand_is_rather_one(
    classifier: Classifier,
) -> None:
    [alone] = look(view(page("3"), spots(0.7)), classifier.classify, sees(0.0)).lines
    [line] = look(view(page(), spots(0.99, 0.7)), classifier.classify, sees(0.0)).lines
    assert [digit.digit for digit in line.digits] == [3, 4]
    assert line.digits[1].confidence > alone.digits[0].confidence + 0.2


def test_a_doubtful_digit_beside_strokes_that_are_none_is_rather_a_letter(
    classifier: Classifier,
) -> None:
    """Letters of words beside the digits were read, of the same hand as they are."""
    [alone] = look(view(page("3"), spots(0.9)), classifier.classify, sees(0.0)).lines
    assert alone.digits[0].confidence > 0.5
    among = look(view(page(), spots(0.9)), classifier.classify, sees(0.0)).lines
    assert not among or among[0].digits[0].confidence < 0.5


@pytest.mark.parametrize("chance", [0.5, 0.8])
def test_what_may_be_a_digit_and_is_not_read_is_told(classifier: Classifier, chance: float) -> None:
    seen = look(view(page(), spots(0.99)), classifier.classify, sees(chance))
    assert seen.text == "3"
    assert seen.other == pytest.approx(chance)


def test_a_digit_that_takes_the_place_of_a_worse_spot_is_read(classifier: Classifier) -> None:
    """As many spots as before were taken for the same ones: 1000 was read as 000."""
    places = np.array([BOXES[0], (306.0, 235.0, 26.0, 40.0)])
    found = Spots(places, spots(0.99, 0.35).says)
    seen = look(view(page(), found), classifier.classify, sees(0.99))
    assert seen.text == "34"
    assert min(digit.box.height for digit in seen.lines[0].digits) > 60

"""A transcript reads the lines of a sight, and says where it reads something else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import astuple, replace

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from appliance.network.transcriber import Transcriber
from appliance.sheet import Line
from appliance.sight import Sight
from appliance.transcript import Transcript, doubted, transcribed
from appliance.values import AROUND, COLUMN, Box, Frame
from appliance.vision import eye
from appliance.vision.heat import Heat
from appliance.vision.spots import Spots, places_of
from appliance.vision.strips import strip_of
from tests.fakes import read_digit

HEIGHT = 60


def box(place: float, line: int = 0) -> Box:
    return Box(round(300 + 55 * place), 200 + 150 * line, 36, HEIGHT)


def line_of(text: str, line: int = 0) -> Line:
    digits = tuple(
        read_digit(int(digit), 0.9, box=box(place, line))
        for place, digit in enumerate(text)
        if digit != " "
    )
    return Line(digits, 150, 0.1, line)


SHIPPED = Transcriber.load()

SEEN = eye.view(Frame(np.full((480, 1280), 230, np.uint8)))
"""White paper."""


class Saying:
    """A transcriber that is sure of digits in some columns, for each strip in turn: those of the
    lines, then those that are followed."""

    def __init__(self, *lines: Sequence[tuple[int, int]], sure: float = 0.99) -> None:
        self.lines, self.sure = list(lines), sure

    def __call__(self, strip: NDArray[np.uint8]) -> NDArray[np.float64]:
        says = np.full(((strip.shape[1] - 2 * AROUND) // COLUMN, 11), 1e-6)
        says[:, 10] = 1
        for digit, column in self.lines.pop(0):
            says[column] = (1 - self.sure) / 10
            says[column, digit] = self.sure
        return np.asarray(np.log(says / says.sum(axis=1, keepdims=True)))


def columns_of(told: Sequence[tuple[int, float]], line: Line) -> list[tuple[int, int]]:
    """Digits and the columns of a line's strip in which their places are."""
    strip = strip_of(places_of([digit.box for digit in line.digits]))
    columns = strip.within(places_of([box(place) for _, place in told]))[:, 0]
    return [(digit, round(float(column))) for (digit, _), column in zip(told, columns, strict=True)]


def saying(told: Sequence[tuple[int, float]], line: Line) -> Saying:
    """Sure of digits in these places, and as sure when the line that they make is asked for."""
    digits = tuple(read_digit(digit, 0.9, box=box(place)) for digit, place in told)
    return Saying(columns_of(told, line), columns_of(told, replace(line, digits=digits)))


def transcript(sight: Sight, transcribe: Saying) -> Transcript:
    found = transcribed(SEEN, sight, transcribe)
    assert found is not None
    return found


def test_what_both_read_is_agreed() -> None:
    line = line_of("407")
    says = columns_of([(4, 0), (0, 1), (7, 2)], line)
    found = transcript(Sight((line,)), Saying(says))
    assert found.other is None
    assert found.agrees == found.says == pytest.approx(3 * np.log(0.99), abs=1e-3)


@pytest.mark.parametrize(
    ("told", "text"),
    [
        ([(4, 0), (0, 1), (1, 2)], "401"),
        ([(4, 0), (7, 2)], "47"),
        ([(4, 0), (0, 1), (1, 1.5), (7, 2)], "4017"),
        ([(9, -1), (4, 0), (0, 1), (7, 2)], "9407"),
    ],
    ids=["another digit", "one too many", "one left out", "one before"],
)
def test_what_is_read_instead_takes_over_the_digits_that_are_the_same(
    told: list[tuple[int, float]], text: str
) -> None:
    line = line_of("407")
    found = transcript(Sight((line,)), saying(told, line))
    assert found.other is not None
    assert found.other.text == text
    assert found.says > np.log(0.9) > np.log(0.01) > found.agrees
    known = {digit.digit: digit for digit in line.digits}
    for (digit, place), ours in zip(told, found.other.digits, strict=True):
        if digit in known:
            assert ours is known[digit]
        else:
            assert ours.confidence == pytest.approx(0.99)
            assert ours.box.x + ours.box.width / 2 == pytest.approx(318 + 55 * place, abs=10)
            assert ours.box.height == pytest.approx(HEIGHT, abs=2)


@pytest.mark.parametrize(("read", "other"), [((0, 1, 2), 0.0), ((0, 2, 3), 0.9), ((0, 2), 0.9)])
def test_what_it_reads_instead_leaves_over_what_is_none_of_its_own_digits(
    read: tuple[int, ...], other: float
) -> None:
    """A digit was found in the second place, and didn't join the line."""
    line = line_of("4 7")
    says = np.zeros((1, 11), np.float32)
    says[0, [1, 10]] = 0.9, 0.1
    beside = Spots(places_of([box(1)]), says)
    sight = Sight((line,), other=0.9, spots=beside)
    found = transcript(sight, saying([(7, place) for place in read], line)).other
    assert found is not None
    assert found.other == pytest.approx(other)
    assert found.spots is beside


def test_ink_of_a_digit_is_unread_until_it_is_read() -> None:
    """And the middle of the digit counts as well, from then on."""
    line, cell = line_of("4 7"), 4
    ink, core = np.zeros((120, 320), np.float32), np.zeros((120, 320), np.float32)
    for place, sure in ((0, 0.9), (1, 0.3), (2, 0.9)):
        x, y, width, height = (side // cell for side in astuple(box(place)))
        ink[y : y + height, x : x + width], core[y : y + height, x : x + width] = 0.9, sure
    seen = replace(SEEN, heat=Heat(ink, core, cell))
    whole, left_out = columns_of([(0, 0), (1, 1), (2, 2)], line), columns_of([(0, 0)], line)
    for told, unread, faintest in ((whole, 0.0, 0.3), (left_out, 0.6, 0.9)):
        found = transcribed(seen, Sight((line,), unread=0.6, middle=0.9), Saying(told))
        assert found is not None
        assert found.other is not None
        assert found.other.unread == pytest.approx(unread)
        assert found.other.middle == pytest.approx(faintest)


def test_a_digit_that_was_not_seen_is_cut_out() -> None:
    page = np.full((480, 1280), 230, np.uint8)
    cv2.line(page, (318 + 55, 205), (318 + 55, 255), 20, 6)
    line = line_of("4 7")
    says = columns_of([(4, 0), (1, 1), (7, 2)], line)
    found = transcribed(eye.view(Frame(page)), Sight((line,)), Saying(says))
    assert found is not None
    assert found.other is not None
    pixels = found.other.digits[1].glyph.pixels
    assert pixels.shape == (28, 28)
    assert pixels[14, 12:16].max() > 0.8
    assert pixels[:, :8].max() == 0


def test_a_line_on_which_nothing_is_read_goes() -> None:
    lines = line_of("12"), line_of("7", 1)
    says = columns_of([(1, 0), (2, 1)], lines[0])
    found = transcript(Sight(lines), Saying(says, []))
    assert found.other is not None
    assert found.other.text == "12"


def test_where_it_reads_nothing_at_all_nothing_else_is_proposed() -> None:
    found = transcript(Sight((line_of("12"),)), Saying([]))
    assert found.other is None
    assert found.agrees < np.log(1e-4)


def test_beyond_the_border_nothing_is_read() -> None:
    """There the strip repeats it."""
    seven = read_digit(7, 0.9, box=Box(2, 200, 36, HEIGHT))
    line = replace(line_of("7"), digits=(seven,))
    strip = strip_of(places_of([seven.box]))
    own = round(float(strip.within(places_of([seven.box]))[0, 0]))
    found = transcript(Sight((line,)), Saying([(1, 0), (7, own)]))
    assert found.other is None
    beyond = [(7, own), (1, own + 6)]
    other = transcript(Sight((line,)), Saying(beyond, beyond)).other
    assert other is not None
    assert other.text == "71"


def test_digits_that_stand_close_keep_their_order() -> None:
    digits = tuple(read_digit(1, 0.9, box=Box(300 + 10 * k, 200, 8, HEIGHT)) for k in range(2))
    line = replace(line_of("1"), digits=digits)
    strip = strip_of(places_of([digit.box for digit in digits]))
    first, second = np.rint(strip.within(places_of([d.box for d in digits]))[:, 0]).astype(int)
    says = [(1, int(first) + 1), (7, int(second) + 2)]
    other = transcript(Sight((line,)), Saying(says)).other
    assert other is not None
    assert other.text == "17"
    assert [digit.box.x for digit in other.digits] == [300, 310]


def test_beyond_a_digit_that_it_finds_at_the_end_a_line_is_followed() -> None:
    line = line_of("40")
    longer = line_of("407")
    said = Saying(columns_of([(4, 0), (0, 1), (7, 2)], line),
                  columns_of([(4, 0), (0, 1), (7, 2), (1, 3)], longer))  # fmt: skip
    found = transcript(Sight((line,)), said)
    assert found.other is not None
    assert found.other.text == "4071"
    assert found.says > np.log(0.9) > np.log(0.01) > found.agrees
    assert not said.lines


@pytest.mark.parametrize("farther", [[], [(4, 0), (0, 1)]], ids=["nothing", "what was seen"])
def test_a_digit_that_the_longer_strip_takes_back_is_doubted(
    farther: list[tuple[int, float]],
) -> None:
    line = line_of("40")
    said = Saying(columns_of([(4, 0), (0, 1), (7, 2)], line), columns_of(farther, line_of("407")))
    found = transcript(Sight((line,)), said)
    assert found.other is not None
    assert found.other.text == "407"
    assert max(found.says, found.agrees) < np.log(0.01)


def test_a_line_that_vanished_costs_as_much_when_another_one_is_followed() -> None:
    lines, told = (line_of("40"), line_of("5", 1)), [(4, 0), (0, 1), (7, 2)]
    alone = transcript(Sight(lines[1:]), Saying([]))
    said = Saying(columns_of(told, lines[0]), [], columns_of(told, line_of("407")))
    found = transcript(Sight(lines), said)
    assert found.other is not None
    assert found.other.text == "407"
    assert found.says == pytest.approx(3 * np.log(0.99) + alone.says, abs=1e-3)


def test_lines_too_long_together_are_not_transcribed() -> None:
    line = line_of("12")
    far = replace(line, digits=(*line.digits, read_digit(3, 0.9, box=box(250))))
    assert transcribed(SEEN, Sight((far,)), Saying([])) is None


@pytest.mark.parametrize("place", [0, 3], ids=["before", "after"])
def test_a_faint_1_at_the_end_of_a_line_is_read(place: int) -> None:
    """The spotter doesn't see it: it was left out of an answer that was shown as read."""
    page = np.full((480, 1280), 230, np.uint8)
    for index, digit in enumerate(text := "4574"[:place] + "1" + "4574"[place:3]):
        pen = (150 if digit == "1" else 40,)
        at = (305 + 55 * index, 255)
        cv2.putText(page, digit, at, cv2.FONT_HERSHEY_SIMPLEX, 2.4, pen, 5, cv2.LINE_AA)
    seen = " " * (place == 0) + text.replace("1", "")
    found = transcribed(eye.view(Frame(page)), Sight((line_of(seen),)), SHIPPED.transcribe)
    assert found is not None
    assert found.other is not None
    assert found.other.text == text


def test_a_margin_that_was_taken_for_a_1_goes() -> None:
    page = np.full((480, 1280), 230, np.uint8)
    cv2.line(page, (318, 0), (318, 480), 120, 4)
    for index, digit in enumerate("4574", 1):
        at = (305 + 55 * index, 255)
        cv2.putText(page, digit, at, cv2.FONT_HERSHEY_SIMPLEX, 2.4, 40, 5, cv2.LINE_AA)
    found = transcribed(eye.view(Frame(page)), Sight((line_of("14574"),)), SHIPPED.transcribe)
    assert found is not None
    assert found.other is not None
    assert found.other.text == "4574"


def test_where_two_sights_differ_the_digit_is_one_of_two() -> None:
    one, other = Sight((line_of("407"),)), Sight((line_of("401"),))
    doubtful = doubted(one, other, 0.7)
    assert doubtful.text == "407"
    assert doubtful.digits[:2] == one.digits[:2]
    last = doubtful.digits[2].prediction
    assert last.confidence == pytest.approx(0.7)
    assert last.runner_up == 1


def test_a_digit_that_is_less_sure_already_stays_so() -> None:
    """But it is told what else it may be: "3 or 5" was, when two looks read 3 and 8."""
    one = Sight((line_of("407"),))
    *others, last = doubted(one, Sight((line_of("401"),)), 0.95).digits
    assert others == one.digits[:2]
    assert (last.digit, last.prediction.runner_up) == (7, 1)
    assert last.confidence == pytest.approx(one.digits[2].confidence)


def test_of_two_as_likely_the_first_is_read() -> None:
    """A third one was, which neither had read."""
    one, other = Sight((line_of("71"),)), Sight((line_of("17"),))
    assert doubted(one, other, 0.5).text == "71"


def test_a_digit_in_another_place_is_not_the_same_one() -> None:
    one, other = Sight((line_of("12 "),)), Sight((line_of(" 23"),))
    assert doubted(one, other, 0.7).digits == one.digits


def test_where_one_sees_more_digits_no_digit_is_another() -> None:
    one = Sight((line_of("407"), line_of("12", 1)))
    for other in (Sight((line_of("407"), line_of("1", 1))), Sight((line_of("47"),)), Sight()):
        assert doubted(one, other, 0.7) is one

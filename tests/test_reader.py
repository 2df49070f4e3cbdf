"""The reader: whatever the frame, an answer; of drawn scenes mostly the right one."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import islice

import cv2
import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from appliance.app import load_reader
from appliance.decide import ADVICE
from appliance.network.spotter import CELL, CHANNELS, SQUARE
from appliance.reader import Reader
from appliance.scenes import LITE, Scene, generate
from appliance.scenes.digits import DIGITS
from appliance.sight import look
from appliance.values import AROUND, COLUMN, STRIP_HEIGHT, Box, Frame, Prediction, Reading
from appliance.vision.again import CLOSER
from appliance.vision.eye import SPOTTED_SIDE

Pixels = NDArray[np.uint8]


class TrueEverywhere:
    """Networks that take everything for a sure 4."""

    def classify(self, pixels: NDArray[np.float32]) -> list[Prediction]:
        assert pixels.shape[1:] == (28, 28)
        assert pixels.dtype == np.float32
        return [Prediction(np.eye(10, dtype=np.float32)[4]) for _ in pixels]

    def spot(self, picture: NDArray[np.float32]) -> NDArray[np.float32]:
        rows, columns, channels = picture.shape
        assert picture.dtype == np.float32
        assert channels == CHANNELS
        assert max(rows, columns) <= CLOSER * SPOTTED_SIDE // SQUARE
        cells = SQUARE // CELL
        return np.ones((cells * rows, cells * columns, 2), np.float32)

    def recognise(
        self, windows: NDArray[np.uint8]
    ) -> tuple[NDArray[np.float32], NDArray[np.float64]]:
        assert windows.shape[1:] == (48, 48)
        says = np.tile(np.eye(11, dtype=np.float32)[4], (len(windows), 1))
        return says, np.tile([0.0, 0.0, 1.0, 0.7], (len(windows), 1))

    def transcribe(self, strip: NDArray[np.uint8]) -> NDArray[np.float64]:
        return one_on_a_line(strip, 4, 1.0)


def one_on_a_line(strip: NDArray[np.uint8], digit: int, chance: float) -> NDArray[np.float64]:
    """What says that a digit is in the middle of a line with some chance, otherwise nothing."""
    assert strip.shape[0] == STRIP_HEIGHT
    columns, left_over = divmod(strip.shape[1] - 2 * AROUND, COLUMN)
    assert not left_over
    says = np.zeros((columns, 11))
    says[:, 10] = 1
    says[columns // 2, [digit, 10]] = chance, 1 - chance
    return np.log(np.maximum(says, 1e-9))


class Refusing(TrueEverywhere):
    """A network that takes nothing for a digit."""

    def classify(self, pixels: NDArray[np.float32]) -> list[Prediction]:
        return [Prediction(np.full(10, 0.001, np.float32), 0.99) for _ in pixels]


class AgreesWithAll(TrueEverywhere):
    """A classifier to whom every glyph is a digit, any one."""

    def classify(self, pixels: NDArray[np.float32]) -> list[Prediction]:
        return [Prediction(np.full(10, 0.1, np.float32)) for _ in pixels]


TRUE = TrueEverywhere()
CREDULOUS = Reader(TRUE, TRUE, TRUE, TRUE)


@pytest.fixture(scope="module")
def reader() -> Reader:
    return load_reader()


def assert_answer(reading: Reading, frame: Frame) -> None:
    """What every reading promises."""
    height, width = frame.pixels.shape[:2]
    known = [*ADVICE, *(f"{a} or {b}" for a in range(10) for b in range(a + 1, 10))]
    assert reading.status in ("read", "unsure", "nothing")
    assert (reading.reason is None) == (reading.status == "read")
    assert reading.reason is None or reading.reason in known
    assert bool(reading.digits) == (reading.status != "nothing")
    assert reading.text == (reading.guess if reading.status == "read" else "")
    lines = reading.guess.split("\n") if reading.digits else []
    assert [len(line) for line in lines] == [len(line) for line in reading.lines]
    assert math.isfinite(reading.milliseconds)
    assert reading.milliseconds > 0
    assert (reading.time, reading.source) == (frame.time, frame.source)
    for digit in reading.digits:
        box = digit.box
        assert 0 <= digit.digit <= 9
        assert 0 <= digit.confidence <= 1
        assert digit.glyph.pixels.shape == (28, 28)
        assert digit.glyph.pixels.dtype == np.float32
        assert box.x >= 0
        assert box.y >= 0
        assert box.width > 0
        assert box.height > 0
        assert box.x + box.width <= width
        assert box.y + box.height <= height


TINY: dict[str, list[tuple[int, int]]] = {
    "0": [(14, 1), (26, 8), (26, 20), (14, 27), (1, 20), (1, 8), (14, 1)],
    "2": [(1, 6), (6, 1), (20, 1), (26, 8), (22, 14), (1, 26), (27, 26)],
    "4": [(18, 27), (20, 0), (1, 18), (27, 18)],
    "7": [(1, 1), (26, 1), (12, 27)],
}
"""Digits as a learner draws them in 28x28 pixels, from edge to edge: corners of their lines."""


@pytest.mark.parametrize("digit", TINY)
def test_a_tiny_picture_whose_digit_ends_at_its_edges_is_read(digit: str, reader: Reader) -> None:
    pixels = np.full((28, 28), 235, np.uint8)
    corners = np.array(TINY[digit], np.int32)
    cv2.polylines(pixels, [corners], False, 30, 3, cv2.LINE_AA)
    frame = Frame(pixels)
    reading = reader.read(frame)
    assert (reading.status, reading.text) == ("read", digit)
    assert_answer(reading, frame)
    box = reading.digits[0].box
    assert box.width >= 20, "in pixels of the given picture"
    assert box.height >= 20


def test_a_tiny_letter_in_the_middle_touches_no_edge(reader: Reader) -> None:
    """What was seen with the margin was taken for another digit that the edge cuts off."""
    pixels = np.full((64, 64), 255, np.uint8)
    cv2.putText(pixels, "U", (3, 56), cv2.FONT_HERSHEY_SIMPLEX, 1.4, 0, 3)
    reading = reader.read(Frame(pixels))
    assert (reading.status, reading.reason) == ("unsure", "not a digit")


def test_a_tiny_picture_that_is_light_on_dark_is_not_too_dark(reader: Reader) -> None:
    """Its margin is: together with it most of the picture is black."""
    pixels = np.full((28, 28), 20, np.uint8)
    cv2.rectangle(pixels, (8, 8), (20, 20), 225, -1)
    reading = reader.read(Frame(pixels))
    assert (reading.status, reading.reason) == ("nothing", "no ink")


def test_a_small_digit_alone_on_a_blank_page_is_read(reader: Reader) -> None:
    random = np.random.default_rng(3)
    for digit in "2358":
        page = np.clip(random.normal(215, 2, (960, 1280)), 0, 255).astype(np.uint8)
        x, y = int(random.integers(100, 1100)), int(random.integers(100, 800))
        cv2.putText(page, digit, (x, y), cv2.FONT_HERSHEY_SIMPLEX, 1.7, 40, 3, cv2.LINE_AA)
        reading = reader.read(Frame(page))
        assert (reading.status, reading.text) == ("read", digit)


def test_bare_strokes_in_a_row_are_ones(reader: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rather than a tally: networks that were shown few rows of them read 15 of these."""
    monkeypatch.setitem(DIGITS, "1", DIGITS["1"][:1])  # a stroke and nothing else
    randoms = [np.random.default_rng([2, seed]) for seed in range(20)]
    scenes = [generate(random, "medium", digits="111") for random in randoms]
    assert sum(reader.read(Frame(scene.frame)).text == "111" for scene in scenes) >= 17


def test_a_page_of_numbers_is_read_to_its_last_line(reader: Reader) -> None:
    """It was cut off at the 24th digit: "too many digits"."""
    pages = [generate(np.random.default_rng([3, number]), "list") for number in (14, 18, 19, 27)]
    assert all(len("".join(page.lines)) > 40 for page in pages)
    readings = [reader.read(Frame(page.frame)) for page in pages]
    whole = [
        r.guess.replace("\n", "") == "".join(p.lines) for p, r in zip(pages, readings, strict=True)
    ]
    assert sum(whole) >= 3, [reading.guess for reading in readings]


def picture(shape: tuple[int, ...], kind: str, seed: int) -> Pixels:
    random = np.random.default_rng(seed)
    if kind == "constant":
        return np.full(shape, random.integers(0, 256), np.uint8)
    if kind == "extremes":
        return np.asarray(random.choice([0, 255], shape), np.uint8)
    noise = random.integers(0, 256, shape).astype(np.uint8)
    return np.asarray(cv2.blur(noise, (9, 9)), np.uint8) if kind == "clouds" else noise


def laid_out(pixels: Pixels, how: str) -> Pixels:
    """The same shape of array, differently kept in memory."""
    if how == "reversed":
        return pixels[::-1, ::-1]
    if how == "fortran":
        return np.asfortranarray(pixels)
    if how == "strided":
        return np.repeat(np.repeat(pixels, 2, axis=0), 2, axis=1)[::2, ::2]
    if how == "read-only":
        pixels.flags.writeable = False
    return pixels


SHAPES = st.tuples(st.integers(1, 300), st.integers(1, 300))


@settings(deadline=None, max_examples=15)
@given(
    size=SHAPES,
    colour=st.booleans(),
    kind=st.sampled_from(["constant", "extremes", "noise", "clouds"]),
    how=st.sampled_from(["plain", "reversed", "fortran", "strided", "read-only"]),
    seed=st.integers(0, 5),
)
@example((1, 1), True, "noise", "read-only", 0)
@example((1, 300), False, "extremes", "reversed", 0)
@example((300, 1), True, "extremes", "fortran", 0)
def test_any_frame_has_an_answer(
    size: tuple[int, int], colour: bool, kind: str, how: str, seed: int
) -> None:
    pixels = laid_out(picture((*size, 3) if colour else size, kind, seed), how)
    frame = Frame(pixels, 12.5, "a test")
    before = pixels.copy()
    assert_answer(CREDULOUS.read(frame), frame)
    assert np.array_equal(pixels, before), "the frame is left as it was"


@pytest.mark.parametrize("size", [(2, 5000), (5000, 2), (1500, 40), (2448, 3264)])
def test_long_and_large_frames_have_an_answer(size: tuple[int, int], reader: Reader) -> None:
    frame = Frame(np.full(size, 210, np.uint8))
    frame.pixels[size[0] // 3 : size[0] // 2 + 1, size[1] // 3 : size[1] // 2 + 1] = 30
    assert_answer(reader.read(frame), frame)
    assert_answer(CREDULOUS.read(frame), frame)


def page_of(text: str, size: int = 60) -> Frame:
    """Printed digits on paper, as large as writing is held up."""
    page = np.full((480, 640, 3), 225, np.uint8)
    for number, line in enumerate(text.split("\n")):
        for place, digit in enumerate(line):
            at = (120 + 100 * place, 140 + 120 * number)
            cv2.putText(page, digit, at, cv2.FONT_HERSHEY_SIMPLEX, size / 22, (50, 40, 40), 6)
    return Frame(page, 3.0, "page")


def test_digits_come_in_reading_order(reader: Reader) -> None:
    frame = page_of("123\n45")
    reading = reader.read(frame)
    assert_answer(reading, frame)
    assert (reading.status, reading.text) == ("read", "123\n45")
    first, second = reading.lines
    for line in (first, second):
        assert [d.box.x for d in line] == sorted(d.box.x for d in line)
    assert max(d.box.y for d in first) < min(d.box.y for d in second)


def test_a_scrawl_beside_digits_adds_none(reader: Reader) -> None:
    frame = page_of("123")
    # a scrawl through the whole frame: no digit, but written beside them
    zigzag = [(x, 100 if number % 2 else 250) for number, x in enumerate(range(410, 640, 30))]
    scrawl = np.array([(0, 260), (400, 260), *zigzag, (639, 250)], np.int32)
    cv2.polylines(frame.pixels, [scrawl], False, (50, 40, 40), 8)
    assert reader.read(frame).guess == "123"


def test_a_digit_that_hangs_on_a_ruled_line_is_not_forgotten(reader: Reader) -> None:
    """The 4 went with the line, and the 5 alone was read."""
    frame = page_of("54")
    cv2.line(frame.pixels, (0, 180), (639, 110), (90, 80, 80), 3)
    assert reader.read(frame).text == "54"


@pytest.mark.parametrize(
    ("rows", "columns", "apart", "size"),
    [
        (5, 10, (120, 136), 1.0),
        (7, 7, (171, 97), 1.0),
        (20, 2, (600, 35), 1.0),
        (3, 15, (50, 89), 2.4),
        (6, 8, (50, 89), 2.4),
    ],
)
def test_of_a_page_of_print_no_part_is_taken_for_all_of_it(
    rows: int, columns: int, apart: tuple[int, int], size: float, reader: Reader
) -> None:
    """Of 50 digits 30 were looked at; of 45 and 48 larger ones 26 and 15 were followed and read."""
    page = np.full((720, 1280, 3), 225, np.uint8)
    for row, column in np.ndindex(rows, columns):
        at, digit = (40 + apart[0] * column, 54 + apart[1] * row), str((row + column) % 10)
        pen = round(1.5 + 1.1 * size)
        cv2.putText(page, digit, at, cv2.FONT_HERSHEY_SIMPLEX, size, (40, 40, 40), pen, cv2.LINE_AA)
    reading = reader.read(Frame(page))
    assert reading.status != "read" or len(reading.digits) == rows * columns


class Insisting:
    """A memory that makes every digit surer."""

    def says(self, glyphs: NDArray[np.float32]) -> NDArray[np.float64]:
        return np.tile(np.linspace(0, 9, 10), (len(glyphs), 1))


@pytest.mark.parametrize("chance", [0.7, 0.99])
@pytest.mark.parametrize("memory", [None, Insisting()], ids=["no memory", "surer by memory"])
def test_what_is_unfinished_stays_in_doubt(
    memory: Insisting | None, chance: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = Doubting((4, 0.7), (4, 0.7))
    page = np.full((960, 1280), 200, np.uint8)
    cv2.line(page, (640, 450), (640, 510), 20, 6)
    reader = Reader(AgreesWithAll(), seen, seen, seen, memory)
    monkeypatch.setattr(
        "appliance.reader.look", lambda *asked: replace(look(*asked), unfinished=True)
    )
    monkeypatch.setattr("appliance.reader.trust", lambda sight: chance)  # whatever speaks for it
    reading = reader.read(Frame(page))
    assert (reading.status, reading.reason) == ("unsure", "too many digits")
    assert (seen.spotted, seen.transcribed) == (1, 0)


def test_when_the_network_knows_no_digit_nothing_is_read() -> None:
    frame = page_of("123\n45")
    reading = Reader(Refusing(), TRUE, BLIND, TRUE).read(frame)
    assert_answer(reading, frame)
    assert (reading.status, reading.text, reading.confidence) == ("nothing", "", 0)


class Blind(TrueEverywhere):
    """Networks that see no digit anywhere."""

    def spot(self, picture: NDArray[np.float32]) -> NDArray[np.float32]:
        return np.zeros_like(super().spot(picture))

    def recognise(
        self, windows: NDArray[np.uint8]
    ) -> tuple[NDArray[np.float32], NDArray[np.float64]]:
        says, places = super().recognise(windows)
        return np.roll(says, 6, axis=1), places


BLIND = Blind()


def test_where_the_spotter_sees_no_digits_nothing_is_read() -> None:
    reading = Reader(TRUE, BLIND, TRUE, TRUE).read(page_of("123"))
    assert (reading.status, reading.reason) == ("nothing", "no ink")


def test_where_the_recogniser_sees_no_digits_nothing_is_read() -> None:
    reading = Reader(TRUE, TRUE, BLIND, TRUE).read(page_of("123"))
    assert (reading.status, reading.reason) == ("nothing", "no ink")


class Doubting(TrueEverywhere):
    """Spots one digit, sees a 4 at the first look with one chance, then another with another."""

    def __init__(self, *looks: tuple[int, float], told: float = 0.9) -> None:
        self.looks, self.told, self.spotted = looks, told, 0
        self.transcribed = 0

    def spot(self, picture: NDArray[np.float32]) -> NDArray[np.float32]:
        heat = 0 * super().spot(picture)
        rows, columns, _ = heat.shape
        heat[rows // 2 - 5 : rows // 2 + 5, columns // 2 - 4 : columns // 2 + 4] = 0.9
        self.spotted += 1
        return heat

    def transcribe(self, strip: NDArray[np.uint8]) -> NDArray[np.float64]:
        """It agrees, with a chance `told`."""
        self.transcribed += 1
        return one_on_a_line(strip, self.looks[self.spotted - 1][0], self.told)

    def recognise(
        self, windows: NDArray[np.uint8]
    ) -> tuple[NDArray[np.float32], NDArray[np.float64]]:
        _, places = super().recognise(windows)
        digit, chance = self.looks[self.spotted - 1]
        says = np.zeros((len(windows), 11), np.float32)
        says[:, digit], says[:, 10] = chance, 1 - chance
        return says, places


@pytest.mark.parametrize(
    ("looks", "spotted", "status"),
    [
        ([(4, 0.999)], 1, "read"),
        ([(4, 0.85), (4, 0.999)], 2, "read"),
        ([(4, 0.9), (4, 0.9)], 2, "read"),
        ([(4, 0.85), (7, 0.85)], 2, "unsure"),
        ([(4, 0.01), (4, 0.999)], 2, "read"),
    ],
    ids=["sure", "sure at last", "twice the same", "two answers", "missed first"],
)
def test_what_is_in_doubt_is_looked_at_again(
    looks: list[tuple[int, float]], spotted: int, status: str
) -> None:
    seen = Doubting(*looks)
    page = np.full((960, 1280), 200, np.uint8)
    cv2.line(page, (640, 450), (640, 510), 20, 6)
    reading = Reader(AgreesWithAll(), seen, seen, seen).read(Frame(page))
    assert (seen.spotted, reading.status) == (spotted, status)


class Remembering(Doubting):
    """Is sure of its digit in the second look; remembers the sizes of all looks, in squares."""

    def __init__(self, first: float) -> None:
        super().__init__((4, first), (4, 0.999))
        self.squares: list[tuple[int, ...]] = []

    def spot(self, picture: NDArray[np.float32]) -> NDArray[np.float32]:
        heat = super().spot(picture)
        self.squares.append(picture.shape[:2])
        return heat


@pytest.mark.parametrize(
    ("first", "again"),
    [(0.75, (72, 96)), (0.01, (88, 110))],
    ids=["in doubt: farther", "missed: closer"],
)
def test_digits_in_doubt_are_seen_from_farther_away_and_missed_ones_closer(
    first: float, again: tuple[int, int]
) -> None:
    """Closer takes longer, and what is in doubt was read no better by it."""
    seen = Remembering(first)
    page = np.full((960, 1280), 200, np.uint8)
    cv2.line(page, (640, 450), (640, 510), 20, 6)
    reading = Reader(AgreesWithAll(), seen, seen, seen).read(Frame(page))
    assert (reading.status, reading.text) == ("read", "4")
    assert seen.squares == [(96, 128), again]


class Overlooking(Remembering):
    """Spots the digit from farther away only."""

    def spot(self, picture: NDArray[np.float32]) -> NDArray[np.float32]:
        heat = super().spot(picture)
        return heat if picture.shape[1] < self.squares[0][1] else 0 * heat


def test_where_no_middle_is_seen_all_is_seen_from_farther_away() -> None:
    """Digits that filled the frame, and plain ones in a dark, noisy one, were missed."""
    seen = Overlooking(0.999)
    page = np.full((960, 1280), 200, np.uint8)
    cv2.line(page, (640, 450), (640, 510), 20, 6)
    reading = Reader(AgreesWithAll(), seen, seen, seen).read(Frame(page))
    assert (reading.status, reading.text) == ("read", "4")
    assert seen.squares == [(96, 128), (58, 77)]


class Apart(Remembering):
    """Spots two digits."""

    def spot(self, picture: NDArray[np.float32]) -> NDArray[np.float32]:
        heat = super().spot(picture)
        rows, columns, _ = np.array(heat.shape) // 3
        away = np.roll(heat, (-rows, -columns), axis=(0, 1))
        return away + np.roll(heat, (rows, columns), axis=(0, 1))


@pytest.mark.parametrize(("many", "again"), [(2, (72, 96)), (1, (144, 192))])
def test_a_page_in_doubt_is_seen_closer(
    monkeypatch: pytest.MonkeyPatch, many: int, again: tuple[int, int]
) -> None:
    """Its digits are small: from farther away some were missed."""
    monkeypatch.setattr("appliance.vision.again.MANY", many)
    seen = Apart(0.7)
    sheet = np.full((960, 1280), 200, np.uint8)
    for x, y in ((213, 160), (1067, 800)):
        cv2.line(sheet, (x, y - 30), (x, y + 30), 20, 6)
    reading = Reader(AgreesWithAll(), seen, seen, seen).read(Frame(sheet))
    assert (reading.status, len(reading.digits)) == ("read", 2)
    assert seen.squares == [(96, 128), again]


def test_a_second_look_is_transcribed_however_sure_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    """One that was surely wrong won over a first look that the transcriber had put right."""
    monkeypatch.setattr("appliance.reader.AT_SIGHT", 0.0)
    seen = Doubting((4, 0.85), (4, 0.999))
    page = np.full((960, 1280), 200, np.uint8)
    cv2.line(page, (640, 450), (640, 510), 20, 6)
    Reader(AgreesWithAll(), seen, seen, seen).read(Frame(page))
    assert (seen.spotted, seen.transcribed) == (2, 1)


@pytest.mark.parametrize(
    ("told", "spotted", "status"),
    [(0.999, 1, "read"), (0.4, 2, "unsure"), (0.2, 1, "unsure")],
    ids=["agrees", "hardly agrees, seen again", "disagrees"],
)
def test_what_is_in_doubt_is_read_as_a_line(told: float, spotted: int, status: str) -> None:
    seen = Doubting((4, 0.9), (4, 0.9), told=told)
    page = np.full((960, 1280), 200, np.uint8)
    cv2.line(page, (640, 450), (640, 510), 20, 6)
    reading = Reader(AgreesWithAll(), seen, seen, seen).read(Frame(page))
    assert (reading.status, reading.guess) == (status, "4")
    assert seen.spotted == spotted


@pytest.mark.parametrize(
    ("level", "reason"), [(0, "too dark"), (255, "too bright"), (128, "no ink")]
)
def test_an_empty_frame_says_what_is_wrong(level: int, reason: str, reader: Reader) -> None:
    reading = reader.read(Frame(np.full((480, 640, 3), level, np.uint8)))
    assert (reading.status, reading.reason, reading.digits) == ("nothing", reason, ())


def test_the_same_frame_gives_the_same_answer(reader: Reader) -> None:
    first, second = (reader.read(page_of("407")) for _ in range(2))
    assert (first.status, first.guess, first.confidence) == (
        second.status,
        second.guess,
        second.confidence,
    )


@pytest.fixture(scope="module")
def scenes() -> list[Scene]:
    texts = ("4", "27", "61\n92", "305", "8")
    return [
        generate(np.random.default_rng([33, number]), "easy", LITE, text)
        for number, text in enumerate(texts)
    ]


def test_easy_scenes_yield_their_digits(reader: Reader, scenes: list[Scene]) -> None:
    readings = [reader.read(Frame(scene.frame)) for scene in scenes]
    for scene, reading in zip(scenes, readings, strict=True):
        assert_answer(reading, Frame(scene.frame))
    right = [r.guess == s.text for s, r in zip(scenes, readings, strict=True)]
    assert sum(right) >= len(scenes) - 1, [reading.guess for reading in readings]


def overlap(a: Box, b: Box) -> float:
    """Intersection over union."""
    across = min(a.x + a.width, b.x + b.width) - max(a.x, b.x)
    down = min(a.y + a.height, b.y + b.height) - max(a.y, b.y)
    shared = max(0, across) * max(0, down)
    return shared / (a.width * a.height + b.width * b.height - shared)


@pytest.mark.parametrize("factor", [0.4, 1.0, 2.5])
def test_boxes_are_in_pixels_of_the_given_picture(
    factor: float, reader: Reader, scenes: list[Scene]
) -> None:
    """Reduced to a thumbnail, as it is, and larger than the eye works on."""
    scene = scenes[0]
    frame = Frame(np.asarray(cv2.resize(scene.frame, None, fx=factor, fy=factor), np.uint8))
    reading = reader.read(frame)
    assert_answer(reading, frame)
    assert reading.guess == scene.text
    [box] = scene.boxes
    drawn = Box(*(round(side * factor) for side in (box.x, box.y, box.width, box.height)))
    assert overlap(reading.digits[0].box, drawn) > 0.6


def test_scenes_without_strokes_are_hardly_ever_read(reader: Reader) -> None:
    """Blank and ruled paper, print, too dark, too bright; no faces, no doodles."""
    readings, kinds = [], set()
    wanted = {"blank paper", "ruled paper", "printed page", "dark", "overexposed"}
    scenes = (generate(np.random.default_rng([32, n]), "negative", LITE) for n in range(200))
    for scene in islice((s for s in scenes if s.kind in wanted), 12):
        readings.append(reader.read(Frame(scene.frame)))
        kinds.add(scene.kind)
        assert_answer(readings[-1], Frame(scene.frame))
    assert len(kinds) >= 4
    assert sum(reading.status == "read" for reading in readings) <= 1


def test_grey_and_colour_read_alike(reader: Reader, scenes: list[Scene]) -> None:
    grey = np.asarray(cv2.cvtColor(scenes[0].frame, cv2.COLOR_BGR2GRAY), np.uint8)
    plain, coloured = reader.read(Frame(grey)), reader.read(Frame(scenes[0].frame))
    assert (plain.status, plain.guess) == (coloured.status, coloured.guess)

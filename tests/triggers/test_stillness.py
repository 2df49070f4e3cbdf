"""Stillness before drawn sheets that somebody brings, holds with trembling hands, takes away."""

from __future__ import annotations

from collections.abc import Iterator

import cv2
import numpy as np
import pytest

from appliance.scenes import generate
from appliance.triggers.stillness import (
    APPEARED,
    GONE,
    STALE,
    Stillness,
    View,
    changed,
    moved,
    view_of,
)
from appliance.values import Frame, Signal
from tests.fakes import FakeClock

TICK = 1 / 15
SIZE = (240, 320)

SHAKY = (1, 3, 7, 8)
"""Seeds of sheets whose edges and writing show the trembling of a hand."""


def grey(picture: np.ndarray) -> np.ndarray:
    return cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY)


def with_digit(frame: np.ndarray, mask: np.ndarray, digit: str, height: int) -> np.ndarray:
    """The sheet with a digit of that many pixels on its middle."""
    ys, xs = np.nonzero(mask)
    start, ink = (int(xs.mean()), int(ys.mean())), int(frame.max()) // 8
    return cv2.putText(frame.copy(), digit, start, cv2.FONT_HERSHEY_SIMPLEX, height / 21, ink, 2)


class Stage:
    """A room, sheets before it, and a trigger that watches; `reads` counts its signals."""

    def __init__(self, seed: int = 1, **settings: float) -> None:
        self.rng = np.random.default_rng(seed)
        self.clock = FakeClock()
        self.trigger = Stillness(self.clock, **settings)
        self.noise = [self.rng.normal(0, 2, SIZE) for _ in range(4)]
        self.room = grey(generate(self.rng, "negative", SIZE).frame)
        self.light = 1.0
        self.reads = 0

    def sheet(self) -> tuple[np.ndarray, np.ndarray]:
        """A drawn sheet with handwriting that stands out from the room, and what it covers."""
        while True:
            scene = generate(self.rng, "easy", SIZE)
            if scene.page is None:
                continue
            mask, frame = np.zeros(SIZE, np.uint8), grey(scene.frame)
            cv2.fillConvexPoly(mask, np.rint(scene.page).astype(np.int32), 1)
            before = np.where(mask > 0, frame, self.room).astype(np.uint8)
            if changed(view_of(Frame(before)), view_of(Frame(self.room))) > 1.5 * APPEARED:
                return frame, mask

    def written(self, frame: np.ndarray, mask: np.ndarray) -> np.ndarray:
        """The sheet with one more stroke on it, somewhere."""
        ys, xs = np.nonzero(cv2.erode(mask, np.ones((61, 61), np.uint8)))
        place = self.rng.integers(len(xs))
        end = (int(xs[place]), int(ys[place]) - 30)
        return cv2.line(frame.copy(), (end[0], end[1] + 60), end, int(frame.max()) // 8, 5)

    def look(self, sheet: tuple[np.ndarray, np.ndarray] | None = None, dx: float = 0) -> None:
        """One tick of the loop; the sheet stands `dx` pixels to the right of its place."""
        picture = self.room
        if sheet is not None:
            moved = np.array([[1, 0, dx], [0, 1, 0]], np.float32)
            frame, mask = (cv2.warpAffine(layer, moved, SIZE[::-1]) for layer in sheet)
            picture = np.where(mask > 0, frame, self.room)
        noisy = picture * self.light + self.noise[self.rng.integers(4)]
        self.trigger.see(Frame(np.clip(noisy, 0, 255).astype(np.uint8)))
        if self.trigger.wait(TICK) is Signal.LOOK:
            self.reads += 1

    def empty(self, seconds: float) -> None:
        for _ in range(round(seconds / TICK)):
            self.look()

    def hold(self, sheet: tuple[np.ndarray, np.ndarray], seconds: float, at: float = 0) -> None:
        for _ in range(round(seconds / TICK)):
            self.look(sheet, at + self.rng.normal(0, 0.5))

    def bring(self, sheet: tuple[np.ndarray, np.ndarray]) -> None:
        for dx in np.linspace(300, 0, 8):
            self.look(sheet, dx)

    def take_away(self, sheet: tuple[np.ndarray, np.ndarray]) -> None:
        for dx in np.linspace(0, 300, 8):
            self.look(sheet, dx)


@pytest.fixture(params=[1, 2, 3])
def stage(request: pytest.FixtureRequest) -> Iterator[Stage]:
    yield Stage(request.param)


def test_what_was_read_at_a_press_isnt_read_again_the_next_sheet_is(stage: Stage) -> None:
    stage.empty(1)
    first, second = stage.sheet(), stage.sheet()
    stage.bring(first)
    stage.hold(first, 0.2)
    stage.trigger.answered()
    stage.hold(first, 2)
    assert stage.reads == 0
    stage.take_away(first)
    stage.empty(1)
    stage.bring(second)
    stage.hold(second, 2)
    assert stage.reads == 1


def test_a_press_before_an_empty_room_changes_nothing(stage: Stage) -> None:
    stage.trigger.answered()
    stage.empty(1)
    stage.trigger.answered()
    sheet = stage.sheet()
    stage.bring(sheet)
    stage.hold(sheet, 2)
    assert stage.reads == 1


def test_an_empty_room_is_never_read(stage: Stage) -> None:
    stage.empty(65)
    assert stage.reads == 0


def test_each_sheet_is_read_once(stage: Stage) -> None:
    stage.empty(1)
    for number in range(1, 4):
        sheet = stage.sheet()
        stage.bring(sheet)
        stage.hold(sheet, 4)
        assert stage.reads == number
        stage.take_away(sheet)
        stage.empty(1)
    assert stage.reads == 3


def test_it_is_read_once_it_was_still_for_the_time_of_the_settings() -> None:
    stage = Stage(2, seconds=1.0)  # a sheet without fine lines, whose trembling would show
    stage.empty(1)
    sheet = stage.sheet()
    stage.bring(sheet)
    stage.hold(sheet, 0.9)
    assert stage.reads == 0
    stage.hold(sheet, 0.3)
    assert stage.reads == 1


@pytest.mark.parametrize("seed", SHAKY)
def test_a_sheet_in_a_hand_that_trembles_is_read(seed: int) -> None:
    stage = Stage(seed)
    stage.empty(1)
    sheet = stage.sheet()
    stage.bring(sheet)
    for _ in range(45):
        stage.look(sheet, stage.rng.normal(0, 2))
    assert stage.reads == 1


def test_a_sheet_that_moves_isnt_read(stage: Stage) -> None:
    stage.empty(1)
    sheet = stage.sheet()
    for number in range(60):
        stage.look(sheet, 40 * np.sin(number))
    assert stage.reads == 0


def test_a_hand_that_wanders_a_little_doesnt_have_it_read_again(stage: Stage) -> None:
    stage.empty(1)
    sheet = stage.sheet()
    stage.bring(sheet)
    for at in (0, 4, 8, 12, 6, 0, -5):
        stage.hold(sheet, 1.5, at)
    assert stage.reads == 1


def test_another_sheet_in_its_place_is_read_without_an_empty_room_between() -> None:
    stage = Stage(4)
    stage.empty(1)
    frame, mask = stage.sheet()
    stage.hold((frame, mask), 3)
    assert stage.reads == 1
    other = (np.where(mask > 0, 255 - frame, frame), mask)
    stage.hold(other, 3)
    assert stage.reads == 2


def test_it_waits_for_light(stage: Stage) -> None:
    stage.empty(1)
    sheet = stage.sheet()
    stage.light = 0.08
    stage.bring(sheet)
    stage.hold(sheet, 3)
    assert stage.reads == 0
    stage.light = 1.0
    stage.hold(sheet, 3)
    assert stage.reads == 1


def test_it_waits_until_the_picture_is_sharp() -> None:
    stage = Stage(1, sharpness=255.0)
    stage.empty(1)
    stage.hold(stage.sheet(), 3)
    assert stage.reads == 0


def test_a_chair_that_was_moved_becomes_part_of_the_room() -> None:
    stage = Stage(3)
    stage.empty(1)
    stage.room = grey(generate(stage.rng, "negative", SIZE).frame)
    stage.empty(70)
    before = stage.reads
    sheet = stage.sheet()
    stage.bring(sheet)
    stage.hold(sheet, 3)
    stage.take_away(sheet)
    stage.empty(5)
    assert (before, stage.reads) == (1, 2)


def test_a_sheet_that_was_left_lying_isnt_the_room_once_it_is_taken_away(stage: Stage) -> None:
    stage.empty(1)
    frame, mask = stage.sheet()
    stage.hold((frame, mask), 70)
    stage.empty(5)
    assert stage.reads == 1
    for number in (2, 3):
        stage.hold((stage.written(frame, mask), mask), 5)
        assert stage.reads == number
        stage.empty(5)
    assert stage.reads == 3


def test_a_sheet_that_lay_there_from_the_start_doesnt_hide_the_next_in_its_place() -> None:
    stage = Stage(1)
    frame, mask = stage.sheet()
    stage.hold((frame, mask), 3)
    stage.empty(70)
    before = stage.reads
    stage.hold((stage.written(frame, mask), mask), 5)
    assert (before, stage.reads) == (1, 2)


@pytest.mark.parametrize(("first", "second", "height"), [("3", "8", 26), ("1", "7", 17)])
def test_a_sheet_that_lay_there_from_the_start_may_differ_from_the_next_by_a_small_digit(
    first: str, second: str, height: int
) -> None:
    stage = Stage(1)
    frame, mask = stage.sheet()
    stage.hold((with_digit(frame, mask, first, height), mask), 3)
    stage.empty(70)
    before = stage.reads
    stage.hold((with_digit(frame, mask, second, height), mask), 5)
    assert (before, stage.reads) == (1, 2)


def test_what_comes_as_soon_as_the_room_has_settled_is_read() -> None:
    stage = Stage(4, motion=0.5)
    stage.empty(1)
    frame, mask = stage.sheet()
    since = stage.clock.now
    while stage.clock.now - since <= STALE:
        stage.look((frame, mask))
    stage.look((frame, mask))
    stage.hold((np.where(mask > 0, 255 - frame, frame), mask), 3)
    assert stage.reads == 2


def test_a_room_that_is_as_it_was_before_is_no_sheet() -> None:
    stage = Stage(3)
    stage.empty(1)
    before, stage.room = stage.room, grey(generate(stage.rng, "negative", SIZE).frame)
    stage.empty(70)
    assert stage.reads == 1
    stage.room = before
    stage.empty(5)
    assert stage.reads == 1


def test_its_numbers_tell_what_it_sees(stage: Stage) -> None:
    assert stage.trigger.latest is None
    stage.empty(1)
    empty = stage.trigger.latest
    sheet = stage.sheet()
    stage.hold(sheet, 1)
    held = stage.trigger.latest
    assert empty is not None
    assert held is not None
    assert empty.presence < GONE
    assert held.presence > APPEARED
    assert held.motion < 0.05
    assert 0 < held.brightness <= 255


def halves(edge: int) -> View:
    """A bright sheet before a dark room, its edge so many pixels right of the middle."""
    picture = np.full(SIZE, 20, np.uint8)
    picture[:, 160 + edge :] = 220
    return view_of(Frame(picture))


@pytest.mark.parametrize("edge", [-3, -2, -1, 1, 2, 3])
def test_the_edge_of_a_sheet_that_covers_half_of_the_view_may_tremble(edge: int) -> None:
    assert changed(halves(edge), halves(0)) <= 1 / 40
    assert moved(halves(edge), halves(0)) == 0


@pytest.mark.parametrize("edge", [-16, -8, 8, 16])
def test_a_sheet_that_moves_by_a_pixel_of_the_view_or_more_moves(edge: int) -> None:
    assert moved(halves(edge), halves(0)) == pytest.approx(abs(edge) / 8 / 40)


@pytest.mark.parametrize("covered", [0.3, 0.46, 0.5, 0.54])
def test_a_sheet_before_an_even_wall_changes_what_it_covers(covered: float) -> None:
    wall = np.full(SIZE, 60, np.uint8)
    sheet = wall.copy()
    sheet[:, : round(320 * covered)] = 200
    share = changed(view_of(Frame(sheet)), view_of(Frame(wall)))
    assert share == pytest.approx(min(covered, 1 - covered), abs=0.03)


def test_a_smaller_sheet_in_the_place_of_one_that_covered_half_is_read() -> None:
    stage = Stage(1)
    stage.room = np.full(SIZE, 60, np.uint8)
    stage.empty(1)
    for number, width in enumerate((166, 80), start=1):
        frame, mask = np.full(SIZE, 200, np.uint8), np.zeros(SIZE, np.uint8)
        mask[:, 60 : 60 + width] = 1
        stage.hold((with_digit(frame, mask, "7", 60), mask), 3)
        assert stage.reads == number


def test_more_light_on_all_of_a_view_changes_nothing() -> None:
    assert changed(halves(0) + 30, halves(0)) == moved(halves(0) + 30, halves(0)) == 0


def test_waiting_takes_its_time() -> None:
    clock = FakeClock()
    assert Stillness(clock).wait(0.5) is None
    assert clock.slept == [0.5]

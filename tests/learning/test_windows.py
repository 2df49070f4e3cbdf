"""Windows show what they are said to show."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from appliance.learning.crops import NONE
from appliance.learning.windows import (
    ALIKE,
    ANYWHERE,
    IN_SIDE,
    MARKS,
    NEAR,
    SIDE,
    Example,
    examples_of,
)
from appliance.scenes import Difficulty, Scene, generate
from appliance.vision.brightness import SQUARE
from appliance.vision.eye import SPOTTED_SIDE
from appliance.vision.heat import CORE
from appliance.vision.window import cut_window, pyramid


def scene_of(kind: Difficulty, seed: int) -> Scene:
    return generate(np.random.default_rng([45, seed]), kind, (480, 640))


def blank(picture: NDArray[np.float32]) -> NDArray[np.float32]:
    """A spotter that sees no digits."""
    return np.zeros((*picture.shape[:2], 2), np.float32)


def examples(scene: Scene) -> list[Example]:
    return examples_of(scene, np.random.default_rng(1), blank)


def digits_of(found: list[Example]) -> str:
    return "".join(str(example.label) for example in found if example.label != NONE)


@pytest.mark.parametrize("seed", range(4))
def test_digits_are_in_the_middle(seed: int) -> None:
    scene = scene_of("easy", seed)
    bare = np.repeat((255 - scene.ink)[..., None], 3, axis=2)
    found = examples(replace(scene, frame=bare))
    assert digits_of(found) == scene.text.replace("\n", "")
    for example in found[: len(scene.boxes)]:
        assert example.grey.shape == (SIDE, SIDE)
        assert example.grey.dtype == np.uint8
        half = np.array([IN_SIDE, max(4.0, IN_SIDE * example.width)]) / 2
        low, high = (np.round(SIDE / 2 + side * (half + 1)).astype(int) for side in (-1, 1))
        inked = example.grey[low[0] : high[0], low[1] : high[1]] < 192
        for axis, size in enumerate(inked.shape):
            filled = np.flatnonzero(inked.any(axis=1 - axis))
            assert filled[0] <= 4, "its ink reaches to all edges of its box"
            assert filled[-1] >= size - 5


def test_digits_that_are_not_to_be_seen_are_left_out() -> None:
    scene = scene_of("easy", 1)
    hidden = replace(scene, ink=np.zeros_like(scene.ink))
    assert not digits_of(examples(hidden))


@pytest.mark.parametrize("seed", range(3))
def test_where_there_are_no_digits_other_windows_are_cut(seed: int) -> None:
    scene = scene_of("negative", seed)
    found = examples(scene)
    assert {(example.label, example.width) for example in found} == {(NONE, 0.0)}
    marked = bool((scene.marks[::8, ::8] > 60).any())
    assert len(found) == ANYWHERE + MARKS * marked


def test_what_the_spotter_takes_for_a_digit_wrongly_is_shown() -> None:
    scene = scene_of("negative", 0)

    def wrong(picture: NDArray[np.float32]) -> NDArray[np.float32]:
        heat = blank(picture)
        heat[40:54, 60:70, 1] = 0.9
        return heat

    more = examples_of(scene, np.random.default_rng(1), wrong)
    assert len(more) == len(examples(scene)) + 1
    grey = np.asarray(scene.frame)[..., 0]
    paper = replace(scene, frame=np.repeat(grey[..., None], 3, axis=2))
    first, *_ = examples_of(paper, np.random.default_rng(1), wrong)
    cell = SQUARE * 640 / SPOTTED_SIDE
    expected = cut_window(pyramid(grey), 65 * cell, 47 * cell, 14 * cell / CORE / IN_SIDE, SIDE)
    assert np.abs(first.grey.astype(int) - expected).mean() < 4  # the view has less noise


def test_what_it_takes_for_a_digit_rightly_is_no_other_window() -> None:
    scene, cell = scene_of("easy", 2), SQUARE * 640 / SPOTTED_SIDE

    def right(picture: NDArray[np.float32]) -> NDArray[np.float32]:
        heat = blank(picture)
        for box in scene.boxes:
            row, column = int((box.y + box.height / 2) / cell), int((box.x + box.width / 2) / cell)
            heat[row - 1 : row + 2, column, 1] = 0.9
        return heat

    found = examples_of(scene, np.random.default_rng(1), right)
    assert [e.label for e in found] == [e.label for e in examples(scene)]


def test_no_window_of_none_shows_a_digit_as_it_should_be_known() -> None:
    """A disc in a digit's middle tells of each window how it was cut."""
    scene = scene_of("easy", 6)
    [box] = scene.boxes
    frame = np.full_like(scene.frame, 220)
    middle = box.x + box.width // 2, box.y + box.height // 2
    cv2.circle(frame, middle, box.height // 8, (0, 0, 0), -1)
    among = replace(scene, marks=scene.ink, frame=frame)  # other writing, all of it a digit
    found = [
        example.grey
        for seed in range(12)
        for example in examples_of(among, np.random.default_rng(seed), blank)
        if example.label == NONE
    ]
    for grey in found:
        rows, columns = np.nonzero(grey < 110)
        if not rows.size or 0 in rows or SIDE - 1 in rows:
            continue
        larger = np.sqrt(np.pi / rows.size) * IN_SIDE / 8  # than the digit is in its own window
        off = np.hypot(rows.mean() - SIDE / 2, columns.mean() - SIDE / 2) / IN_SIDE * larger
        assert off > 0.9 * NEAR or not 1.15 / ALIKE < larger < ALIKE / 1.15


def test_what_stands_beside_the_digits_is_shown() -> None:
    scene = scene_of("easy", 1)
    bare = np.repeat((255 - scene.ink)[..., None], 3, axis=2)
    last = scene.boxes[-1]
    x, y, size = last.x + 2 * last.height, last.y, last.height
    cross = bare.copy()
    cv2.line(cross, (x, y), (x + size // 2, y + size), (0, 0, 0), 4)
    cv2.line(cross, (x + size // 2, y), (x, y + size), (0, 0, 0), 4)
    alone, among = (examples(replace(scene, frame=frame)) for frame in (bare, cross))
    assert len(among) == len(alone) + 1
    assert {example.label for example in among[len(scene.boxes) :]} == {NONE}


def test_windows_are_the_same_each_time() -> None:
    scene = scene_of("hard", 3)
    for one, other in zip(examples(scene), examples(scene), strict=True):
        np.testing.assert_array_equal(one.grey, other.grey)

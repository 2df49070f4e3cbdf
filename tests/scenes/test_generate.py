"""What the generator promises: the same seed, the same scene; and labels that are true."""

from __future__ import annotations

from typing import get_args

import numpy as np
import pytest

from appliance.errors import PictureError
from appliance.scenes import LITE, Difficulty, Scene, generate
from appliance.scenes.writing import random_text
from appliance.values import Box

SMALL = (240, 320)
WRITTEN: tuple[Difficulty, ...] = (
    "easy", "medium", "hard", "page", "sparse", "dense", "list", "notes", "crop",
    "screen",
)  # fmt: skip


def draw(seed: int, difficulty: Difficulty, **options: object) -> Scene:
    return generate(np.random.default_rng(seed), difficulty, **{"size": SMALL, **options})  # type: ignore[arg-type]


def inside(box: Box, shape: tuple[int, ...]) -> bool:
    within_x = box.x >= 0 and box.x + box.width <= shape[1]
    return within_x and box.y >= 0 and box.y + box.height <= shape[0]


@pytest.mark.parametrize("difficulty", get_args(Difficulty))
def test_a_seed_gives_one_scene(difficulty: Difficulty) -> None:
    first, again, other = draw(5, difficulty), draw(5, difficulty), draw(6, difficulty)
    assert np.array_equal(first.frame, again.frame)
    assert first.boxes == again.boxes
    assert first.lines == again.lines
    assert not np.array_equal(first.frame, other.frame)


@pytest.mark.parametrize("difficulty", get_args(Difficulty))
def test_any_seed_gives_a_frame_with_consistent_labels(difficulty: Difficulty) -> None:
    for seed in range(35):
        scene = draw(seed, difficulty)
        assert scene.frame.shape == (*SMALL, 3)
        assert scene.frame.dtype == scene.ink.dtype == scene.marks.dtype == np.uint8
        assert scene.ink.shape == scene.marks.shape == SMALL
        assert set("".join(scene.lines)) <= set("0123456789")
        assert len("".join(scene.lines)) == len(scene.boxes)
        assert all(inside(box, SMALL) for box in scene.boxes)


@pytest.mark.parametrize("difficulty", WRITTEN)
def test_each_box_is_tight_around_ink_and_all_ink_is_in_a_box(difficulty: Difficulty) -> None:
    for seed in range(20):
        scene = draw(seed, difficulty, size=LITE)
        outside = scene.ink.copy()
        for box in scene.boxes:
            rows, columns = slice(box.y, box.y + box.height), slice(box.x, box.x + box.width)
            assert scene.ink[rows, columns].max() >= 32
            outside[rows, columns] = 0
        assert outside.max() < 32


@pytest.mark.parametrize("difficulty", WRITTEN)
def test_ink_of_no_digit_is_hidden(difficulty: Difficulty) -> None:
    for seed in range(20):
        scene = draw(seed, difficulty)
        for box in scene.boxes:
            ink = scene.ink[box.y : box.y + box.height, box.x : box.x + box.width]
            assert ink[0].max() >= 32 or box.y == 0
            assert ink[:, -1].max() >= 32 or box.x + box.width == SMALL[1]


def test_the_digits_asked_for_are_written_in_reading_order() -> None:
    for seed in range(10):
        scene = draw(seed, "easy", digits="407\n12")
        assert scene.lines == ("407", "12")
        assert scene.text == "407\n12"
        upper, lower = scene.boxes[:3], scene.boxes[3:]
        assert [box.x for box in upper] == sorted(box.x for box in upper)
        assert max(box.y for box in upper) < min(box.y + box.height for box in lower)


def test_ink_is_seen_in_the_frame() -> None:
    """On light paper in good light the inked pixels are darker than the paper around them."""
    darker = 0
    for seed in range(20):
        scene = draw(seed, "screen", size=LITE)
        grey = scene.frame.mean(axis=2)
        box = scene.boxes[0]
        view = slice(box.y, box.y + box.height), slice(box.x, box.x + box.width)
        inked, bare = scene.ink[view] > 200, scene.ink[view] == 0
        darker += abs(grey[view][inked].mean() - grey[view][bare].mean()) > 60
    assert darker == 20


@pytest.mark.parametrize("kind", ["negative", "empty sparse", "empty crop"])
def test_scenes_without_digits_have_none(kind: Difficulty) -> None:
    for seed in range(60):
        scene = draw(seed, kind)
        assert scene.lines == ()
        assert scene.boxes == ()
        assert scene.ink.max() == 0


def test_all_digits_are_drawn_at_random() -> None:
    text = "".join(draw(seed, "easy").text for seed in range(60))
    assert set(text) - {"\n"} == set("0123456789")


def test_small_digits_are_small() -> None:
    scenes = [draw(seed, "small") for seed in range(8)]
    shares = [box.height / len(scene.frame) for scene in scenes for box in scene.boxes]
    assert shares
    assert 0.012 < min(shares) < np.median(shares) < 0.08


def test_a_sparse_page_is_blank_but_for_a_few_small_digits() -> None:
    for seed in range(12):
        scene = draw(seed, "sparse", size=LITE)
        assert 1 <= len(scene.boxes) <= 3
        assert max(box.height for box in scene.boxes) < 0.12 * LITE[0]
        assert np.count_nonzero(scene.ink | scene.marks) < 0.02 * scene.ink.size


def test_a_dense_page_has_many_small_digits() -> None:
    scenes = [draw(seed, "dense", size=LITE) for seed in range(12)]
    counts = [len(scene.boxes) for scene in scenes]
    assert max(counts) <= 24
    assert np.median(counts) > 6
    assert {len(scene.lines) > 1 for scene in scenes} == {True, False}
    heights = [box.height / LITE[0] for scene in scenes for box in scene.boxes]
    assert np.median(heights) < 0.065
    assert max(heights) < 0.12


def test_a_list_has_numbers_below_each_other() -> None:
    scenes = [draw(seed, "list", size=LITE) for seed in range(20)]
    counts = [len(scene.boxes) for scene in scenes]
    assert max(counts) <= 80
    assert np.median(counts) > 24
    assert min(len(scene.lines) for scene in scenes) >= 4
    assert max(len(scene.lines) for scene in scenes) <= 12


def test_what_is_no_digit_is_small_on_a_sparse_page() -> None:
    marked = [draw(seed, "empty sparse", size=LITE).marks > 32 for seed in range(40)]
    shares = [mark.mean() for mark in marked]
    assert 0.05 < np.mean([share == 0 for share in shares]) < 0.5, "some pages are blank"
    assert max(shares) < 0.05


@pytest.mark.parametrize("digits", ["", "12\n", "a", "٣", "1 2"])
def test_what_is_no_digit_is_refused(digits: str) -> None:
    with pytest.raises(PictureError, match="digits only"):
        draw(0, "easy", digits=digits)


def test_digits_on_a_scene_without_digits_are_refused() -> None:
    with pytest.raises(PictureError, match="negative"):
        draw(0, "negative", digits="1")


def test_an_unknown_difficulty_is_refused_with_those_there_are() -> None:
    with pytest.raises(PictureError, match="easy, medium, hard"):
        draw(0, "simple")  # type: ignore[arg-type]


def test_a_tiny_frame_is_refused_and_a_small_one_drawn() -> None:
    with pytest.raises(PictureError, match="too small"):
        draw(0, "easy", size=(8, 8))
    for difficulty in get_args(Difficulty):
        assert draw(1, difficulty, size=(32, 32)).frame.shape == (32, 32, 3)
        assert draw(1, difficulty, size=(97, 41)).frame.shape == (97, 41, 3)


def test_texts_of_one_kind_of_digit_are_drawn_now_and_then() -> None:
    """More often than chance would: of four digits all are alike once in a thousand times."""
    random = np.random.default_rng(8)
    texts = [random_text(random, 4) for _ in range(2000)]
    alike = [text for text in texts if len(set(text)) == 1]
    assert 0.05 < len(alike) / len(texts) < 0.15
    assert sum(len(set(text)) == 2 for text in texts) / len(texts) > 0.08  # by chance 0.063
    assert alike.count("1111") > 2 * max(alike.count(4 * digit) for digit in "023456789")
    assert all(len(text) == 4 and set(text) <= set("0123456789") for text in texts)
    shares = np.bincount([int(digit) for digit in "".join(texts)], minlength=10) / 8000
    assert shares.min() > 0.07

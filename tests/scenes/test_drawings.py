"""Digits drawn on a screen: of all sizes, cut close, and with or without grey between."""

from __future__ import annotations

import numpy as np
import pytest

from appliance.scenes import Difficulty, Scene, generate
from appliance.scenes.framing import SMALLEST


def drawn(kind: Difficulty, count: int) -> list[Scene]:
    return [generate(np.random.default_rng([12, n]), kind) for n in range(count)]


@pytest.fixture(scope="module")
def many() -> list[Scene]:
    return drawn("screen", 150)


def ends_with_its_digits(scene: Scene) -> bool:
    height, width = scene.frame.shape[:2]
    left, top = min(box.x for box in scene.boxes), min(box.y for box in scene.boxes)
    right = max(box.x + box.width for box in scene.boxes)
    bottom = max(box.y + box.height for box in scene.boxes)
    return left <= 1 and top <= 1 and right >= width - 1 and bottom >= height - 1


def test_drawings_are_tiny_or_large(many: list[Scene]) -> None:
    heights = np.array([len(scene.frame) for scene in many])
    assert heights.min() >= SMALLEST
    assert 0.1 < (heights < 90).mean() < 0.4
    assert heights.max() > 600


def test_some_drawings_end_where_their_digits_do(many: list[Scene]) -> None:
    assert 0.02 < np.mean([ends_with_its_digits(scene) for scene in many]) < 0.2


def test_some_drawings_know_no_grey(many: list[Scene]) -> None:
    coarse = [scene for scene in many if not set(np.unique(scene.ink)) - {0, 255}]
    assert 0.15 < len(coarse) / len(many) < 0.45
    plain = [scene for scene in coarse if len(np.unique(scene.frame.reshape(-1, 3), axis=0)) == 2]
    assert len(plain) > len(coarse) / 3, "the others were compressed, or pasted on a ground"


def test_every_digit_is_seen(many: list[Scene]) -> None:
    for scene in many:
        for box in scene.boxes:
            x, y = max(0, box.x), max(0, box.y)
            assert scene.ink[y : box.y + box.height, x : box.x + box.width].max() > 60


def test_what_is_no_digit_is_drawn_on_screens_too() -> None:
    scenes = drawn("empty crop", 60)
    screens = [scene for scene in scenes if scene.kind == "screen"]
    assert 0.15 < len(screens) / len(scenes) < 0.5
    for scene in screens:
        assert not scene.boxes
        assert scene.marks.max() > 60
        assert scene.ink.max() == 0


def test_a_size_that_is_asked_for_is_kept() -> None:
    for seed in range(40):
        assert generate(np.random.default_rng(seed), "screen", (40, 64)).frame.shape == (40, 64, 3)

"""Strips show the digits that they are said to show."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from appliance.learning.strips import ANYWHERE, EACH, Example, examples_of
from appliance.scenes import Difficulty, Scene, generate
from appliance.values import STRIP_HEIGHT


def scene_of(kind: Difficulty, seed: int) -> Scene:
    return generate(np.random.default_rng([46, seed]), kind, (480, 640))


def blank(picture: NDArray[np.float32]) -> NDArray[np.float32]:
    """A spotter that sees no digits."""
    return np.zeros((*picture.shape[:2], 2), np.float32)


def examples(scene: Scene, seed: int = 1) -> list[Example]:
    return examples_of(scene, np.random.default_rng(seed), blank)


def test_each_line_is_shown_whole_and_in_part() -> None:
    """A strip may show a digit of the next line, too; scenes of one line don't."""
    parts = 0
    for scene in (scene_of("medium", seed) for seed in range(16)):
        found = examples(scene)
        assert all(example.grey.shape[0] == STRIP_HEIGHT for example in found)
        assert all(example.grey.dtype == np.uint8 for example in found)
        texts = ["".join(map(str, example.digits)) for example in found]
        assert set(scene.lines) <= set(texts)
        if len(scene.lines) == 1:
            assert all(text in scene.text for text in texts)
            parts += sum(text not in ("", scene.text) for text in texts)
    assert parts


def test_where_there_are_no_digits_strips_are_empty() -> None:
    found = examples(scene_of("negative", 2))
    assert [example.digits for example in found] == [()] * ANYWHERE


def test_digits_that_are_not_to_be_seen_are_left_out() -> None:
    scene = scene_of("easy", 1)
    hidden = replace(scene, ink=np.zeros_like(scene.ink))
    assert {example.digits for example in examples(hidden)} == {()}


def test_what_the_spotter_takes_for_digits_wrongly_is_shown() -> None:
    scene = scene_of("negative", 0)

    def wrong(picture: NDArray[np.float32]) -> NDArray[np.float32]:
        heat = blank(picture)
        heat[40:54, 60:70, 1] = 0.9
        return heat

    found = examples_of(scene, np.random.default_rng(1), wrong)
    assert [example.digits for example in found] == [()] * (ANYWHERE + 1)


def test_a_line_is_shown_otherwise_each_time() -> None:
    scene = scene_of("easy", 6)
    found = [example.grey for example in examples(scene) if example.digits]
    assert len(found) >= EACH * len(scene.lines)
    assert len({grey.tobytes() for grey in found}) == len(found)

"""The harvest keeps the glyphs that the eye cuts out of a drawn scene."""

from __future__ import annotations

import numpy as np
import pytest

from appliance.learning.crops import NONE, Crops
from appliance.learning.harvest import harvest
from appliance.network.recogniser import Recogniser
from appliance.network.spotter import Spotter
from appliance.scenes import Difficulty, Scene, generate


def scene_of(kind: Difficulty, seed: int, digits: str | None = None) -> Scene:
    return generate(np.random.default_rng([33, seed]), kind, (480, 640), digits)


def crops_of(scene: Scene) -> Crops:
    return harvest(scene, Spotter.load().spot, Recogniser.load().recognise)


@pytest.fixture(scope="module")
def written() -> Crops:
    return crops_of(scene_of("easy", 4, "305"))


def test_crops_are_glyphs_with_a_label_each(written: Crops) -> None:
    assert len(written.glyphs) == len(written.labels) > 0
    assert written.glyphs.shape[1:] == (28, 28)
    assert written.glyphs.dtype == np.float32
    assert written.glyphs.min() >= 0
    assert written.glyphs.max() <= 1


def test_the_digits_that_were_written_are_found_and_no_others(written: Crops) -> None:
    assert {3, 0, 5} == set(written.labels.tolist()) - {NONE}
    assert all(glyph.max() > 0.9 for glyph in written.glyphs[written.labels != NONE])


def test_a_scene_without_digits_has_none() -> None:
    scenes = (scene_of("negative", seed) for seed in range(8))
    labels = np.concatenate([crops_of(scene).labels for scene in scenes])
    assert len(labels)
    assert (labels == NONE).all()


def test_the_same_scene_gives_the_same_crops(written: Crops) -> None:
    again = crops_of(scene_of("easy", 4, "305"))
    np.testing.assert_array_equal(again.glyphs, written.glyphs)

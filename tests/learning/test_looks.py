"""The harvest labels what the eye cuts out by what was drawn; the detector learns from it."""

from __future__ import annotations

import numpy as np
import pytest

from appliance.errors import ApplianceError
from appliance.learning.crops import Crops, joined
from appliance.learning.detecting import PAPER, detector_trainer
from appliance.learning.harvest import NOT_A_DIGIT, harvest
from appliance.scenes import Difficulty, generate
from appliance.vision.patch import CHANNELS, GLANCE

SIZE = (480, 640)


def crops_of(kind: Difficulty, seed: int = 4, digits: str | None = None, most: int = 24) -> Crops:
    scene = generate(np.random.default_rng([33, seed]), kind, SIZE, digits)
    return joined(harvest(scene, np.random.default_rng(seed), most))


@pytest.fixture(scope="module")
def written() -> Crops:
    return crops_of("easy", digits="305")


def test_crops_are_pictures_with_a_label_each(written: Crops) -> None:
    assert len(written.patches) == len(written.writing) > 0
    assert len(written.glyphs) == len(written.labels) > 0
    assert written.patches.shape[1:] == (GLANCE, GLANCE, CHANNELS)
    assert written.patches.dtype == np.uint8
    assert written.glyphs.shape[1:] == (28, 28)
    assert written.glyphs.dtype == np.float32
    assert written.glyphs.min() >= 0
    assert written.glyphs.max() <= 1
    assert written.labels.min() >= 0
    assert written.labels.max() <= NOT_A_DIGIT


def test_the_digits_that_were_written_are_found_and_no_others(written: Crops) -> None:
    assert written.writing.any()
    assert not written.writing.all()
    assert {3, 0, 5} == set(written.labels.tolist()) - {NOT_A_DIGIT}


def test_digits_joined_or_parted_wrongly_are_not_digits(written: Crops) -> None:
    assert NOT_A_DIGIT in written.labels


def test_a_scene_without_digits_has_clutter_alone() -> None:
    crops = crops_of("negative", seed=7)
    assert len(crops.patches)
    assert not crops.writing.any()
    assert (crops.labels == NOT_A_DIGIT).all()


def test_clutter_is_thinned_and_writing_kept() -> None:
    little, much = (crops_of("easy", digits="305", most=most) for most in (2, 1000))
    assert little.writing.sum() == much.writing.sum()
    assert len(little.patches) < len(much.patches)
    first, second = (np.sort(crops.labels[crops.labels < 10]) for crops in (little, much))
    assert np.array_equal(first, second)


def test_the_same_scene_and_generator_give_the_same_crops(written: Crops) -> None:
    again = crops_of("easy", digits="305")
    assert np.array_equal(again.patches, written.patches)
    assert np.array_equal(again.labels, written.labels)


def patches(count: int = 120, share: float = 0.1) -> Crops:
    """Writing is a bright stroke on paper, clutter is bare; far apart."""
    random = np.random.default_rng(4)
    writing = random.random(count) < share
    grey = np.rint(np.array(PAPER) * 255).astype(np.uint8)
    pictures = np.broadcast_to(grey, (count, 28, 28, 3)).copy()
    pictures[writing, 8:20, 12:16, 0] = 170
    none = np.zeros((0, 28, 28), np.float32)
    return Crops(pictures, writing, none, np.zeros(0, np.int64))


def test_the_detector_learns_writing_that_is_rare() -> None:
    trainer = detector_trainer(patches(share=0.1), epochs=3, seed=1)
    labels = trainer.training.labels
    assert np.mean(labels == 1) > 0.25, "writing is repeated"
    for _ in trainer.run():
        pass
    inked = patches().patches.astype(np.float32) / 255
    logits = trainer.best.folded().predict(inked)
    assert np.mean((logits[:, 1] > logits[:, 0]) == patches().writing) > 0.9


@pytest.mark.parametrize("count", [0, 1])
def test_too_little_to_learn_from_is_told(count: int) -> None:
    with pytest.raises(ApplianceError):
        detector_trainer(patches(count), epochs=1, seed=1)

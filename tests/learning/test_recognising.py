"""The recogniser learns from windows what they show and where."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from appliance.errors import TrainingError
from appliance.learning.crops import NONE
from appliance.learning.recognising import (
    LAYERS,
    PLAN,
    Recognising,
    recogniser_trainer,
    window_loss,
)
from appliance.learning.windows import SIDE, Example
from appliance.network.network import from_specs
from appliance.network.recogniser import CLASSES, Recogniser

QUICK = replace(PLAN, epochs=4, batch_size=24, warm_up=0.5)
ONES, ZEROS, OTHERS = 5, 5, 16


def window(label: int, random: np.random.Generator) -> Example:
    """An upright stroke for a 1, a box for a 0, a level stroke for none; on grey paper."""
    grey = random.normal(180, 4, (SIDE, SIDE))
    if label == 1:
        grey[48:80, 62:66] = 40
    if label == 0:
        grey[48:80, 54:74] = 40
        grey[53:75, 59:69] = 180
    if label == NONE:
        grey[60:68, 30:98] = 40
    width = {1: 0.125, 0: 0.625, NONE: 0.0}[label]
    return Example(grey.clip(0, 255).astype(np.uint8), label, width)


@pytest.fixture(scope="module")
def scenes() -> list[list[Example]]:
    random = np.random.default_rng(6)
    labels = [1] * ONES + [0] * ZEROS + [NONE] * OTHERS
    return [[window(label, random) for label in labels] for _ in range(4)]


def test_the_layers_give_an_output_for_each_class() -> None:
    network = from_specs(LAYERS, np.random.default_rng(1))
    assert network.forward(np.zeros((2, 48, 48, 1), np.float32)).shape == (2, len(CLASSES))


@pytest.mark.parametrize("smoothing", [0.0, 0.02])
def test_the_gradient_is_that_of_the_loss(smoothing: float) -> None:
    random = np.random.default_rng(2)
    outputs = random.normal(0, 1, (5, len(CLASSES)))
    labels = np.array([3, NONE, 0, 9, NONE])
    offsets = random.normal(0, 1, (5, 4))
    offsets[0] = outputs[0, 11:] + [0.05, -0.03, 0.2, 0.01]
    _, gradient = window_loss(outputs, labels, offsets, smoothing)
    for place in np.ndindex(outputs.shape):
        losses = []
        for step in (1e-6, -1e-6):
            moved = outputs.copy()
            moved[place] += step
            losses.append(window_loss(moved, labels, offsets, smoothing)[0])
        assert gradient[place] == pytest.approx((losses[0] - losses[1]) / 2e-6, abs=1e-8)


def test_offsets_count_for_digits_alone() -> None:
    outputs, labels = np.zeros((2, len(CLASSES))), np.array([NONE, 4])
    far = np.full((2, 4), 2.0)
    loss, gradient = window_loss(outputs, labels, far)
    near, _ = window_loss(outputs, labels, np.array([[2.0] * 4, [0.0] * 4]))
    assert loss > near == pytest.approx(np.log(11))
    assert not gradient[0, 11:].any()
    assert (gradient[1, 11:] < 0).all()


def test_an_epoch_shows_all_digits_and_as_many_others(scenes: list[list[Example]]) -> None:
    examples = [example for scene in scenes for example in scene]
    task, random = Recognising(examples, [], 0.0), np.random.default_rng(7)
    first, second = (task.order(random) for _ in range(2))
    assert len(first) == len(task) == 80
    labels = np.array([example.label for example in examples])
    for order in (first, second):
        assert len(set(order.tolist())) == 80
        assert np.bincount(labels[order]).tolist() == [20, 20, *[0] * 8, 40]
    assert set(first.tolist()) != set(second.tolist())


def test_training_lowers_the_loss(scenes: list[list[Example]]) -> None:
    trainer = recogniser_trainer(scenes, replace(QUICK, epochs=8, averaging=0.9), seed=1)
    assert (len(trainer.task), trainer.task.held_out) == (60, 26)
    steps = list(trainer.run())
    assert [s.accuracy is None for s in steps] == [True, False] * 8
    assert steps[-1].loss < 0.5 * steps[1].loss
    assert trainer.best_accuracy > 0.8


def test_training_is_the_same_each_time(scenes: list[list[Example]]) -> None:
    plan = replace(QUICK, epochs=1, threads=2)
    first, second = (recogniser_trainer(scenes, plan, seed=2) for _ in range(2))
    assert list(first.run()) == list(second.run())
    for ours, theirs in zip(first.best.parameters(), second.best.parameters(), strict=True):
        np.testing.assert_array_equal(ours, theirs)


def test_the_shipped_recogniser_is_trained_on(scenes: list[list[Example]]) -> None:
    start = Recogniser.load().weights.network
    before = [array.copy() for array in start.parameters()]
    trainer = recogniser_trainer(scenes, replace(QUICK, epochs=1), start=start)
    list(trainer.run())
    assert trainer.best.specs() == start.specs()
    moved = [np.any(a != b) for a, b in zip(trainer.best.parameters(), before, strict=True)]
    assert all(moved)


def test_divergence_is_told(scenes: list[list[Example]]) -> None:
    trainer = recogniser_trainer(scenes, QUICK)
    trainer.network.layers[-1].parameters["bias"][5] = 100
    with pytest.raises(TrainingError, match="diverged in epoch 1"):
        list(trainer.run())


@pytest.mark.parametrize("count", [0, 1, 3])
def test_without_digits_there_is_nothing_to_learn(count: int, scenes: list[list[Example]]) -> None:
    none = [[example for example in scene if example.label == NONE] for scene in scenes]
    with pytest.raises(TrainingError, match="draw more"):
        recogniser_trainer(none[:count])


def test_without_windows_to_judge_by_nothing_is_learnt(scenes: list[list[Example]]) -> None:
    with pytest.raises(TrainingError, match="draw more"):
        recogniser_trainer([*scenes[:2], []])


def test_more_threads_than_windows_to_judge_by(scenes: list[list[Example]]) -> None:
    trainer = recogniser_trainer([*scenes[:2], scenes[2][:1]], replace(QUICK, epochs=1, threads=2))
    assert trainer.task.held_out == 1
    assert [step.accuracy for step in trainer.run()][-1] in {0, 1}

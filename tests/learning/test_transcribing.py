"""The transcriber learns from strips which digits stand in them."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest

from appliance.errors import TrainingError
from appliance.learning.strips import Example
from appliance.learning.transcribing import (
    AT_ONCE,
    LAYERS,
    PLAN,
    Transcribing,
    transcriber_trainer,
)
from appliance.network.network import from_specs
from appliance.values import AROUND, COLUMN, STRIP_HEIGHT

QUICK = replace(PLAN, epochs=12, batch_size=16, warm_up=1.0, averaging=0.9, learning_rate=4e-3)


def strip(digits: tuple[int, ...], random: np.random.Generator) -> Example:
    """An upright stroke for a 1, a ring for a 0, on grey paper."""
    columns = 14 + 5 * len(digits)
    grey = random.normal(180, 4, (STRIP_HEIGHT, columns * COLUMN + 2 * AROUND))
    page = grey.clip(0, 255).astype(np.uint8)
    for place, digit in enumerate(digits):
        x = AROUND + (9 + 5 * place) * COLUMN
        if digit == 1:
            cv2.line(page, (x, 8), (x, 28), 40, 3)
        else:
            cv2.ellipse(page, (x, 18), (6, 10), 0, 0, 360, 40, 3)
    return Example(page, digits)


@pytest.fixture(scope="module")
def scenes() -> list[list[Example]]:
    random = np.random.default_rng(6)
    texts = [(1,), (0,), (1, 0), (0, 1), (1, 1), (0, 0), (), ()]
    return [[strip(text, random) for text in texts] for _ in range(24)]


def examples(scenes: list[list[Example]]) -> list[Example]:
    return [example for scene in scenes for example in scene]


@pytest.mark.parametrize("columns", [1, 7, 40])
def test_there_is_an_answer_for_each_column(columns: int) -> None:
    network = from_specs(LAYERS, np.random.default_rng(1))
    strips = np.zeros((2, STRIP_HEIGHT, columns * COLUMN + 2 * AROUND, 1), np.float32)
    assert network.forward(strips).shape == (2, 1, columns, 11)


def test_an_epoch_shows_all_lines_and_some_of_the_empty_strips(
    scenes: list[list[Example]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("appliance.learning.transcribing.EMPTY", 0.25)
    task, random = Transcribing(examples(scenes), []), np.random.default_rng(7)
    order = task.order(random)
    empty = sum(not examples(scenes)[i].digits for i in order)
    assert len(set(order.tolist())) == len(order) == len(task)
    assert empty == 0.25 * 6 * 24
    assert len(task) == 6 * 24 + empty


def test_strips_of_like_length_are_shown_together(scenes: list[list[Example]]) -> None:
    many = examples(scenes)
    order = Transcribing(many, []).order(np.random.default_rng(7))
    lengths = np.array([many[i].grey.shape[1] for i in order])
    whole = lengths[: len(lengths) // AT_ONCE * AT_ONCE].reshape(-1, AT_ONCE)
    assert np.ptp(whole, axis=1).sum() <= np.ptp(lengths)


def test_training_teaches_to_read_lines(scenes: list[list[Example]]) -> None:
    trainer = transcriber_trainer(scenes, QUICK, seed=1)
    steps = [step for step in trainer.run() if step.accuracy is not None]
    assert steps[-1].loss < 0.5 * steps[0].loss
    assert trainer.best_accuracy > 0.6


def test_training_is_the_same_each_time(scenes: list[list[Example]]) -> None:
    plan = replace(QUICK, epochs=1, threads=2)
    first, second = (transcriber_trainer(scenes, plan, seed=2) for _ in range(2))
    assert list(first.run()) == list(second.run())
    for ours, theirs in zip(first.best.parameters(), second.best.parameters(), strict=True):
        np.testing.assert_array_equal(ours, theirs)


def test_too_few_scenes_are_told(scenes: list[list[Example]]) -> None:
    with pytest.raises(TrainingError, match="draw more"):
        transcriber_trainer(scenes[:1])
    empty = [[example for example in scene if not example.digits] for scene in scenes]
    with pytest.raises(TrainingError, match="draw more"):
        transcriber_trainer(empty)

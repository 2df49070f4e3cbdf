"""The spotter's targets are what was drawn, and it learns from them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from appliance.errors import TrainingError
from appliance.learning.spotting import (
    COLUMNS,
    HEIGHT,
    LAYERS,
    PLAN,
    ROWS,
    WIDTH,
    Views,
    gathered,
    spotter_trainer,
    view_of,
)
from appliance.network.network import from_specs
from appliance.network.spotter import CELL, CHANNELS, CLASSES, SQUARE
from appliance.scenes import Difficulty, Scene, generate

QUICK = replace(PLAN, epochs=4, batch_size=2, warm_up=0.5)


def scene_of(kind: Difficulty, seed: int = 4, size: tuple[int, int] = (HEIGHT, WIDTH)) -> Scene:
    return generate(np.random.default_rng([44, seed]), kind, size)


@pytest.fixture(scope="module")
def views() -> Views:
    kinds: tuple[Difficulty, ...] = ("easy", "medium", "easy", "page", "easy", "easy")
    return gathered((view_of(scene_of(kind, i)) for i, kind in enumerate(kinds)), len(kinds))


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("kind", ["easy", "medium", "page"])
def test_cores_lie_in_the_digits_boxes(kind: Difficulty, seed: int) -> None:
    scene = scene_of(kind, seed)
    _, targets = view_of(scene)
    cores = targets[..., 1]
    assert cores.any()
    assert set(np.unique(cores)) == {0, 255}
    rows, columns = np.nonzero(cores)
    x, y, near = (columns + 0.5) * CELL, (rows + 0.5) * CELL, 1.5 * CELL
    inside = np.zeros(len(rows), bool)
    for box in scene.boxes:  # a core may overlap a small box by a cell
        near_x = (x > box.x - near) & (x < box.x + box.width + near)
        near_y = (y > box.y - near) & (y < box.y + box.height + near)
        wide = box.height // 4  # narrow digits' cores are wider than they are
        near_x |= np.abs(x - box.x - box.width / 2) < wide
        inside |= near_x & near_y
    assert inside.all()
    whole = [b for b in scene.boxes if b.x >= 0 and b.y >= 0]
    whole = [b for b in whole if b.x + b.width < WIDTH and b.y + b.height < HEIGHT]
    for box in whole:
        middle = box.x + box.width / 2, box.y + box.height / 2
        assert cores[int(middle[1]) // CELL, int(middle[0]) // CELL], "each digit has one"


def test_ink_is_where_it_was_drawn() -> None:
    scene = scene_of("easy")
    grey, targets = view_of(scene)
    assert grey.shape == (HEIGHT, WIDTH)
    assert grey.dtype == targets.dtype == np.uint8
    expected = scene.ink.reshape(ROWS, CELL, COLUMNS, CELL).max(axis=(1, 3))
    np.testing.assert_array_equal(targets[..., 0], expected)
    assert targets[..., 0].any()


@pytest.mark.parametrize("size", [(720, 1280), (640, 480), (500, 500), (240, 320)])
def test_other_sizes_are_fitted_in(size: tuple[int, int]) -> None:
    scene = scene_of("easy", 5, size)
    grey, targets = view_of(scene)
    assert grey.shape == (HEIGHT, WIDTH)
    assert targets.shape == (ROWS, COLUMNS, 2)
    assert targets[..., 0].max() > 80
    assert targets[..., 1].any()
    ink, core = targets[..., 0] > 80, targets[..., 1] > 0
    assert ink[np.ix_(core.any(axis=1), core.any(axis=0))].any(), "they lie on each other"


def test_without_digits_there_is_nothing_to_find() -> None:
    assert not view_of(scene_of("negative"))[1].any()


def test_the_layers_answer_for_each_cell() -> None:
    network = from_specs(LAYERS, np.random.default_rng(1))
    answers = network.forward(np.zeros((2, 16, 24, CHANNELS), np.float32))
    assert answers.shape == (2, 16 * SQUARE // CELL, 24 * SQUARE // CELL, len(CLASSES))


def test_training_lowers_the_loss(views: Views) -> None:
    trainer = spotter_trainer(views, replace(QUICK, epochs=10), seed=1)
    steps = list(trainer.run())
    assert len(trainer.task) == 5
    assert trainer.task.held_out == 1
    assert [(s.epoch, s.batch) for s in steps] == [(e, b) for e in range(1, 11) for b in (1, 2)]
    assert [s.accuracy is None for s in steps] == [True, False] * 10
    losses = [step.loss for step in steps if step.accuracy is not None]
    assert sum(losses[-2:]) < 0.8 * sum(losses[:2])
    assert 0 <= trainer.best_accuracy <= 1


def test_training_is_the_same_each_time(views: Views) -> None:
    plan = replace(QUICK, epochs=1, threads=2)
    first, second = (spotter_trainer(views, plan, seed=2) for _ in range(2))
    assert list(first.run()) == list(second.run())
    for ours, theirs in zip(first.best.parameters(), second.best.parameters(), strict=True):
        np.testing.assert_array_equal(ours, theirs)


def test_a_folded_network_is_trained_on(views: Views) -> None:
    start = from_specs(LAYERS, np.random.default_rng(3)).folded()
    before = [array.copy() for array in start.parameters()]
    trainer = spotter_trainer(views, replace(QUICK, epochs=1, learning_rate=1e-4), start=start)
    list(trainer.run())
    assert trainer.best.specs() == start.specs()
    moved = [np.any(a != b) for a, b in zip(trainer.best.parameters(), before, strict=True)]
    assert all(moved)


def test_divergence_is_told(views: Views) -> None:
    trainer = spotter_trainer(views, QUICK)
    trainer.network.layers[-2].parameters["bias"][...] = 100
    with pytest.raises(TrainingError, match="diverged in epoch 1"):
        list(trainer.run())


def test_one_view_is_too_few(views: Views) -> None:
    with pytest.raises(TrainingError, match="at least two"):
        spotter_trainer(views[:1])

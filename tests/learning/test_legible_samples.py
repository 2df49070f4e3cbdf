"""Which of MNIST's digits are drawn: those that another pen leaves legible."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from appliance.errors import DatasetError
from appliance.learning.samples import is_legible, read_samples
from appliance.network.classifier import Classifier
from appliance.scenes.strokes import Stroke

WIDTH = 0.1


def line(*points: tuple[float, float]) -> Stroke:
    ends = np.array(points)
    t = np.linspace(0, len(ends) - 1, 40)
    x, y = (np.interp(t, np.arange(len(ends)), ends[:, i]) for i in (0, 1))
    return np.column_stack([x, y, np.full(40, WIDTH)])


SEVEN = [line((0.0, 0.0), (0.6, 0.0), (0.2, 1.0))]
CROSSED = [*SEVEN, line((0.15, 0.5), (0.6, 0.5))]


@pytest.fixture(scope="module")
def classifier() -> Classifier:
    return Classifier.load()


@pytest.mark.parametrize("seven", [SEVEN, CROSSED])
def test_a_seven_is_a_seven_and_nothing_else(classifier: Classifier, seven: list[Stroke]) -> None:
    assert [digit for digit in range(10) if is_legible(classifier, seven, digit)] == [7]


def test_where_strokes_stand_does_not_matter(classifier: Classifier) -> None:
    moved = [stroke + np.array([-3.0, 5.0, 0.0]) for stroke in SEVEN]
    assert is_legible(classifier, moved, 7)


def test_a_loop_that_the_pen_fills_is_none(classifier: Classifier) -> None:
    angles = np.linspace(0, 2 * np.pi, 40)
    ring = np.column_stack([0.4 * np.cos(angles), 0.5 * np.sin(angles), np.full(40, WIDTH)])
    assert is_legible(classifier, [ring], 0)
    assert not is_legible(classifier, [ring + np.array([0.0, 0.0, 0.9])], 0)


def test_nearly_all_of_mnist_is_legible_in_a_fine_and_in_a_broad_pen(shared: Path) -> None:
    samples = read_samples(shared / "mnist")
    for pen in (0.04, 0.16):
        written = [samples.write(np.random.default_rng(n), n % 10, pen) for n in range(60)]
        assert sum(map(bool, written)) >= 58


def test_a_folder_without_mnist_is_named(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match=str(tmp_path)):
        read_samples(tmp_path)

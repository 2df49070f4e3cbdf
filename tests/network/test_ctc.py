"""Connectionist temporal classification: chances of texts, and their gradient."""

from __future__ import annotations

from itertools import groupby, product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.network.ctc import Logarithms, ctc_loss, log_likelihoods, log_softmax, most_likely

NONE = 2


def says(columns: int, seed: int = 0) -> Logarithms:
    """What a network might say of columns with two classes."""
    return log_softmax(np.random.default_rng(seed).normal(0, 2, (columns, NONE + 1)))


def spelt(way: tuple[int, ...]) -> tuple[int, ...]:
    """What a way through the columns stands for."""
    return tuple(kind for kind, _ in groupby(way) if kind != NONE)


def every_text(answers: Logarithms) -> dict[tuple[int, ...], float]:
    """The chance of each text: the sum of those of all ways."""
    chances: dict[tuple[int, ...], float] = {}
    for way in product(range(NONE + 1), repeat=len(answers)):
        text = spelt(way)
        chance = float(np.exp(answers[range(len(way)), way].sum()))
        chances[text] = chances.get(text, 0.0) + chance
    return chances


@pytest.mark.parametrize("columns", [1, 2, 5])
def test_a_texts_chance_is_that_of_all_its_ways(columns: int) -> None:
    answers = says(columns)
    chances = every_text(answers)
    assert sum(chances.values()) == pytest.approx(1)
    for text, chance in chances.items():
        assert np.exp(log_likelihoods([answers], [text])[0]) == pytest.approx(chance)


def test_the_chances_of_many_texts_are_told_at_once() -> None:
    texts = [(0, 1), (), (1, 1, 0), (0,)]
    answers = [says(columns, seed) for seed, columns in enumerate((6, 3, 5, 1))]
    together = log_likelihoods(answers, texts)
    alone = [log_likelihoods([a], [text])[0] for a, text in zip(answers, texts, strict=True)]
    assert together == pytest.approx(alone, abs=1e-12)


@pytest.mark.parametrize("text", [(0, 0), (0, 1, 0), (1, 0, 1, 0)])
def test_a_text_too_long_for_the_columns_has_no_chance(text: tuple[int, ...]) -> None:
    assert log_likelihoods([says(2)], [text])[0] == -np.inf


def test_the_loss_is_the_mean_of_the_likelihoods() -> None:
    logits = np.random.default_rng(3).normal(0, 1, (3, 6, NONE + 1))
    columns, texts = np.array([6, 4, 5]), [(0, 1), (), (1, 1, 0)]
    loss, _ = ctc_loss(logits, columns, texts)
    answers = [log_softmax(row)[:count] for row, count in zip(logits, columns, strict=True)]
    assert loss == pytest.approx(-np.mean(log_likelihoods(answers, texts)))


@given(
    seed=st.integers(0, 1000),
    columns=st.lists(st.integers(1, 6), min_size=1, max_size=3),
    texts=st.lists(st.lists(st.integers(0, 1), max_size=3), min_size=3, max_size=3),
)
def test_the_gradient_is_that_of_the_loss(
    seed: int, columns: list[int], texts: list[list[int]]
) -> None:
    logits = np.random.default_rng(seed).normal(0, 1, (len(columns), max(columns), NONE + 1))
    lengths, texts = np.array(columns), texts[: len(columns)]
    _, gradient = ctc_loss(logits, lengths, texts)
    for place in np.ndindex(logits.shape):
        losses = []
        for step in (1e-6, -1e-6):
            moved = logits.copy()
            moved[place] += step
            losses.append(ctc_loss(moved, lengths, texts)[0])
        assert gradient[place] == pytest.approx((losses[0] - losses[1]) / 2e-6, abs=1e-7)


def test_what_cannot_be_spelt_counts_for_nothing() -> None:
    logits = np.random.default_rng(4).normal(0, 1, (2, 3, NONE + 1))
    columns = np.array([3, 3])
    alone, _ = ctc_loss(logits[:1], columns[:1], [(0,)])
    loss, gradient = ctc_loss(logits, columns, [(0,), (1, 1, 1)])
    assert loss == pytest.approx(alone)
    assert not gradient[1].any()


def test_the_most_likely_way_spells_classes_and_tells_where() -> None:
    answers = np.log(
        [
            [0.1, 0.1, 0.8],
            [0.6, 0.1, 0.3],
            [0.9, 0.05, 0.05],
            [0.2, 0.7, 0.1],
            [0.1, 0.1, 0.8],
            [0.1, 0.8, 0.1],
        ]
    )
    assert most_likely(answers) == [(0, 2), (1, 3), (1, 5)]
    assert most_likely(answers[:1]) == []

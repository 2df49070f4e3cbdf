"""Networks that see grey frames train alike with any number of threads, and the best is kept."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import pytest

from appliance.errors import TrainingError
from appliance.learning.fitting import fitter, judged_in_threads
from appliance.network.layers import Array, Spec
from appliance.network.losses import mean_squared_error
from appliance.network.network import Network, from_specs
from appliance.network.training import Numbers, Plan, Trainer

LAYERS: Sequence[Spec] = [{"kind": "Dense", "inputs": 3, "outputs": 2}]
INPUTS = np.random.default_rng(1).normal(0, 1, (48, 3)).astype(np.float32)
TARGETS = INPUTS[:, :2] - INPUTS[:, 1:]


class Sums:
    """Learn two sums of numbers. verdicts: losses that are told of the epochs, in turn."""

    held_out, clueless, least_share, advice = 2, 5.0, 1, "another rate"

    def __init__(self, verdicts: Sequence[float] = ()) -> None:
        self._verdicts = iter(verdicts)

    def __len__(self) -> int:
        return len(INPUTS)

    def order(self, random: np.random.Generator) -> Numbers:
        return random.permutation(len(self))

    def loss(
        self, network: Network, chosen: Numbers, random: np.random.Generator
    ) -> tuple[float, Array]:
        outputs = network.forward(INPUTS[chosen], training=True)
        return mean_squared_error(outputs, TARGETS[chosen])

    def samples(self, chance: np.random.Generator, random: np.random.Generator) -> Iterator[Array]:
        yield INPUTS

    def judged(self, network: Network, threads: int) -> tuple[float, float]:
        loss = next(self._verdicts, 0.0)
        return loss, loss


def training(task: Sums, epochs: int, threads: int = 1, rate: float = 0.05) -> Trainer:
    network = from_specs(LAYERS, np.random.default_rng(2))
    plan = Plan(epochs=epochs, batch_size=12, learning_rate=rate, averaging=0.5, threads=threads)
    return fitter(network, task, plan, seed=0)


@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("rate", [1e6, 1e30, 1e38])
def test_divergence_is_said_once(rate: float, threads: int) -> None:
    """numpy's warnings on the way are errors here."""
    with pytest.raises(TrainingError, match=r"diverged in epoch 1.* with another rate$"):
        list(training(Sums(), 3, threads, rate).run())


def test_it_learns() -> None:
    losses = [step.loss for step in training(Sums(), 30).run()]
    assert losses[-1] < 0.05 * losses[0]


def test_threads_change_nothing_but_the_rounding() -> None:
    alone, together = (training(Sums(), 5, threads) for threads in (1, 3))
    for one, other in zip(alone.run(), together.run(), strict=True):
        assert one.loss == pytest.approx(other.loss, rel=1e-4)
    for ours, theirs in zip(alone.best.parameters(), together.best.parameters(), strict=True):
        np.testing.assert_allclose(ours, theirs, atol=1e-4)


def test_the_best_epoch_is_kept() -> None:
    fitted = training(Sums([0.5, 0.2, 0.4]), 3)
    kept, told = [], []
    for step in fitted.run():
        if step.accuracy is not None:
            told.append(step.accuracy)
            kept.append([array.copy() for array in fitted.best.parameters()])
    assert told == pytest.approx([0.5, 0.2, 0.4])
    assert fitted.best_accuracy == pytest.approx(0.2)
    first, second, third = kept
    assert not np.array_equal(first[0], second[0])
    np.testing.assert_array_equal(second[0], third[0])


def test_an_epoch_that_gets_nothing_right_has_learnt_all_the_same() -> None:
    fitted = training(Sums([0.0]), 1)
    assert not fitted.has_learnt
    list(fitted.run())
    assert fitted.has_learnt
    assert fitted.best_accuracy == 0


def test_threads_share_what_is_judged_and_none_judges_nothing() -> None:
    judged: list[list[int]] = []

    def judge(network: Network, chosen: Numbers) -> tuple[float, int, int]:
        judged.append(chosen.tolist())
        return float(chosen.sum()), len(chosen), 2 * len(chosen)

    network = from_specs(LAYERS, np.random.default_rng(2))
    assert judged_in_threads(judge, 2, network, 3) == (0.5, 0.5)
    assert sorted(judged) == [[0], [1]]

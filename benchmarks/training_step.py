"""How much of the machine's matrix product rate a training step reaches, and where its time goes.

    OPENBLAS_NUM_THREADS=1 python benchmarks/training_step.py [RECIPE]

One thread, medians. Counted are the multiplications and additions of the layers' products alone.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from collections.abc import Callable

import numpy as np

from appliance.network.convolution import Convolution
from appliance.network.layers import Dense
from appliance.network.losses import softmax_cross_entropy
from appliance.network.network import Network
from appliance.network.optimizers import Adam
from appliance.network.recipes import RECIPES, Recipe
from benchmarks.score import in_a_sentence

ROUNDS = 21
SQUARE = 1024


def median_seconds(action: Callable[[], object]) -> float:
    """Time the action; the first run, which fills caches, doesn't count."""
    action()
    times = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        action()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def operations(network: Network, glyphs: np.ndarray) -> float:
    """Floating-point operations of a training step: forward, by weights, by inputs."""
    total, values, first = 0.0, glyphs, True
    for layer in network.layers:
        outputs = layer.forward(values, training=True)
        if isinstance(layer, Dense | Convolution):
            weights = layer.parameters["weights"]
            products = 2.0 * weights.size * outputs.size / weights.shape[-1]
            total += products * (2 if first else 3)
            first = False
        values = outputs
    return total


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("name", nargs="?", default="default", choices=RECIPES, metavar="RECIPE")
    name = parser.parse_args().name
    recipe = RECIPES[name]
    if not isinstance(recipe, Recipe):
        sys.exit(f"{name} is one of the book's recipes; name a modern one")
    random = np.random.default_rng(0)
    network, optimizer = recipe.network(0), Adam()
    size = recipe.plan.batch_size
    glyphs = random.random((size, 28, 28), np.float32)
    labels = random.integers(0, 10, size)

    def step() -> None:
        logits = network.forward(glyphs, training=True)
        network.backward(softmax_cross_entropy(logits, labels)[1])
        optimizer.step(network.parameters(), network.gradients(), 1e-3)

    square = random.random((SQUARE, SQUARE), np.float32)
    product = np.empty_like(square)
    rate = 2 * SQUARE**3 / median_seconds(lambda: np.matmul(square, square, out=product))
    seconds = median_seconds(step)
    reached = operations(network, glyphs) / seconds
    augmenting = median_seconds(lambda: recipe.augment(glyphs, random))
    print(f"matrix product of {SQUARE}x{SQUARE}: {rate / 1e9:.0f} GFLOP/s")
    print(f"step of {name}, {size} glyphs: {seconds * 1e3:.1f} ms, {reached / 1e9:.0f} GFLOP/s,")
    print(f"  {reached / rate:.0%} of that; augmentation {augmenting * 1e3:.1f} ms")


if __name__ == "__main__":
    with in_a_sentence("training_step"):
        main()

"""Which way of explaining an answer points at the pixels that matter?

    OPENBLAS_NUM_THREADS=1 python benchmarks/evidence.py MNIST_FOLDER [WEIGHTS]

The pixels that each way ranks first are blanked, on the last glyphs of the training file. The
better the ranking, the more the answer's lead over the runner-up falls and the more answers change.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

import numpy as np

from appliance.network.datasets import read_mnist
from appliance.network.explain import explain
from appliance.network.layers import Array
from appliance.network.network import Network
from appliance.network.weights import load
from benchmarks.score import in_a_sentence

GLYPHS = 60
BLANKED = (10, 30)
Way = Callable[[Network, Array], Array]


def two_best(network: Network, glyph: Array) -> tuple[int, int]:
    """Return the answer and the runner-up."""
    runner_up, answer = np.argsort(network.forward(glyph[None])[0, :10])[-2:]
    return int(answer), int(runner_up)


def leads(network: Network, glyphs: Array, answer: int, runner_up: int) -> Array:
    """How far the answer's logit is above the runner-up's: (N,)."""
    logits = network.predict(glyphs)
    lead: Array = logits[:, answer] - logits[:, runner_up]
    return lead


def at_random(network: Network, glyph: Array) -> Array:
    """Rank by chance."""
    return np.random.default_rng(0).random(glyph.shape)


def gradient_times_input(network: Network, glyph: Array) -> Array:
    """Rank by the slope at the glyph itself: integrated gradients with one step, at its end."""
    answer, runner_up = two_best(network, glyph)
    gradient = np.zeros_like(network.forward(glyph[None], training=True))
    gradient[0, [answer, runner_up]] = 1, -1
    slope: Array = network.backward(gradient, to_inputs=True)[0]
    return slope * glyph


def occlusion(network: Network, glyph: Array) -> Array:
    """Rank by what blanking the 3x3 pixels around costs."""
    covered = np.repeat(glyph[None], glyph.size, axis=0)
    for index, (y, x) in enumerate(np.ndindex(*glyph.shape)):
        covered[index, max(0, y - 1) : y + 2, max(0, x - 1) : x + 2] = 0
    pair = two_best(network, glyph)
    return leads(network, glyph[None], *pair) - leads(network, covered, *pair).reshape(glyph.shape)


WAYS: dict[str, Way] = {
    "by chance": at_random,
    "gradient x input": gradient_times_input,
    "3x3 occlusion": occlusion,
    "integrated gradients": lambda network, glyph: explain(network, glyph).together,
}


def main() -> None:
    """Print for each way how much the lead falls and how many answers change."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="with MNIST's training files")
    parser.add_argument("weights", type=Path, nargs="?", help="default: the shipped ones")
    options = parser.parse_args()
    images = read_mnist(options.folder)
    network = load(options.weights).network.folded()
    for name, way in WAYS.items():
        for count in BLANKED:
            falls, changed = [], 0
            for glyph in images.glyphs[-GLYPHS:]:
                pair = two_best(network, glyph)
                ink = np.flatnonzero(glyph)
                blanked = glyph.copy()
                blanked.ravel()[ink[np.argsort(-way(network, glyph).ravel()[ink])[:count]]] = 0
                lead = leads(network, np.stack([glyph, blanked]), *pair)
                falls.append(lead[0] - lead[1])
                changed += two_best(network, blanked)[0] != pair[0]
            print(f"{name}, {count} blanked: lead falls by {np.mean(falls):.1f}, "
                  f"{changed} of {GLYPHS} answers change", flush=True)  # fmt: skip


if __name__ == "__main__":
    with in_a_sentence("evidence"):
        main()

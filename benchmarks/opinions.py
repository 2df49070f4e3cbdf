"""How much does each network's opinion count? The constants of `opinions.py`.

    OPENBLAS_NUM_THREADS=1 python benchmarks/opinions.py [--scenes 400] [--seed 905] [--mnist DIR]

Reads drawn scenes and keeps, with the truth, what the networks say of every spot that the reader
judges. Logistic regression on the opinions' log-odds tells whether there is a digit, a weighted
product of two distributions which one. Prints the constants, the loss with and without the
recogniser, and how often what is so sure is right.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from unittest.mock import patch

import numpy as np
from numpy.typing import NDArray
from rich.progress import track
from scipy.optimize import minimize

from appliance import sight
from appliance.app import load_reader
from appliance.cli.drawing import KINDS, drawn
from appliance.learning.crops import NONE
from appliance.learning.truth import label_of
from appliance.opinions import judge
from appliance.reader import Reader
from appliance.scenes import Scene
from appliance.values import Frame, Prediction
from appliance.vision.odds import LEAST, chances_of, log_odds
from appliance.vision.spots import Spots
from benchmarks.score import in_a_sentence

STEPS = (0.3, 0.5, 0.7, 0.8, 0.9, 0.95, 0.98, 1.0)
Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class Judged:
    """What was said of a spot, and what it is: 0..9 or NONE."""

    shape: Prediction
    spot: Spots
    label: int


def main() -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(description="Fit the constants of the opinions.")
    parser.add_argument("--scenes", type=int, default=400)
    parser.add_argument("--seed", type=int, default=905)
    parser.add_argument("--mnist", type=Path)
    options = parser.parse_args()
    reader, spots = load_reader(), list[Judged]()
    for number in track(range(options.scenes), description="scenes"):
        mnist = options.mnist if number // len(KINDS) % 2 else None  # each kind in both hands
        read(reader, drawn(options.seed, number, mnist)[0], spots)
    report(spots)


def read(reader: Reader, scene: Scene, spots: list[Judged]) -> None:
    """Read a scene, keep what is said."""

    def listen(shape: Prediction, spot: Spots) -> Prediction:
        label = label_of(spot, scene)
        if label is not None:
            spots.append(Judged(shape, spot, label))
        return judge(shape, spot)

    with patch.object(sight, "judge", listen):
        reader.read(Frame(scene.frame))


def report(told: Sequence[Judged]) -> None:
    """Fit, and print what came out."""
    if not told:
        print("no spots: draw more scenes")
        return
    glyphs = np.stack([one.shape.probabilities for one in told]) + LEAST
    says = np.stack([one.spot.says[0] for one in told]) + LEAST
    labels = np.array([one.label for one in told])
    shapes = log_odds(np.array([1 - one.shape.not_a_digit for one in told]))
    opinions = np.column_stack([shapes, log_odds(1 - says[:, -1]), np.ones(len(told))])

    def loss(weights: Numbers) -> float:
        which, sure = judged(weights)
        right = sure * which[np.arange(len(labels)), np.minimum(labels, 9)]
        return float(-np.log(np.where(labels < NONE, right, 1 - sure) + 1e-9).mean())

    def judged(weights: Numbers) -> tuple[Numbers, Numbers]:
        which = weights[0] * np.log(glyphs) + weights[1] * np.log(says[:, :10])
        shares = np.exp(which - which.max(axis=1, keepdims=True))
        return shares / shares.sum(axis=1, keepdims=True), chances_of(opinions @ weights[2:])

    def without(some: Numbers) -> float:
        return loss(np.array([some[0], 0.0, some[1], 0.0, some[2]]))

    fitted = minimize(loss, [0.3, 1.0, 0.1, 1.0, -2.0], method="L-BFGS-B")
    alone = minimize(without, [0.8, 0.4, -2.0], method="L-BFGS-B")
    print(f"{len(told)} spots, {np.mean(labels < NONE):.0%} of them digits")
    print(f"GLYPH, WINDOW, SHAPE, SPOT, PRIOR = {np.round(fitted.x, 2).tolist()}")
    print(f"loss {fitted.fun:.3f}, without the recogniser {alone.fun:.3f}")
    which, sure = judged(fitted.x)
    top, right = sure * which.max(axis=1), which.argmax(axis=1) == labels
    for low, high in pairwise(STEPS):
        chosen = (top > low) & (top <= high)
        if chosen.any():
            share = right[chosen].mean()
            print(f"  sure {low:.2f} to {high:.2f}: {chosen.sum()}, right {share:.1%}")


if __name__ == "__main__":
    with in_a_sentence("opinions"):
        main()

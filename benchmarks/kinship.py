"""How alike are digits of one hand, and clutter beside them? The constants of `vision/kinship.py`.

    OPENBLAS_NUM_THREADS=1 python benchmarks/kinship.py [--scenes 240] [--seed 999]

Of all spots in drawn scenes every digit is paired with every other spot of about its height.
Logistic regression, by Newton's method, tells from the differences between the two whether the
other one is a digit, too; without the share of such pairs what it says is a likelihood ratio.
Prints the constants and how well they tell.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from itertools import permutations

import numpy as np
from numpy.typing import NDArray
from rich.progress import track

from appliance.learning.crops import NONE
from appliance.learning.truth import label_of, polarity_of
from appliance.network.recogniser import Recogniser
from appliance.network.spotter import Spotter
from appliance.scenes import Difficulty, Scene, generate
from appliance.sight import SEEN
from appliance.values import Frame
from appliance.vision import eye
from appliance.vision.cutting import cut_out
from appliance.vision.kinship import LEAST
from appliance.vision.odds import chances_of

KINDS: tuple[Difficulty, ...] = ("easy", "medium", "hard")
UNLIKE, FARTHEST = 2.6, 1.2
"""Heights of a pair differ by less than this factor; larger log differences count as this."""

Numbers = NDArray[np.float64]


def main() -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(description="Fit the constants of vision/kinship.py.")
    parser.add_argument("--scenes", type=int, default=240)
    parser.add_argument("--seed", type=int, default=999)
    options = parser.parse_args()
    rows = list[Numbers]()
    for _, scene, seen in recognised(KINDS, options.scenes, options.seed):
        rows += pairs(scene, seen)
    same = np.array([row[-1] > 0 for row in rows])
    if not same.any() or same.all():
        print("too few pairs of digits, or of a digit and clutter: draw more scenes")
        return
    apart = np.array(rows)[:, :-1]
    weights = regression(np.column_stack([np.ones(len(apart)), apart]), same)
    prior = np.log(same.mean() / (1 - same.mean()))
    ratio = weights[0] - prior + apart @ weights[1:]
    print(f"{len(same)} pairs, {same.mean():.0%} of one hand")
    print(f"ALIKE = {weights[0] - prior:.1f}, UNLIKE = {np.round(-weights[1:], 1).tolist()}")
    for name, chosen in (("one hand", same), ("clutter", ~same)):
        parts = np.round(np.quantile(ratio[chosen], [0.03, 0.1, 0.5, 0.9, 0.97]), 1)
        print(f"{name}: ratio of 3, 10, 50, 90, 97 % of the pairs below {parts.tolist()}")


def recognised(
    kinds: Sequence[Difficulty], scenes: int, seed: int
) -> Iterator[tuple[Difficulty, Scene, eye.View]]:
    """Scenes of some kinds in turns, with what the recogniser sees in them."""
    spotter, recogniser = Spotter.load(), Recogniser.load()
    for number in track(range(scenes), description="scenes"):
        kind = kinds[number % len(kinds)]
        scene = generate(np.random.default_rng([seed, number]), kind)
        seen = eye.spotted(eye.view(Frame(scene.frame)), spotter.spot)
        yield kind, scene, eye.recognised(seen, recogniser.recognise)


def pairs(scene: Scene, seen: eye.View) -> Iterator[Numbers]:
    """Log differences of each pair in what `kinship` compares; 1 if both are digits."""
    polarity, logs, digits = polarity_of(seen, scene), [], []
    for index, place in enumerate(seen.spots.places):
        label = label_of(seen.spots[[index]], scene)
        cut = cut_out(seen.levels, place * seen.scale, polarity, seen.noise)
        if label is not None and cut.strength and seen.spots.sure[index] > SEEN:
            logs.append(np.log(np.maximum(cut.traits(place[3]), LEAST)))
            digits.append(label != NONE)
    for one, two in permutations(range(len(digits)), 2):
        apart = np.abs(logs[one] - logs[two])
        if digits[one] and apart[0] < np.log(UNLIKE):
            yield np.append(np.minimum(apart, FARTHEST), digits[two])


def regression(
    inputs: Numbers, answers: NDArray[np.bool_], prior: Numbers | float = 0.0
) -> Numbers:
    """Weights of the logistic regression; a little decay keeps them finite.

    prior: log-odds that are known already, to which the weighted inputs are added.
    """
    weights = np.zeros(inputs.shape[1])
    for _ in range(30):
        chances = chances_of(prior + inputs @ weights)
        slope = inputs.T @ (answers - chances) - 1e-3 * weights
        curve = (inputs * (chances * (1 - chances))[:, None]).T @ inputs
        curve += 1e-3 * np.eye(len(weights))
        weights = weights + np.linalg.solve(curve, slope)
    return np.asarray(weights, np.float64)


if __name__ == "__main__":
    main()

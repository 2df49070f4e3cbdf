"""How much does each network's opinion count? The constants of `spelling.py`.

    OPENBLAS_NUM_THREADS=1 python benchmarks/opinions.py [--scenes 400] [--seed 905] [--mnist DIR]

Reads drawn scenes and keeps what the networks say of every candidate that the looks cut out, and of
every spot that the recogniser sees, with the truth. Logistic regression on the opinions' log-odds
tells whether it is a digit, a weighted product of two distributions which one. Prints the
constants (the reader's PRIOR is another: see `spelling.py`), the loss with and without the
recogniser, and how often what is so sure is right.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from unittest.mock import patch

import numpy as np
from numpy.typing import NDArray
from rich.progress import track
from scipy.optimize import minimize

from appliance import glimpse, reader
from appliance.app import load_reader
from appliance.cli.drawing import drawn
from appliance.learning.harvest import label_of, polarity_of
from appliance.scenes import Scene
from appliance.spelling import LEAST, Lattice, judge, log_odds
from appliance.values import Frame, Prediction
from appliance.vision import eye
from appliance.vision.eye import Page
from appliance.vision.segmentation import Candidate
from appliance.vision.spots import Spots

NO_DIGIT = 10
SAME, OTHER = 0.5, 0.3
"""A spot this much alike to a digit's box is that digit; no more than the second, it is none."""

STEPS = (0.3, 0.5, 0.7, 0.8, 0.9, 0.95, 0.98, 1.0)
Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class Told:
    """What was said of one thing, and what it is: 0..9 or NO_DIGIT."""

    prediction: Prediction
    writing: float | None
    spot: Spots | None
    label: int


def main() -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(description="Fit the constants of spelling.py.")
    parser.add_argument("--scenes", type=int, default=400)
    parser.add_argument("--seed", type=int, default=905)
    parser.add_argument("--mnist", type=Path)
    options = parser.parse_args()
    told: list[Told] = []
    recording = Recording(told)
    for number in track(range(options.scenes), description="scenes"):
        mnist = options.mnist if number % 2 else None
        recording.read(drawn(options.seed, number, mnist)[0])
    looked = [one for one in told if one.writing is not None]
    alone = [one for one in told if one.writing is None]
    report("candidates", looked, "GLYPH, WINDOW, SHAPE, SPOT, PRIOR, UNSEEN, INK")
    report("spots", alone, "GLYPH, WINDOW, SHAPE_ALONE, SPOT_ALONE, PRIOR_ALONE")


class Recording:
    """A reader whose networks' opinions are kept."""

    def __init__(self, told: list[Told]) -> None:
        self._reader, self._told = load_reader(), told

    def read(self, scene: Scene) -> None:
        """Read a scene, keep what is said."""
        labels = self._labels(scene)

        def listen(writing: float | None, prediction: Prediction, spot: Spots | None) -> Prediction:
            label = next(labels) if writing is not None else spot_label(spot, scene)
            if label is not None:
                self._told.append(Told(prediction, writing, spot, label))
            return judge(writing, prediction, spot)

        spell, self._candidates = self._reader._spell, list[tuple[Candidate, Page]]()

        def watch(ways: Sequence[Lattice], page: Page, seen: eye.View) -> object:
            self._candidates += [(c, page) for way in ways for c in way.candidates]
            return spell(ways, page, seen)

        with (
            patch.object(reader, "judge", listen),
            patch.object(glimpse, "judge", listen),
            patch.object(self._reader, "_spell", watch),
        ):
            self._reader.read(Frame(scene.frame))

    def _labels(self, scene: Scene) -> Iterator[int | None]:
        """What each candidate is, in the order in which they are judged."""
        polarity = polarity_of(eye.view(Frame(scene.frame)), scene) if scene.lines else None
        number = 0
        while True:
            candidate, page = self._candidates[number]
            right = page.ink.polarity == polarity
            yield label_of(candidate, page, scene) if right else NO_DIGIT
            number += 1


def spot_label(spot: Spots | None, scene: Scene) -> int | None:
    """The digit that stands in a spot, NO_DIGIT, or None where it is hard to say."""
    if spot is None or not scene.boxes:
        return NO_DIGIT
    digits = [int(digit) for line in scene.lines for digit in line]
    shares = [float(spot.alike(box)[0]) for box in scene.boxes]
    best = int(np.argmax(shares))
    if shares[best] < OTHER:
        return NO_DIGIT
    return digits[best] if shares[best] > SAME else None


def report(name: str, told: Sequence[Told], names: str) -> None:
    """Fit, and print what came out."""
    if not told:
        print(f"no {name}: draw more scenes")
        return
    glyphs = np.stack([one.prediction.probabilities for one in told]) + LEAST
    unseen = np.full(11, 1 / 11)
    says = np.stack([one.spot.says[0] if one.spot else unseen for one in told]) + LEAST
    labels = np.array([one.label for one in told])
    seen = np.array([one.spot is not None for one in told])
    opinions = np.column_stack(
        [
            log_odds(np.array([1 - one.prediction.not_a_digit for one in told])),
            np.where(seen, log_odds(1 - says[:, -1]), 0),
            np.ones(len(told)),
            ~seen,
            log_odds(np.array([0.5 if one.writing is None else one.writing for one in told])),
        ]
    )

    def loss(weights: Numbers) -> float:
        which, sure = judged(weights)
        right = sure * which[np.arange(len(labels)), np.minimum(labels, 9)]
        return float(-np.log(np.where(labels < NO_DIGIT, right, 1 - sure) + 1e-9).mean())

    def judged(weights: Numbers) -> tuple[Numbers, Numbers]:
        which = weights[0] * np.log(glyphs) + weights[1] * np.log(says[:, :10])
        shares = np.exp(which - which.max(axis=1, keepdims=True))
        sure = 1 / (1 + np.exp(-opinions @ weights[2:]))
        return shares / shares.sum(axis=1, keepdims=True), sure

    def without(some: Numbers) -> float:
        return loss(np.array([some[0], 0.0, some[1], 0.0, some[2], 0.0, some[3]]))

    start = np.array([0.3, 1.0, 0.3, 0.6, -4.0, -4.0, 0.3])
    fitted = minimize(loss, start, method="L-BFGS-B")
    alone = minimize(without, [0.8, 0.4, -4.0, 0.5], method="L-BFGS-B")
    print(f"{len(told)} {name}, {np.mean(labels < NO_DIGIT):.0%} of them digits")
    print(f"{names} = {np.round(fitted.x, 2).tolist()[: names.count(',') + 1]}")
    print(f"loss {fitted.fun:.3f}, without the recogniser {alone.fun:.3f}")
    which, sure = judged(fitted.x)
    top, right = sure * which.max(axis=1), which.argmax(axis=1) == labels
    for low, high in pairwise(STEPS):
        chosen = (top > low) & (top <= high)
        if chosen.any():
            print(
                f"  sure {low:.2f} to {high:.2f}: {chosen.sum()}, right {right[chosen].mean():.1%}"
            )


if __name__ == "__main__":
    main()

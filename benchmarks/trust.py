"""How likely is a reading right as a whole? The constants of `trust.py`.

    OPENBLAS_NUM_THREADS=1 python benchmarks/trust.py [--mnist DIR] [--jobs 2]

Reads drawn scenes and keeps the signs of each look that sees a line, with the truth: of both looks
where there are two, as the present constants ask for.
Logistic regression tells from the signs whether it is right. Prints the constants, the loss with
and without each sign, and how many readings are right and wrong from a trust on.
"""

from __future__ import annotations

import argparse
from functools import cache, partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from appliance.cli.drawing import drawn, each, require_samples
from appliance.network.classifier import Classifier
from appliance.network.recogniser import Recogniser
from appliance.network.spotter import Spotter
from appliance.reader import Reader
from appliance.sight import Sight
from appliance.trust import signs
from appliance.values import Frame
from appliance.vision.eye import View
from appliance.vision.odds import chances_of

NAMES = (
    "always", "least sure digit", "unread", "other", "no other", "twice", "middle", "digits",
)  # fmt: skip
LEVELS = (0.5, 0.6, 0.7, 0.75, 0.8, 0.82, 0.85, 0.9)
DECAY = 1e-4
Numbers = NDArray[np.float64]


def main() -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(description="Fit the constants of trust.py.")
    parser.add_argument("--scenes", type=int, default=9000)
    parser.add_argument("--seed", type=int, default=178)
    parser.add_argument("--mnist", type=Path)
    parser.add_argument("--jobs", type=int, default=2)
    options = parser.parse_args()
    require_samples(options.mnist)
    work = partial(looks, options.seed, options.mnist)
    found = [look for one in each(work, options.scenes, options.jobs) for look in one]
    report(np.array([row for row, _ in found]), np.array([right for _, right in found]))


class Listening(Reader):
    """A reader that keeps what it sees."""

    seen: list[Sight]

    def _look(self, seen: View) -> Sight:
        sight = super()._look(seen)
        self.seen.append(sight)
        return sight


def looks(seed: int, mnist: Path | None, number: int) -> list[tuple[Numbers, bool]]:
    """Read a scene; returns each look's signs, and whether its digits are the scene's."""
    scene, reader = drawn(seed, number, mnist if number % 2 else None)[0], _reader()
    reader.seen = []
    reader.read(Frame(scene.frame))
    return [(signs(sight), sight.text == scene.text) for sight in reader.seen if sight.lines]


@cache
def _reader() -> Listening:
    return Listening(Classifier.load(), Spotter.load(), Recogniser.load())


def fitted(rows: Numbers, right: NDArray[np.bool_], without: int = 0) -> tuple[Numbers, float]:
    """The shares, and the loss with them; without: the number of a sign that counts for nothing."""

    def loss(shares: Numbers) -> float:
        wrong = np.logaddexp(0, np.where(right, -1, 1) * (rows @ shares))
        return float(wrong.mean() + DECAY * np.sum(shares[1:] ** 2))

    bounds: list[tuple[float | None, float | None]] = [(None, None)] * rows.shape[1]
    if without:
        bounds[without] = (0, 0)
    found = minimize(loss, np.zeros(rows.shape[1]), method="L-BFGS-B", bounds=bounds)
    return np.asarray(found.x, np.float64), float(found.fun)


def report(rows: Numbers, right: NDArray[np.bool_]) -> None:
    """Fit, and print what came out."""
    if not len(rows):
        print("no lines: draw more scenes")
        return
    shares, loss = fitted(rows, right)
    print(f"{len(rows)} looks, {right.mean():.1%} of them right")
    print(f"SHARES = {tuple(np.round(shares, 2).tolist())}, loss {loss:.4f}")
    for index, name in enumerate(NAMES[1:], 1):
        print(f"  without {name}: {fitted(rows, right, index)[1]:.4f}")
    chances = chances_of(rows @ shares)
    for level in LEVELS:
        read = chances >= level
        print(
            f"  trusted from {level}: {(read & right).sum()} right, {(read & ~right).sum()} wrong"
        )


if __name__ == "__main__":
    main()

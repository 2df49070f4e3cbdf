"""How likely is a reading right as a whole? The constants of `trust.py`.

    OPENBLAS_NUM_THREADS=1 python benchmarks/trust.py [--scenes 1600] [--seed 178] [--mnist DIR]

Reads drawn scenes and keeps the signs of each in which the first look sees a line, with the truth.
Logistic regression tells from the signs whether it is right. Prints the constants, the loss with
and without each sign, and how many readings are right and wrong from a trust on.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from unittest.mock import patch

import numpy as np
from numpy.typing import NDArray
from rich.progress import track
from scipy.optimize import minimize

from appliance import reader as reading
from appliance.app import load_reader
from appliance.cli.drawing import drawn
from appliance.reader import Reader
from appliance.scenes import Scene
from appliance.sight import Sight
from appliance.trust import signs, trust
from appliance.values import Frame
from appliance.vision.odds import chances_of

NAMES = ("always", "least sure digit", "unread", "other", "no other")
LEVELS = (0.5, 0.6, 0.65, 0.7, 0.75, 0.8, 0.9)
DECAY = 1e-4
Numbers = NDArray[np.float64]


def main() -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(description="Fit the constants of trust.py.")
    parser.add_argument("--scenes", type=int, default=1600)
    parser.add_argument("--seed", type=int, default=178)
    parser.add_argument("--mnist", type=Path)
    options = parser.parse_args()
    reader, rows, right = load_reader(), list[Numbers](), list[bool]()
    for number in track(range(options.scenes), description="scenes"):
        mnist = options.mnist if number % 2 else None
        read(reader, drawn(options.seed, number, mnist)[0], rows, right)
    report(np.array(rows), np.array(right))


def read(reader: Reader, scene: Scene, rows: list[Numbers], right: list[bool]) -> None:
    """Read a scene, keep its signs and whether its digits are the scene's."""

    def listen(sight: Sight) -> float:
        if sight.lines:
            rows.append(signs(sight))
            right.append(sight.text == scene.text)
        return trust(sight)

    with patch.object(reading, "trust", listen):
        reader.read(Frame(scene.frame))


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
    print(f"{len(rows)} readings, {right.mean():.1%} of them right")
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

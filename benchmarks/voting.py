"""One frame against the vote over several, on sequences of drawn scenes.

    python benchmarks/voting.py --scenes 200 --seed 3

Each scene is drawn once; its frames differ in light, noise, blur, shift and roll, as those of a
sheet in a hand do. Prints how many are read exactly, and how many wrong answers are shown as read.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Iterator
from typing import Any, cast

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from appliance.app import load_reader
from appliance.scenes import Difficulty, generate
from appliance.values import Frame, Reading
from appliance.watcher import Watcher
from benchmarks.score import in_a_sentence

KINDS = ("easy", "medium", "hard", "negative")

Pixels = NDArray[np.uint8]


def main() -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scenes", type=int, default=200, help="how many sequences")
    parser.add_argument("--seed", type=int, default=3, help="of scenes and frames")
    options = parser.parse_args()
    counts: Counter[tuple[str, str, str]] = Counter()
    for number, kind, outcomes, frames in outcomes_of(options.scenes, options.seed):
        counts.update((kind, way, outcome) for way, outcome in outcomes.items())
        counts[kind, "vote", "frames"] += frames
        counts[kind, "", "scenes"] += 1
        print(f"\r{number + 1}", end="", file=sys.stderr)
    print(report(counts))


def outcomes_of(scenes: int, seed: int) -> Iterator[tuple[int, str, dict[str, str], int]]:
    """Number, kind, outcome of one frame, in a hurry and of the vote, and the vote's frames."""
    counting = Counting(load_reader())
    watcher = Watcher(counting)
    for number in range(scenes):
        kind = KINDS[number % len(KINDS)]
        scene = generate(np.random.default_rng([seed, number]), cast(Difficulty, kind))
        frames = list(jittered(scene.frame, np.random.default_rng([seed, number, 1]), 5))
        one = counting.read(frames[0])
        hurry = watcher.read(frames, hurry=True)
        counting.count = 0
        vote = watcher.read(frames)
        said = {"one frame": one, "hurry": hurry, "vote": vote}
        yield number, kind, {k: outcome(r, scene.text) for k, r in said.items()}, counting.count


class Counting:
    """A reader that counts the frames."""

    def __init__(self, reader: Any) -> None:
        self._reader = reader
        self.count = 0

    def read(self, frame: Frame) -> Reading:
        """Read the digits in a frame."""
        self.count += 1
        reading: Reading = self._reader.read(frame)
        return reading


def jittered(pixels: Pixels, random: Generator, count: int) -> Iterator[Frame]:
    """Frames of the same sheet: shifted up to 3 pixels, rolled up to 1 degree, lit and blurred."""
    height, width = pixels.shape[:2]
    for _ in range(count):
        rolled = cv2.getRotationMatrix2D((width / 2, height / 2), random.uniform(-1, 1), 1.0)
        matrix = np.asarray(rolled, np.float64)
        matrix[:, 2] += random.uniform(-3, 3, 2)
        moved = cv2.warpAffine(pixels, matrix, (width, height), borderMode=cv2.BORDER_REPLICATE)
        blurred = cv2.GaussianBlur(moved, (0, 0), random.uniform(0.3, 1.5))
        lit = np.asarray(blurred, np.float64) * random.uniform(0.85, 1.15) + random.uniform(-8, 8)
        noisy = lit + random.normal(0, random.uniform(0.5, 4), pixels.shape)
        yield Frame(np.clip(noisy, 0, 255).astype(np.uint8))


def outcome(reading: Reading, truth: str) -> str:
    """`exact`, `wrong` (shown as read) or `refused`, which is exact where there are no digits."""
    if reading.status == "read":  # lines run together, as in `score`
        said, truth = (text.replace("\n", "") for text in (reading.text, truth))
        return "exact" if said == truth and truth else "wrong"
    return "refused" if truth else "exact"


def report(counts: Counter[tuple[str, str, str]]) -> str:
    """A line for each kind and way, shares in percent."""
    lines = [f"{'kind':10}{'way':12}{'exact':>8}{'wrong':>8}{'refused':>9}"]
    for kind in KINDS:
        scenes = max(1, counts[kind, "", "scenes"])
        for way in ("one frame", "hurry", "vote"):
            shares = [100 * counts[kind, way, o] / scenes for o in ("exact", "wrong", "refused")]
            lines.append("{:10}{:12}{:8.1f}{:8.1f}{:9.1f}".format(kind, way, *shares))
        lines.append(f"{'':10}frames a vote: {counts[kind, 'vote', 'frames'] / scenes:.2f}")
    return "\n".join(lines)


if __name__ == "__main__":
    with in_a_sentence("voting"):
        main()

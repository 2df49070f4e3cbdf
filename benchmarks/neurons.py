"""The teaching network of neurons and links on MNIST: 784-15-10, one pass over 10,000 images.

    python benchmarks/neurons.py MNIST_FOLDER [--seeds 2]

Pure Python: one to two minutes for each seed. Counted on the first 2,000 test images.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path
from random import Random

from appliance.network.datasets import read_mnist
from appliance.network.neurons import Network
from benchmarks.score import in_a_sentence

TRAINING, TEST = 10_000, 2_000


def main() -> None:
    """Train, count and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seeds", type=int, default=2)
    arguments = parser.parse_args()
    data = read_mnist(arguments.folder)[:TRAINING]
    test = read_mnist(arguments.folder, "t10k")[:TEST]
    for seed in range(1, arguments.seeds + 1):
        network = Network((784, 15, 10), Random(seed))
        started = time.process_time()
        for glyph, label in zip(data.glyphs, data.labels, strict=True):
            network.learn(glyph.ravel().tolist(), [float(digit == label) for digit in range(10)])
        seconds = time.process_time() - started
        right = 0
        for glyph, label in zip(test.glyphs, test.labels, strict=True):
            answer = network.query(glyph.ravel().tolist())
            right += answer.index(max(answer)) == label
        print(f"seed {seed}: {right / TEST:.2%} right, {seconds:.0f} s of training", flush=True)


if __name__ == "__main__":
    with in_a_sentence("neurons"):
        main()

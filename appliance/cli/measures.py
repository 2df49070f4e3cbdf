"""What `digit-appliance bench` measures, each in a fresh process with one thread for arithmetic.

    python -m appliance.cli.measures reading picture.png

prints the answer as JSON. A process of its own has a peak memory of its own, and the number of
threads is fixed when numpy and OpenCV are loaded.
"""

from __future__ import annotations

import json
import statistics
import sys
import time
import warnings
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from appliance.network.datasets import Dataset

SCENES = 40
"""Drawn scenes that `reading` reads; of eight, the median varied by half with the seed."""

ROUNDS = 5
"""Readings of each scene; passes through the data of each trainer."""

EXAMPLES, BATCH, HIDDEN = 60_000, 64, 200
"""One epoch of the seed's network, on as many glyphs as MNIST has."""

MOMENTA = {"plain": (0.0, False), "momentum": (0.9, False), "nesterov": (0.9, True)}
"""Gradient descent by name: its momentum, and whether it is Nesterov's."""

DRAWN = 6000
"""Different ones among them; drawing takes 0.3 ms each."""


def picture(path: str) -> None:
    """Write a drawn scene, 1280x960, for the measurements that need a file."""
    import cv2

    from appliance.cameras.synthetic import Synthetic

    done, data = cv2.imencode(".jpg", Synthetic(seed=1, scenes="easy").capture().pixels)
    assert done
    Path(path).write_bytes(data.tobytes())


def reading() -> dict[str, float]:
    """Milliseconds to read one 1280x960 frame: median and 95th percentile over drawn scenes.

    Processor time of one thread: what it takes on a core that nobody else uses.
    """
    from appliance.app import load_reader
    from appliance.cameras.synthetic import Synthetic

    camera, reader = Synthetic(seed=1), load_reader()
    frames = [camera.capture() for _ in range(SCENES)]
    reader.read(frames[0])  # the first one also pays for what is loaded late
    times = [
        _seconds(partial(reader.read, frame), time.process_time)
        for _ in range(ROUNDS)
        for frame in frames
    ]
    return {
        "median": 1e3 * statistics.median(times),
        "p95": 1e3 * float(np.percentile(times, 95)),
        "frames": len(times),
    }


def epoch(optimizer: str) -> dict[str, float]:
    """Seconds of one epoch of 784-200-10 in batches of 64, ours and scikit-learn's, medians.

    Both do the same: float32, a logistic hidden layer, softmax, no L2 penalty, no held-out part,
    and Adam (what the recipes take, and scikit-learn's default), `plain` gradient descent, as the
    book has it, or that with `momentum` or `nesterov`. Processor time of the one thread, in turns,
    so that a busy machine slows both alike; building and drawing the first weights counts on both
    sides. Without scikit-learn only ours.
    """
    data = examples(EXAMPLES)
    ours, theirs = [], []
    rival = _scikit_learn(data, optimizer)
    for _ in range(ROUNDS):
        ours.append(_seconds(partial(_our_epoch, data, optimizer), time.process_time))
        if rival:
            theirs.append(_seconds(rival, time.process_time))
    result = {"ours": statistics.median(ours)}
    if theirs:
        result |= {"scikit-learn": statistics.median(theirs)}
        result["ratio"] = result["ours"] / result["scikit-learn"]
    return result


def examples(count: int) -> Dataset:
    """So many drawn digits, a few thousand different ones, with labels at random.

    A batch leaves as many pixels without ink as one of MNIST does, since training leaves those out:
    in batches of 64 there is ink in 501 (MNIST: 495), in batches of 200 in 550 (547).
    """
    from appliance.network.datasets import Dataset
    from appliance.network.deformation import Deformation
    from appliance.network.handwriting import draw_digits

    random = np.random.default_rng(1)
    drawn, _ = draw_digits(min(count, DRAWN), random)
    drawn = Deformation(translation=1)(drawn, random)
    chosen = random.integers(0, len(drawn), count)
    return Dataset(drawn[chosen], random.integers(0, 10, count))


def _our_epoch(data: Dataset, optimizer: str) -> None:
    from appliance.network.classification import Classification
    from appliance.network.layers import Dense, Flatten, Sigmoid
    from appliance.network.network import Network
    from appliance.network.optimizers import SGD, Adam
    from appliance.network.training import Plan, Trainer

    random = np.random.default_rng(2)
    network = Network(
        [Flatten(), Dense(784, HIDDEN, random=random), Sigmoid(), Dense(HIDDEN, 10, random=random)]
    )
    plan = Plan(epochs=1, batch_size=BATCH, learning_rate=1e-3, averaging=0.0)
    momentum, nesterov = MOMENTA.get(optimizer, (0.0, False))
    chosen = Adam() if optimizer == "adam" else SGD(momentum, nesterov=nesterov)
    for _ in Trainer(network, chosen, plan, Classification(data, data[:100])).run():
        pass


def _scikit_learn(data: Dataset, optimizer: str) -> Callable[[], object] | None:
    try:
        from sklearn.neural_network import MLPClassifier
    except ImportError:
        return None
    warnings.simplefilter("ignore")  # that one epoch isn't enough is known
    flat = data.glyphs.reshape(len(data), -1)
    momentum, nesterov = MOMENTA.get(optimizer, (0.0, False))
    solver = "adam" if optimizer == "adam" else "sgd"  # the momenta are for the latter only

    def run() -> None:
        MLPClassifier(
            (HIDDEN,), activation="logistic", batch_size=BATCH, max_iter=1, alpha=0.0,
            solver=solver, momentum=momentum, nesterovs_momentum=nesterov,
        ).fit(flat, data.labels)  # fmt: skip

    return run


def _seconds(work: Callable[[], object], clock: Callable[[], float] = time.perf_counter) -> float:
    began = clock()
    work()
    return clock() - began


if __name__ == "__main__":
    name, *arguments = sys.argv[1:]
    measurements: dict[str, Callable[..., object]] = {
        "picture": picture,
        "reading": reading,
        "epoch": epoch,
    }
    print(json.dumps(measurements[name](*arguments) or {}))

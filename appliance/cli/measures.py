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

import numpy as np
from numpy.typing import NDArray

SCENES = 8
"""Drawn scenes that `reading` reads."""

ROUNDS = 5
"""Readings of each scene; passes through the data of each trainer."""

EXAMPLES, BATCH, HIDDEN = 60_000, 64, 200
"""One epoch of the seed's network: MNIST's size, so the content doesn't matter for the time."""


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
    import cv2

    from appliance.app import load_reader
    from appliance.cameras.synthetic import Synthetic

    cv2.setNumThreads(1)
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


def epoch() -> dict[str, float]:
    """Seconds of one epoch of 784-200-10 in batches of 64, ours and scikit-learn's, medians.

    Both: float32, logistic hidden layer, softmax, momentum 0.9, no averaging of the weights.
    Processor time of the one thread, in turns, so that a busy machine slows both alike.
    Without scikit-learn only ours.
    """
    glyphs, labels = _examples()
    ours, theirs = [], []
    rival = _scikit_learn(glyphs, labels)
    for _ in range(3):
        ours.append(_seconds(_our_epoch(glyphs, labels), time.process_time))
        if rival:
            theirs.append(_seconds(rival, time.process_time))
    result = {"ours": statistics.median(ours)}
    if theirs:
        result |= {"scikit-learn": statistics.median(theirs)}
        result["ratio"] = result["ours"] / result["scikit-learn"]
    return result


def _examples() -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    random = np.random.default_rng(1)
    glyphs = random.random((EXAMPLES, 28, 28), np.float32)
    return glyphs, random.integers(0, 10, EXAMPLES)


def _our_epoch(glyphs: NDArray[np.float32], labels: NDArray[np.int64]) -> Callable[[], object]:
    from appliance.network.datasets import Dataset
    from appliance.network.layers import Dense, Flatten, Sigmoid
    from appliance.network.network import Network
    from appliance.network.optimizers import SGD
    from appliance.network.training import Plan, Trainer

    random = np.random.default_rng(2)
    network = Network(
        [Flatten(), Dense(784, HIDDEN, random=random), Sigmoid(), Dense(HIDDEN, 10, random=random)]
    )
    data, few = Dataset(glyphs, labels), Dataset(glyphs[:100], labels[:100])
    plan = Plan(epochs=1, batch_size=BATCH, learning_rate=1e-3, averaging=0.0)
    trainer = Trainer(network, SGD(0.9), plan, data, few)
    return lambda: sum(1 for _ in trainer.run())


def _scikit_learn(
    glyphs: NDArray[np.float32], labels: NDArray[np.int64]
) -> Callable[[], object] | None:
    try:
        from sklearn.neural_network import MLPClassifier
    except ImportError:
        return None
    warnings.simplefilter("ignore")  # that one epoch isn't enough is known
    flat = glyphs.reshape(len(glyphs), -1)

    def run() -> None:
        MLPClassifier(
            (HIDDEN,), activation="logistic", solver="sgd", batch_size=BATCH, max_iter=1
        ).fit(flat, labels)

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

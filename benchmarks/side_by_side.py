"""This project's network beside PyTorch, scikit-learn and onnxruntime: the same work, in one run.

    PYTHONPATH=. python benchmarks/side_by_side.py [--threads 1] [--json FILE]

Needs torch, scikit-learn, onnx, onnxruntime and threadpoolctl, which the project itself doesn't.
All contestants take turns, five rounds, and the medians are compared: whatever else the machine
does then hits all of them. With one thread processor time is compared, with more time by the wall,
which means something only on a machine that does nothing else. Inputs are drawn digits, whose
batches leave as many pixels without ink as MNIST's: ours leaves those out of the products.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import cast

import numpy as np
import torch
from export import to_onnx, to_torch
from onnxruntime import InferenceSession, SessionOptions
from sklearn.neural_network import MLPClassifier
from threadpoolctl import threadpool_limits

from appliance.cli.measures import examples
from appliance.network.classification import Classification
from appliance.network.datasets import Dataset
from appliance.network.deformation import Deformation
from appliance.network.layers import Dense
from appliance.network.network import Network
from appliance.network.optimizers import Adam
from appliance.network.recipes import RECIPES, Recipe
from appliance.network.training import Plan, Trainer

ROUNDS = 5
SQUARE = 1024
RATE = 1e-3
Action = Callable[[], object]

CONVOLUTIONAL = cast(Recipe, RECIPES["default"])
CONNECTED = Recipe(
    layers=(
        {"kind": "Flatten"},
        {"kind": "Dense", "inputs": 784, "outputs": 1200},
        {"kind": "ReLU"},
        {"kind": "Dense", "inputs": 1200, "outputs": 800},
        {"kind": "ReLU"},
        {"kind": "Dense", "inputs": 800, "outputs": 10},
    ),
    plan=Plan(epochs=1, batch_size=200),
    deformation=Deformation(),
)
"""Plain layers, without the batch normalisation of the recipe `mlp`, which scikit-learn lacks."""
Job = Callable[[Recipe, int, int], dict[str, float]]


def compare(
    actions: dict[str, Action], repeat: int = 1, clock: Callable[[], float] = time.perf_counter
) -> dict[str, float]:
    """Run all in turns after one warm-up each; median seconds of a call, by name."""
    times: dict[str, list[float]] = {name: [] for name in actions}
    for action in actions.values():
        action()
    for _ in range(ROUNDS):
        for name, action in actions.items():
            start = clock()
            for _ in range(repeat):
                action()
            times[name].append((clock() - start) / repeat)
    return {name: statistics.median(values) for name, values in times.items()}


def clock_for(workers: int) -> Callable[[], float]:
    """Processor time for one thread, which other programs don't lengthen; else time by the wall."""
    return time.process_time if workers == 1 else time.perf_counter


@contextmanager
def threads(blas: int, others: int) -> Iterator[None]:
    """Limit the threads of numpy's BLAS and of PyTorch."""
    torch.set_num_threads(others)
    with threadpool_limits(blas, user_api="blas"):
        yield


def train_ours(recipe: Recipe, data: Dataset, workers: int) -> Action:
    """One epoch of the recipe's network and batches by the project's own trainer."""
    plan = replace(recipe.plan, epochs=1, threads=workers, smoothing=0.0, averaging=0.0)

    def epoch() -> None:
        trainer = Trainer(recipe.network(0), Adam(), plan, Classification(data, data[:10]))
        with threads(1, 1):  # the trainer's own threads each take a part of the batch
            for progress in trainer.run():
                if progress.batch == progress.batches - 1:
                    break  # the last batch is followed by an evaluation, which isn't compared

    return epoch


def train_torch(recipe: Recipe, data: Dataset, workers: int) -> Action:
    """Do the same in PyTorch."""
    glyphs, labels = torch.from_numpy(data.glyphs), torch.from_numpy(data.labels)
    size = recipe.plan.batch_size

    def epoch() -> None:
        model = to_torch(recipe.network(0)).train()
        optimizer = torch.optim.AdamW(model.parameters(), RATE, weight_decay=0.0)
        with threads(workers, workers):
            order = torch.randperm(len(glyphs))
            for start in range(0, (len(order) // size - 1) * size, size):
                chosen = order[start : start + size]
                optimizer.zero_grad()
                loss = torch.nn.functional.cross_entropy(model(glyphs[chosen]), labels[chosen])
                loss.backward()
                optimizer.step()
                loss.item()

    return epoch


def train_sklearn(recipe: Recipe, data: Dataset, workers: int, dtype: type) -> Action:
    """Do the same in scikit-learn, which computes in the type of its inputs; no convolutions."""
    hidden = [layer["outputs"] for layer in recipe.layers if layer["kind"] == "Dense"][:-1]
    size = recipe.plan.batch_size
    kept = (len(data) // size - 1) * size
    flat = data.glyphs[:kept].reshape(kept, -1).astype(dtype)

    def epoch() -> None:
        with threads(workers, workers), warnings.catch_warnings():
            warnings.simplefilter("ignore")  # one epoch doesn't converge, and isn't meant to
            MLPClassifier(hidden, batch_size=size, max_iter=1, alpha=0.0).fit(
                flat, data.labels[:kept]
            )

    return epoch


def compare_training(recipe: Recipe, count: int, workers: int) -> dict[str, float]:
    """Train an epoch each; adds the share of the sgemm rate for fully connected networks."""
    data = examples(count)
    actions = {
        "ours": train_ours(recipe, data, workers),
        "torch": train_torch(recipe, data, workers),
    }
    connected = all(layer["kind"] != "Convolution" for layer in recipe.layers)
    if connected:
        actions["sklearn float32"] = train_sklearn(recipe, data, workers, np.float32)
        actions["sklearn float64"] = train_sklearn(recipe, data, workers, np.float64)
        actions["sgemm"] = matrix_products(workers)
    result = compare(actions, clock=clock_for(workers))
    if connected:
        steps = count // recipe.plan.batch_size - 1
        rate = 10 * 2 * SQUARE**3 / result.pop("sgemm")
        size = recipe.plan.batch_size
        done = operations(recipe.network(0), share_used(data, size)) * size * steps / result["ours"]
        result |= {"GFLOP/s of sgemm": rate / 1e9, "share of sgemm": done / rate}
    return with_ratios(result)


def matrix_products(workers: int) -> Action:
    """Ten products of float32 matrices in preallocated memory: the machine's sgemm rate."""
    square = np.random.default_rng(0).random((SQUARE, SQUARE), np.float32)
    product = np.empty_like(square)

    def multiply() -> None:
        with threads(workers, workers):
            for _ in range(10):
                np.matmul(square, square, out=product)

    return multiply


def operations(network: Network, used: float) -> float:
    """Floating-point operations of one example: forward, by weights, by inputs but the first.

    used: share of the first layer's inputs that are used in a batch; the rest are left out.
    """
    sizes = [x.parameters["weights"].size for x in network.layers if isinstance(x, Dense)]
    return 2.0 * (3 * sum(sizes[1:]) + 2 * used * sizes[0])


def share_used(data: Dataset, size: int) -> float:
    """Share of the pixels that hold ink somewhere in a batch of this size."""
    whole = data.glyphs[: len(data) // size * size].reshape(-1, size, 28, 28)
    return float(whole.any(axis=1).mean())


def compare_inference(recipe: Recipe, count: int, workers: int) -> dict[str, float]:
    """Give logits for so many glyphs: ours folded and frozen, PyTorch, onnxruntime."""
    network = recipe.network(0).folded().frozen()
    glyphs = examples(count).glyphs
    options = SessionOptions()
    options.intra_op_num_threads = workers
    session = InferenceSession(to_onnx(network), options, providers=["CPUExecutionProvider"])
    model, tensor = to_torch(network).eval(), torch.from_numpy(glyphs)

    def by_torch() -> torch.Tensor:
        with torch.inference_mode():
            return model(tensor)

    expected = network.predict(glyphs)
    for other in (session.run(None, {"glyphs": glyphs})[0], by_torch().numpy()):
        np.testing.assert_allclose(other, expected, atol=1e-4)
    with threads(1, workers):  # our own threads each take a part of the glyphs
        return with_ratios(
            compare(
                {
                    "ours": lambda: network.predict(glyphs, threads=workers),
                    "torch": by_torch,
                    "onnxruntime": lambda: session.run(None, {"glyphs": glyphs}),
                },
                repeat=200 // count,
                clock=clock_for(workers),
            )
        )


def with_ratios(result: dict[str, float]) -> dict[str, float]:
    """Add our time over each other's."""
    others = [
        name
        for name in ("torch", "sklearn float32", "sklearn float64", "onnxruntime")
        if name in result
    ]
    return result | {f"ratio to {name}": result["ours"] / result[name] for name in others}


def compare_imports() -> dict[str, float]:
    """Import numpy alone and appliance.network, in fresh interpreters."""

    def importing(names: str) -> Action:
        return lambda: subprocess.run([sys.executable, "-c", f"import {names}"], check=True)

    reading = "appliance.network.classifier, appliance.network.weights"
    imported = {
        "numpy": importing("numpy"),
        "ours": importing("appliance.network, numpy"),
        "all for reading": importing(reading),
    }
    result = compare(imported, repeat=3)
    return result | {
        "ratio to numpy": result["ours"] / result["numpy"],
        "ratio of all for reading": result["all for reading"] / result["numpy"],
    }


def main() -> None:
    """Measure with one thread and two, print a table, keep the numbers."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--threads", type=int, action="append", help="instead of 1 and 2")
    parser.add_argument("--json", help="file for the numbers")
    arguments = parser.parse_args()
    measured: dict[str, dict[str, float]] = {"import": compare_imports()}
    report("import", measured["import"])
    for workers in arguments.threads or [1, 2]:
        jobs: dict[str, tuple[Job, Recipe, int]] = {
            "training fully connected": (compare_training, CONNECTED, 12000),
            "training convolutional": (compare_training, CONVOLUTIONAL, 1280),
            "inference of 1 glyph": (compare_inference, CONVOLUTIONAL, 1),
            "inference of 32 glyphs": (compare_inference, CONVOLUTIONAL, 32),
        }
        for name, (job, recipe, count) in jobs.items():
            title = f"{name}, {workers} thread{'s' if workers > 1 else ''}"
            measured[title] = job(recipe, count, workers)
            report(title, measured[title])
    if arguments.json:
        with open(arguments.json, "w") as file:  # noqa: PTH123
            json.dump(measured, file, indent=1)


def report(title: str, result: dict[str, float]) -> None:
    """Print one comparison."""
    parts = []
    for name, value in result.items():
        plain = name.startswith(("ratio", "share", "GFLOP"))
        parts.append(f"{name} {value:.2f}" if plain else f"{name} {value * 1e3:.2f} ms")
    print(f"{title}: {', '.join(parts)}", flush=True)


if __name__ == "__main__":
    main()

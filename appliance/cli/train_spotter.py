"""`digit-appliance train-spotter`: train what says where in a frame digits are written."""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from itertools import repeat
from multiprocessing import get_context
from pathlib import Path

import click

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # before numpy is imported: see cli/train.py

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.progress import track

from appliance.cli.drawing import drawn
from appliance.cli.places import check_place
from appliance.cli.train import follow
from appliance.learning.spotting import AGAIN, PLAN, Views, gathered, spotter_trainer, view_of
from appliance.network import weights as weights_file
from appliance.network.spotter import CLASSES, Spotter
from appliance.network.weights import Weights

Pair = tuple[NDArray[np.uint8], NDArray[np.uint8]]


@click.command(
    epilog="Example: digit-appliance train-spotter --scenes 6400 --seed 601 --out spotter.npz"
)
@click.option("--scenes", default=6400, show_default=True, type=click.IntRange(2))
@click.option("--seed", default=601, show_default=True, type=click.IntRange(0))
@click.option(
    "--mnist",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Folder with MNIST's training files: half of the digits are taken from there.",
)
@click.option("--epochs", default=PLAN.epochs, show_default=True, type=click.IntRange(1))
@click.option("--jobs", default=2, show_default=True, type=click.IntRange(1), help="Processes.")
@click.option("--threads", default=2, show_default=True, type=click.IntRange(1))
@click.option(
    "--start", type=click.Path(path_type=Path), help="Go on from these weights, more slowly."
)
@click.option(
    "--out", required=True, type=click.Path(dir_okay=False, path_type=Path), help="File to write."
)
def train_spotter(
    *,
    scenes: int,
    seed: int,
    mnist: Path | None,
    epochs: int,
    jobs: int,
    threads: int,
    start: Path | None,
    out: Path,
) -> None:
    """Draw scenes and train the spotter on them; Ctrl-C keeps the best so far.

    Takes 350 kB of memory for each scene. The result depends on the seed, the number of scenes,
    MNIST, the threads and the weights of --start alone.
    """
    check_place(out)
    started = Spotter.load(start).weights.network if start else None
    plan = replace(AGAIN if start else PLAN, epochs=epochs, threads=threads)
    trainer = spotter_trainer(_views(scenes, seed, mnist, jobs), plan, seed, started)
    done = follow(trainer)
    about = {
        "data": f"{scenes} drawn scenes" + (", half of the digits MNIST's" if mnist else ""),
        "epochs": done,
        "seed": seed,
        "date": datetime.now(UTC).strftime("%Y-%m-%d"),
        "held_out": trainer.task.held_out,
        "cores_found": round(trainer.best_accuracy, 4),
        **({"start": start.name} if start else {}),
    }
    weights_file.save(out, Weights(trainer.best.folded(), 1.0, about, CLASSES), "float16")
    click.echo(f"{out}: {out.stat().st_size / 1000:.0f} kB")
    click.echo(f"digits' middles found: {trainer.best_accuracy:.2%}")


def _views(scenes: int, seed: int, mnist: Path | None, jobs: int) -> Views:
    # fresh processes: a forked one waits for ever for OpenCV's threads, which it doesn't inherit
    with ProcessPoolExecutor(jobs, get_context("spawn")) as pool:
        found = pool.map(_view, repeat(seed), range(scenes), repeat(mnist), chunksize=8)
        return gathered(_shown(found, scenes), scenes)


def _view(seed: int, number: int, mnist: Path | None) -> Pair:
    scene, _ = drawn(seed, number, mnist)
    return view_of(scene)


def _shown(found: Iterator[Pair], total: int) -> Iterator[Pair]:
    console = Console(stderr=True)
    yield from track(found, total=total, description="drawing", console=console)

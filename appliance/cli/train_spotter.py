"""`digit-appliance train-spotter`: train what says where in a frame digits are written."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import click
import numpy as np
from numpy.typing import NDArray

from appliance.cli.drawing import drawn, each, require_samples
from appliance.cli.fitting import Asked, fit, fitting_options
from appliance.cli.places import check_place
from appliance.learning.spotting import AGAIN, PLAN, gathered, spotter_trainer, view_of
from appliance.network.spotter import CLASSES, Spotter

Pair = tuple[NDArray[np.uint8], NDArray[np.uint8]]


@click.command(
    epilog="Example: digit-appliance train-spotter --scenes 6400 --seed 601 --out spotter.npz"
)
@fitting_options(scenes=6400, seed=601, epochs=PLAN.epochs)
def train_spotter(**given: Any) -> None:
    """Draw scenes and train the spotter on them.

    After the first epoch Ctrl-C keeps the best so far. Takes 0.9 MB of memory for each scene. The
    result depends on the seed, the number of scenes, MNIST, the threads and the weights of --start
    alone.
    """
    asked = Asked(**given)
    check_place(asked.out)
    require_samples(asked.mnist)
    started = Spotter.load(asked.start).weights.network if asked.start else None
    work = partial(_view, seed=asked.seed, mnist=asked.mnist)
    views = gathered(each(work, asked.scenes, asked.jobs), asked.scenes)
    trainer = spotter_trainer(views, asked.plan(PLAN, AGAIN), asked.seed, started)
    fit(trainer, asked, CLASSES, "middles found")


def _view(number: int, seed: int, mnist: Path | None) -> Pair:
    scene, _ = drawn(seed, number, mnist)
    return view_of(scene)

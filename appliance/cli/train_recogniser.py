"""`digit-appliance train-recogniser`: train what says which digit a window of the frame shows."""

from __future__ import annotations

from typing import Any

import click

from appliance.cli.fitting import Asked, fit, fitting_options, shown
from appliance.learning.recognising import AGAIN, PLAN, recogniser_trainer
from appliance.learning.windows import examples_of
from appliance.network.recogniser import CLASSES, Recogniser


@click.command(epilog="Example: digit-appliance train-recogniser --seed 701 --out recogniser.npz")
@fitting_options(scenes=12800, seed=701, epochs=PLAN.epochs)
def train_recogniser(**given: Any) -> None:
    """Draw scenes and train the recogniser on windows.

    After the first epoch Ctrl-C keeps the best so far. Windows show the digits, and what else the
    shipped spotter may take for one. Takes 150 kB of memory for each scene. The result depends on
    the seed, the number of scenes, MNIST, the threads, the spotter and the weights of --start
    alone.
    """
    asked = Asked(**given)
    started = Recogniser.load(asked.start).weights.network if asked.start else None
    scenes = shown(asked, examples_of)
    trainer = recogniser_trainer(scenes, asked.plan(PLAN, AGAIN), asked.seed, started)
    fit(trainer, asked, CLASSES, "windows told")

"""`digit-appliance train-detector`: train what tells writing from clutter."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click
import numpy as np

from appliance.cli.places import check_place
from appliance.cli.train import follow
from appliance.learning.crops import joined, load_crops
from appliance.learning.detecting import PLAN, detector_trainer
from appliance.network import weights as weights_file
from appliance.network.calibration import fit_temperature
from appliance.network.detector import CLASSES
from appliance.network.weights import Weights


@click.command(
    epilog="Example: digit-appliance train-detector --crops crops.npz --out detector.npz"
)
@click.option(
    "--crops",
    required=True,
    multiple=True,
    type=click.Path(path_type=Path),
    help="From `harvest`; may be given more than once.",
)
@click.option("--epochs", default=PLAN.epochs, show_default=True, type=click.IntRange(1))
@click.option("--seed", default=1, show_default=True, type=click.IntRange(0))
@click.option(
    "--out", required=True, type=click.Path(dir_okay=False, path_type=Path), help="File to write."
)
def train_detector(crops: tuple[Path, ...], epochs: int, seed: int, out: Path) -> None:
    """Train the detector on harvested patches; Ctrl-C keeps the best so far."""
    check_place(out)
    harvested = joined(load_crops(file) for file in crops)
    trainer = detector_trainer(harvested, epochs, seed)
    done = follow(trainer)
    network, held_out = trainer.best.folded(), trainer.held_out
    logits = network.predict(held_out.glyphs)
    says_writing = logits[:, 1] > logits[:, 0]
    about = {
        "data": f"{len(harvested.writing)} patches of drawn scenes",
        "epochs": done,
        "seed": seed,
        "date": datetime.now(UTC).strftime("%Y-%m-%d"),
        "held_out": len(held_out),
        "writing_found": round(float(np.mean(says_writing[held_out.labels == 1])), 4),
        "clutter_taken_for_writing": round(float(np.mean(says_writing[held_out.labels == 0])), 4),
    }
    temperature = fit_temperature(logits, held_out.labels)
    weights_file.save(out, Weights(network, temperature, about, CLASSES), "float16")
    click.echo(f"{out}: {out.stat().st_size / 1000:.0f} kB")
    for name in ("writing_found", "clutter_taken_for_writing"):
        click.echo(f"{name.replace('_', ' ')}: {about[name]:.2%}")

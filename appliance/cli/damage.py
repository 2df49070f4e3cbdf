"""`digit-appliance damage`: what a network still reads when parts of it are gone."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from itertools import chain
from pathlib import Path

import click
import numpy as np
from rich.console import Console
from rich.progress import track

from appliance.cli.evaluate import files_of, read_dataset
from appliance.cli.folders import files_in
from appliance.cli.options import weights_option
from appliance.cli.places import check_place, checked, refuse_overwriting
from appliance.cli.plots import Line, plot
from appliance.cli.sheets import Picture, save_file, save_png
from appliance.network.classifier import Classifier
from appliance.network.damage import SHARES, Kind, Wound, measure_damage

KINDS: dict[str, tuple[Kind, ...]] = {
    "neurons": ("neurons",),
    "input": ("input",),
    "both": ("neurons", "input"),
}
NAMES = {"neurons": "neurons removed", "input": "input blanked"}


@click.command()
@click.argument("dataset")
@click.option("--kind", type=click.Choice(list(KINDS)), default="both", show_default=True)
@weights_option
@click.option("--count", type=click.IntRange(1), help="Only the first glyphs of DATASET.")
@click.option("--repeats", type=click.IntRange(1), default=5, show_default=True)
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True)
@click.option(
    "--out",
    default="damage.png",
    show_default=True,
    callback=checked,
    type=click.Path(dir_okay=False, path_type=Path),
    help="Plot to write; the numbers go beside it, with the ending .csv.",
)
def damage(  # noqa: PLR0917 (click passes them by name)
    dataset: str,
    kind: str,
    weights: Path | None,
    count: int | None,
    repeats: int,
    seed: int,
    out: Path,
) -> None:
    """Count what is still right when parts are gone.

    Random neurons are removed, or parts of the input blanked. DATASET is what `evaluate` takes.
    Each share of damage is drawn several times; all of MNIST's 10,000 test images take minutes, on
    a Pi longer, so --count takes fewer.

    \b
    Example:
      digit-appliance damage t10k-images-idx3-ubyte.gz,t10k-labels-idx1-ubyte.gz --count 2000
    """
    table = out.with_suffix(".csv")
    if table == out:
        raise click.UsageError(f"--out {out}: the table gets this ending; name the plot .png")
    check_place(table)
    first, *labels = files_of(dataset)
    read = files_in(first) if first.is_dir() else [first, *labels]
    refuse_overwriting([*read, weights], out, table)
    network, data = Classifier.load(weights).weights.network, read_dataset(dataset)[:count]
    kinds = KINDS[kind]
    steps = chain.from_iterable(
        measure_damage(network, data, each, np.random.default_rng(seed), repeats=repeats)
        for each in kinds
    )
    console, total = Console(stderr=True), len(kinds) * len(SHARES)
    wounds = list(track(steps, "damaging", total, console=console, transient=True))
    for wound in wounds:
        click.echo(f"{wound.share:4.0%} {NAMES[wound.kind]}: {wound.mean:.2%} right, "
                   f"{min(wound.accuracies):.2%} to {max(wound.accuracies):.2%}")  # fmt: skip
    save_file(table, _table(wounds).encode())
    save_png(out, _plot(wounds, len(data)))
    click.echo(f"{out} and {table.name} are written")


def _table(wounds: Sequence[Wound]) -> str:
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(["kind", "share", "mean", "lowest", "highest", "repeats"])
    for wound in wounds:
        figures = wound.mean, min(wound.accuracies), max(wound.accuracies)
        rows.writerow([wound.kind, wound.share, *(f"{figure:.5f}" for figure in figures),
                       len(wound.accuracies)])  # fmt: skip
    return text.getvalue()


def _plot(wounds: Sequence[Wound], count: int) -> Picture:
    lines = []
    for kind in dict.fromkeys(wound.kind for wound in wounds):
        of_kind = [wound for wound in wounds if wound.kind == kind]
        lines.append(
            Line(
                NAMES[kind],
                [100 * wound.share for wound in of_kind],
                [100 * wound.mean for wound in of_kind],
                [100 * min(wound.accuracies) for wound in of_kind],
                [100 * max(wound.accuracies) for wound in of_kind],
            )
        )
    title = f"Damage and what is still read, {count} glyphs"
    repeats = max(len(wound.accuracies) for wound in wounds)  # of no damage there is one
    if repeats > 1:
        title += f"; shaded: from the worst to the best of {repeats}"
    return plot(title, "% damaged", "% right", lines)

"""`digit-appliance sweep`: the book's network at every combination of its settings."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import click

from appliance.cli.places import checked
from appliance.cli.plots import Line, plot
from appliance.cli.sheets import Picture, save_png
from appliance.network.datasets import Dataset, read_mnist
from appliance.network.sweep import (
    Cell,
    Results,
    Row,
    make_cells,
    mark_of,
    run_local,
    run_on_cluster,
)

TITLES = {
    "rate": "learning rate",
    "hidden": "hidden nodes",
    "epochs": "epochs",
    "rotation": "degrees of rotation",
}
LINES = {"rate": "epochs", "hidden": "rate", "epochs": "rate", "rotation": "epochs"}
"""Which setting tells the lines apart, when the first is drawn along the axis; as in the book."""


Parse = Callable[[click.Context, click.Parameter, str], tuple[float, ...]]


def _numbers(kind: Callable[[str], float], least: float, most: float) -> Parse:
    """Parse numbers with commas between them; a wrong one is a wrong usage."""

    def parse(ctx: click.Context, param: click.Parameter, value: str) -> tuple[float, ...]:
        try:
            numbers = tuple(dict.fromkeys(kind(part) for part in value.split(",")))
        except ValueError as error:
            raise click.BadParameter(f"{value!r} must be like 1,2,5", ctx, param) from error
        for number in numbers:
            if not least <= number <= most:
                raise click.BadParameter(f"{number} must be in {least}..{most}", ctx, param)
        return numbers

    return parse


@click.command()
@click.option(
    "--data",
    required=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder with MNIST's four files; the test images aren't used.",
)
@click.option(
    "--rates", callback=_numbers(float, 1e-6, 10), default="0.1,0.2,0.3", show_default=True
)
@click.option("--hidden", callback=_numbers(int, 1, 10_000), default="100", show_default=True)
@click.option("--epochs", callback=_numbers(int, 1, 1000), default="1,2,5", show_default=True)
@click.option("--rotations", callback=_numbers(float, 0, 180), default="0", show_default=True)
@click.option("--samples", type=click.IntRange(1, 50_000), default=50_000, show_default=True)
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True)
@click.option("--jobs", type=click.IntRange(1), help="Processes at a time; else one per core.")
@click.option("--scheduler", help="Run on the dask.distributed cluster at tcp://HOST:PORT.")
@click.option(
    "--out",
    default="sweep.csv",
    show_default=True,
    callback=checked,
    type=click.Path(dir_okay=False, path_type=Path),
    help="Table to write; the plots go beside it.",
)
def sweep(data: Path, jobs: int | None, scheduler: str | None, out: Path, **settings: Any) -> None:
    """Train the book's network at many settings.

    Every combination is trained, and what they give is plotted. Accuracy is measured on the last
    10,000 training images (the last sixth of fewer than 60,000), which are held out. A sweep that
    was broken off goes on where it was: combinations that the table holds aren't run again. A table
    that was made from other images is refused.

    \b
    Example:
      digit-appliance sweep --data data/mnist --rates 0.05,0.1,0.2 --epochs 1,3,5,7
    """
    dataset = read_mnist(data)
    held = dataset.spare(10_000)
    cells = make_cells(
        settings["rates"],
        settings["hidden"],
        settings["rotations"],
        settings["epochs"],
        samples=min(settings["samples"], len(dataset) - held),
        seed=settings["seed"],
    )
    results = Results(out, mark_of(dataset))
    missing = results.missing(cells)
    if len(missing) < len(cells):
        click.echo(f"{out}: holds {len(cells) - len(missing)} of {len(cells)} runs already")
    if missing:
        for rows in _run(missing, dataset[:-held], dataset[-held:], jobs, scheduler):
            results.add(rows)
            click.echo(_said(rows))
    rows = results.of(cells)
    best = max(rows, key=lambda row: row.accuracy)
    click.echo(f"best: {_said([best])}")
    for axis in TITLES:
        if (picture := _plotted(rows, best, axis)) is not None:
            save_png(out.with_name(f"{out.stem}-{axis}.png"), picture)
            click.echo(f"{out.stem}-{axis}.png is written")


def _run(
    cells: Sequence[Cell],
    training: Dataset,
    held_out: Dataset,
    jobs: int | None,
    scheduler: str | None,
) -> Iterator[list[Row]]:
    if scheduler:
        return run_on_cluster(cells, training, held_out, scheduler)
    return run_local(cells, training, held_out, jobs or -1)


def _said(rows: Sequence[Row]) -> str:
    first = rows[0]
    figures = ", ".join(f"{row.accuracy:.2%} after {row.epochs}" for row in rows)
    return (
        f"rate {first.rate:g}, {first.hidden} hidden, rotation {first.rotation:g}: "
        f"{figures} epochs, {rows[-1].seconds:.1f} s"
    )


def _plotted(rows: Sequence[Row], best: Row, axis: str) -> Picture | None:
    """Draw accuracy along one setting, with lines for another, the others as in the best row.

    None when the setting has one value only.
    """
    if len({getattr(row, axis) for row in rows}) < 2:
        return None
    others = [name for name in TITLES if name not in (axis, LINES[axis])]
    shown = [row for row in rows if all(getattr(row, o) == getattr(best, o) for o in others)]
    lines = []
    for value in sorted({getattr(row, LINES[axis]) for row in shown}):
        points = [row for row in shown if getattr(row, LINES[axis]) == value]
        points.sort(key=lambda row: float(getattr(row, axis)))
        name = f"{LINES[axis]} {value:g}"
        x = [float(getattr(row, axis)) for row in points]
        lines.append(Line(name, x, [100 * row.accuracy for row in points]))
    rest = ", ".join(f"{TITLES[name]} {getattr(best, name):g}" for name in others)
    return plot(f"Held-out accuracy at {rest}", TITLES[axis], "% right", lines)

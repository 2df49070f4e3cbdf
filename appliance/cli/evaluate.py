"""`digit-appliance evaluate`."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import click
import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table

from appliance.cli.folders import read_folder
from appliance.network.classifier import Classifier
from appliance.network.datasets import Dataset, read_csv, read_idx


@click.command()
@click.argument("dataset")
@click.option(
    "--weights",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Weights file instead of the shipped one.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def evaluate(dataset: str, weights: Path | None, as_json: bool) -> None:
    """Count how many glyphs of DATASET the network gets right.

    DATASET is IMAGES,LABELS (two IDX files, gzipped or not), a CSV file of `label,784 pixels`
    rows, or a folder of 28x28 pictures, dark on light or light on dark, whose labels.csv has the
    columns `file` and `digits`.

    \b
    Example:
      digit-appliance evaluate t10k-images-idx3-ubyte.gz,t10k-labels-idx1-ubyte.gz
    """
    data = read_dataset(dataset)
    classifier = Classifier.load(weights)
    started = time.perf_counter()
    answers = np.argmax(classifier.probabilities(data.glyphs)[:, :10], axis=1)
    seconds = time.perf_counter() - started
    confusion = np.zeros((10, 10), int)
    np.add.at(confusion, (data.labels, answers), 1)
    errors = int((answers != data.labels).sum())
    result = {
        "count": len(data),
        "errors": errors,
        "accuracy": 1 - errors / len(data),
        "confusion": confusion.tolist(),
        "seconds": round(seconds, 3),
    }
    if as_json:
        click.echo(json.dumps(result))
    else:
        _print(result, confusion)


def read_dataset(name: str) -> Dataset:
    """Read `IMAGES,LABELS`, a CSV file or a folder. Raises DatasetError."""
    path = Path(name)
    if path.is_dir():
        return read_folder(path)
    if "," in name and not path.exists():
        images, _, labels = name.partition(",")
        return read_idx(Path(images), Path(labels))
    return read_csv(path)


def _print(result: dict[str, Any], confusion: NDArray[np.int_]) -> None:
    click.echo(
        f"{result['count']} glyphs, {result['errors']} errors, "
        f"accuracy {result['accuracy']:.2%}, {result['seconds']:.2f} s"
    )
    table = Table(title="rows: what it is; columns: what was answered")
    table.add_column("")
    for digit in range(10):
        table.add_column(str(digit), justify="right")
    for digit, row in enumerate(confusion):
        table.add_row(str(digit), *(str(count) if count else "" for count in row))
    Console().print(table)

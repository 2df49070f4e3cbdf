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

from appliance.cli.folders import read_folder, read_nondigits
from appliance.cli.options import weights_option
from appliance.errors import DatasetError
from appliance.network.calibration import expected_calibration_error, separation
from appliance.network.classifier import Classifier
from appliance.network.datasets import Dataset, read_csv, read_idx

Probabilities = NDArray[np.float32]


@click.command()
@click.argument("dataset")
@weights_option
@click.option(
    "--nondigits",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Folder of .npz files with shapes that are no digits: also measure the refusal.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def evaluate(dataset: str, weights: Path | None, nondigits: Path | None, as_json: bool) -> None:
    """Count how many glyphs the network gets right.

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
    probabilities = classifier.probabilities(data.glyphs)
    answers = np.argmax(probabilities[:, :10], axis=1)
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
    if nondigits:
        _, others = read_nondigits(nondigits)
        if not len(others):
            raise DatasetError(
                f"{nondigits}: every third shape of a file is measured, and no file has three; "
                "add more"
            )
        result |= _doubts(probabilities, data, classifier.probabilities(others))
    if as_json:
        click.echo(json.dumps(result))
    else:
        _print(result, confusion)


def _doubts(digits: Probabilities, data: Dataset, others: Probabilities) -> dict[str, Any]:
    """How far the probabilities can be believed, and how well non-digits are told apart.

    refused: share of the digits, accepted: of the others, on the wrong side of an even chance
    to be no digit. separation: area under the ROC curve of that chance.
    """
    return {
        "calibration_error": expected_calibration_error(digits, data.labels),
        "refused": float((digits[:, 10] > 0.5).mean()),
        "nondigits": len(others),
        "accepted": float((others[:, 10] <= 0.5).mean()),
        "separation": separation(others[:, 10], digits[:, 10]),
    }


def read_dataset(name: str) -> Dataset:
    """Read `IMAGES,LABELS`, a CSV file or a folder. Raises DatasetError."""
    first, *labels = files_of(name)
    if labels:
        return read_idx(first, labels[0])
    return read_folder(first) if first.is_dir() else read_csv(first)


def files_of(name: str) -> tuple[Path, ...]:
    """The one file or folder, or the two files, that `IMAGES,LABELS` or a data set's name means.

    Raises DatasetError where half of it is missing.
    """
    if "," not in name or Path(name).exists():
        return (Path(name),)
    commas = [place for place, letter in enumerate(name) if letter == ","]
    halves = [(name[:comma], name[comma + 1 :]) for comma in commas]
    there = [pair for pair in halves if all(Path(half).is_file() for half in pair)]
    images, labels = (there or halves)[0]  # a folder's name may have a comma, too
    if not images or not labels:
        raise DatasetError(f"{name}: must be two files with a comma between: IMAGES,LABELS")
    return Path(images), Path(labels)


def _print(result: dict[str, Any], confusion: NDArray[np.int_]) -> None:
    click.echo(
        f"{result['count']} glyphs, {result['errors']} errors, "
        f"accuracy {result['accuracy']:.2%}, {result['seconds']:.2f} s"
    )
    if "separation" in result:
        click.echo(
            f"calibration error {result['calibration_error']:.2%}, digits refused "
            f"{result['refused']:.2%}; of {result['nondigits']} non-digits accepted "
            f"{result['accepted']:.2%}, area under the ROC curve {result['separation']:.4f}"
        )
    table = Table(title="rows: what it is; columns: what was answered")
    table.add_column("")
    for digit in range(10):
        table.add_column(str(digit), justify="right")
    for digit, row in enumerate(confusion):
        table.add_row(str(digit), *(str(count) if count else "" for count in row))
    Console().print(table)

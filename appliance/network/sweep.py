"""Sweep: the book's network at every combination of its settings, on many cores or machines.

Accuracies are measured on a part held out of the training images: settings are chosen by them,
and the test images must not choose.
"""

from __future__ import annotations

import csv
import fcntl
import importlib
import io
import os
import time
import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np

from appliance.errors import DatasetError, TrainingError
from appliance.network.book import BookRecipe, scale_inputs, train_book
from appliance.network.datasets import Dataset
from appliance.network.weights import followed, write_atomically

Key = tuple[float, int, float, int, int, int]


@dataclass(frozen=True)
class Row:
    """What one combination gave.

    rotation: degrees either way. epochs: passes that had been made. samples: training images.
    accuracy: share of the held-out images that were right, 0..1. seconds: training time.
    """

    rate: float
    hidden: int
    rotation: float
    epochs: int
    samples: int
    seed: int
    accuracy: float
    seconds: float

    @property
    def key(self) -> Key:
        """What tells it from all other rows."""
        return self.rate, self.hidden, self.rotation, self.epochs, self.samples, self.seed


COLUMNS = [*(item.name for item in fields(Row)), "data"]
"""Of the table."""


@dataclass(frozen=True)
class Cell:
    """One training run; it gives a row after each of `epochs` passes."""

    rate: float
    hidden: int
    rotation: float
    epochs: tuple[int, ...]
    samples: int
    seed: int

    def keys(self) -> set[Key]:
        """The keys of its rows."""
        return {
            (self.rate, self.hidden, self.rotation, epochs, self.samples, self.seed)
            for epochs in self.epochs
        }


def make_cells(
    rates: Sequence[float],
    hidden: Sequence[int],
    rotations: Sequence[float],
    epochs: Sequence[int],
    *,
    samples: int,
    seed: int,
) -> list[Cell]:
    """Combine all settings; runs that differ only in epochs are one run, looked at on its way."""
    passes = tuple(sorted(set(epochs)))
    return [
        Cell(rate, count, rotation, passes, samples, seed)
        for rate, count, rotation in product(rates, hidden, rotations)
    ]


def run_cell(cell: Cell, training: Dataset, held_out: Dataset) -> list[Row]:
    """Train once and evaluate after each of the cell's epochs."""
    recipe = BookRecipe(cell.hidden, cell.rate, max(cell.epochs), cell.rotation)
    inputs, rows, spent = scale_inputs(held_out.glyphs), [], 0.0
    started = time.perf_counter()
    run = train_book(recipe, training[: cell.samples], np.random.default_rng(cell.seed))
    for epoch, network in run:
        spent += time.perf_counter() - started
        if epoch in cell.epochs:
            right = network.query(inputs).argmax(axis=1) == held_out.labels
            figures = float(right.mean()), round(spent, 3)
            settings = cell.rate, cell.hidden, cell.rotation, epoch, cell.samples, cell.seed
            rows.append(Row(*settings, *figures))
        started = time.perf_counter()
    return rows


def run_local(
    cells: Sequence[Cell], training: Dataset, held_out: Dataset, jobs: int = -1
) -> Iterator[list[Row]]:
    """Run cells in processes on this machine; yields each one's rows as it ends.

    jobs: processes at a time; -1 takes all cores.
    """
    from joblib import Parallel, delayed  # noqa: PLC0415 (only a sweep pays for its import)

    parallel = Parallel(n_jobs=jobs, return_as="generator_unordered")
    yield from parallel(delayed(run_cell)(cell, training, held_out) for cell in cells)


def run_on_cluster(
    cells: Sequence[Cell],
    training: Dataset,
    held_out: Dataset,
    address: str,
    *,
    timeout: float = 10.0,
    patience: float = 30.0,
) -> Iterator[list[Row]]:
    """Run cells on a dask.distributed cluster; yields each one's rows as it ends.

    address: of the scheduler, as tcp://host:8786; its workers must have this package installed.
    timeout: seconds to wait for it. patience: seconds to wait for its first worker.
    Raises TrainingError when distributed isn't installed, no scheduler answers or it has no worker.
    """
    try:
        distributed: Any = importlib.import_module("distributed")
    except ImportError as error:
        raise TrainingError(
            "--scheduler needs dask.distributed: pip install 'digit-appliance[cluster]'"
        ) from error
    try:  # an address that is none would leave a client that can't be closed
        distributed.comm.get_address_host_port(address)
    except ValueError as error:
        raise TrainingError(
            f"{address} is no scheduler's address; it must be like tcp://host:8786"
        ) from error
    try:
        client = distributed.Client(address, timeout=timeout, set_as_default=False)
    except (OSError, ValueError) as error:
        raise TrainingError(f"no scheduler answers at {address} ({error})") from error
    with client, client.as_current():
        try:
            client.wait_for_workers(1, timeout=patience)
        except TimeoutError as error:
            raise TrainingError(
                f"the scheduler at {address} has no worker after {patience:g} s; "
                f"start one with: dask worker {address}"
            ) from error
        data = [client.scatter(part, broadcast=True) for part in (training, held_out)]
        futures = [client.submit(run_cell, cell, *data, pure=False) for cell in cells]
        for future in distributed.as_completed(futures):
            try:
                rows = future.result()
            except Exception as error:  # a worker's, whatever it is, or the lost cluster's
                raise TrainingError(f"a run on the cluster at {address} failed: {error}") from error
            yield rows


def mark_of(dataset: Dataset) -> str:
    """What tells a data set from others: how many images it has, and a checksum of them."""
    glyphs, labels = (np.ascontiguousarray(part).data for part in (dataset.glyphs, dataset.labels))
    checksum = zlib.crc32(labels, zlib.crc32(glyphs))
    return f"{len(dataset)}-{checksum:08x}"


class Results:
    """The rows of a CSV file; what is in it needn't be run again."""

    def __init__(self, path: Path, data: str) -> None:
        """Read the file when there is one.

        data: `mark_of` the images that the rows are of; it stands in a column of its own.
        Raises DatasetError when the file isn't a sweep's, or is of other images.
        """
        self.path, self.data = path, data
        self.rows = _parse(path, data) if path.is_file() else []

    def missing(self, cells: Iterable[Cell]) -> list[Cell]:
        """Return the cells that have to be run yet."""
        done = {row.key for row in self.rows}
        return [cell for cell in cells if not cell.keys() <= done]

    def of(self, cells: Iterable[Cell]) -> list[Row]:
        """Return the cells' rows, in the file's order."""
        wanted = set().union(*(cell.keys() for cell in cells))
        return [row for row in self.rows if row.key in wanted]

    def add(self, rows: Sequence[Row]) -> None:
        """Keep rows: sorted, on disk when this returns. Raises DatasetError when it can't be."""
        try:
            with _alone_in(followed(self.path).parent):
                kept = _parse(self.path, self.data) if self.path.is_file() else []
                new = {row.key: row for row in [*kept, *self.rows, *rows]}
                self.rows = [new[key] for key in sorted(new)]
                write_atomically(self.path, self._table().encode())
        except OSError as error:
            reason = error.strerror or error
            raise DatasetError(f"{self.path}: can't be written ({reason})") from error

    def _table(self) -> str:
        text = io.StringIO()
        writer = csv.DictWriter(text, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows({**asdict(row), "data": self.data} for row in self.rows)
        return text.getvalue()


@contextmanager
def _alone_in(folder: Path) -> Iterator[None]:
    """Let other sweeps wait that write into the folder, too."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _parse(path: Path, data: str) -> list[Row]:
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            table = csv.DictReader(file)
            lines = list(table)
        _check_columns(table.fieldnames or COLUMNS)  # there may be no row yet
        rows, marks = [_row(line) for line in lines], {line.get("data") for line in lines}
    except OSError as error:
        raise DatasetError(f"{path}: can't be read ({error.strerror or error})") from error
    except (ValueError, KeyError, TypeError, csv.Error) as error:
        raise DatasetError(f"{path}: isn't the table of a sweep; name another --out") from error
    if marks - {data}:
        raise DatasetError(
            f"{path}: the table is of other images, or doesn't say of which; name another --out"
        )
    return rows


def _check_columns(names: Iterable[str]) -> None:
    missing = set(COLUMNS[:-1]) - set(names)
    if missing:
        raise KeyError(*missing)


def _row(line: dict[str, str]) -> Row:
    return Row(
        rate=float(line["rate"]),
        hidden=int(line["hidden"]),
        rotation=float(line["rotation"]),
        epochs=int(line["epochs"]),
        samples=int(line["samples"]),
        seed=int(line["seed"]),
        accuracy=float(line["accuracy"]),
        seconds=float(line["seconds"]),
    )

"""The sweep: each combination once, resumable, the same on local cores and on a cluster."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import cv2
import numpy as np
import pytest
from click.testing import CliRunner

from appliance.cli.sweep import sweep as command
from appliance.errors import DatasetError, TrainingError
from appliance.network.datasets import Dataset, read_mnist
from appliance.network.sweep import (
    Cell,
    Results,
    Row,
    make_cells,
    mark_of,
    run_cell,
    run_local,
    run_on_cluster,
)

CELL = Cell(rate=0.2, hidden=5, rotation=0.0, epochs=(1, 3), samples=60, seed=0)


def make_bars(count: int) -> Dataset:
    """Ten classes: a bright bar in the row of the digit's own."""
    glyphs = np.random.default_rng(0).random((count, 28, 28), np.float32) * 0.1
    labels = np.arange(count) % 10
    for glyph, label in zip(glyphs, labels, strict=True):
        glyph[4 + 2 * label : 6 + 2 * label, 4:24] = 0.9
    return Dataset(glyphs, labels)


BARS = make_bars(60)
MARK = mark_of(BARS)


def answers(rows: list[Row]) -> list[tuple[object, ...]]:
    """Everything but the time that it took."""
    return sorted((*row.key, row.accuracy) for row in rows)


def test_all_settings_are_combined() -> None:
    cells = make_cells((0.1, 0.2), (5, 10, 20), (0, 10), (3, 1, 3), samples=60, seed=7)
    assert len(set(cells)) == 2 * 3 * 2
    assert {cell.epochs for cell in cells} == {(1, 3)}
    assert cells[0].keys() == {(0.1, 5, 0, 1, 60, 7), (0.1, 5, 0, 3, 60, 7)}


def test_one_run_is_looked_at_on_its_way() -> None:
    rows = run_cell(CELL, BARS, BARS)
    assert [row.epochs for row in rows] == [1, 3]
    short = run_cell(Cell(0.2, 5, 0.0, (1,), 60, 0), BARS, BARS)
    assert answers(short) == answers(rows[:1])
    assert rows[1].seconds >= rows[0].seconds > 0


def test_samples_limit_the_training_images() -> None:
    some = run_cell(Cell(0.2, 5, 0.0, (1,), 20, 0), BARS, BARS)
    whole = run_cell(Cell(0.2, 5, 0.0, (1,), 60, 0), BARS[:20], BARS)
    assert some[0].accuracy == whole[0].accuracy


def test_local_processes_give_the_same_as_here() -> None:
    cells = make_cells((0.1, 0.3), (4, 6), (0,), (1,), samples=60, seed=0)
    expected = [row for cell in cells for row in run_cell(cell, BARS, BARS)]
    found = [row for rows in run_local(cells, BARS, BARS, jobs=2) for row in rows]
    assert answers(found) == answers(expected)


@contextmanager
def cluster(workers: int) -> Iterator[str]:
    """A scheduler on loopback whose workers are about to start; gives its address."""
    distributed = pytest.importorskip("distributed", reason="distributed isn't installed")
    with distributed.LocalCluster(
        n_workers=0, threads_per_worker=1, host="127.0.0.1", dashboard_address=None
    ) as started:
        started.scale(workers)
        assert started.scheduler_address.startswith("tcp://127.0.0.1:")
        yield started.scheduler_address


def test_a_cluster_gives_the_same_as_here() -> None:
    """And is waited for while its workers start."""
    cells = make_cells((0.1, 0.3), (4, 6), (0,), (1, 2), samples=60, seed=0)
    expected = [row for cell in cells for row in run_cell(cell, BARS, BARS)]
    with cluster(workers=2) as address:
        found = [row for rows in run_on_cluster(cells, BARS, BARS, address) for row in rows]
    assert answers(found) == answers(expected)


def test_a_scheduler_that_is_silent_is_said() -> None:
    pytest.importorskip("distributed", reason="distributed isn't installed")
    with pytest.raises(TrainingError, match=r"no scheduler answers at tcp://127\.0\.0\.1:9"):
        list(run_on_cluster([CELL], BARS, BARS, "tcp://127.0.0.1:9", timeout=0.2))


@pytest.mark.parametrize("address", ["nonsense", "http://x", "tcp://", "tcp://host"])
def test_what_is_no_schedulers_address_is_said_at_once(address: str) -> None:
    pytest.importorskip("distributed", reason="distributed isn't installed")
    with pytest.raises(TrainingError, match="it must be like tcp://host:8786"):
        list(run_on_cluster([CELL], BARS, BARS, address))


def test_a_scheduler_without_workers_is_said() -> None:
    with (
        cluster(workers=0) as address,
        pytest.raises(TrainingError, match=rf"{address} has no worker .*: dask worker {address}"),
    ):
        list(run_on_cluster([CELL], BARS, BARS, address, patience=0.1))


def test_results_are_kept_and_not_run_again(tmp_path: Path) -> None:
    path = tmp_path / "sweep.csv"
    cells = make_cells((0.1, 0.3), (5,), (0,), (1, 3), samples=60, seed=0)
    first = Results(path, MARK)
    assert first.missing(cells) == cells
    rows = run_cell(cells[0], BARS, BARS)
    first.add(rows)
    again = Results(path, MARK)
    assert again.rows == rows
    assert again.missing(cells) == cells[1:]
    assert again.of(cells) == rows
    more = make_cells((0.1,), (5,), (0,), (1, 3, 5), samples=60, seed=0)
    assert again.missing(more) == more  # an epoch that wasn't looked at needs a new run
    other = make_cells((0.1,), (5,), (0,), (1, 3), samples=60, seed=1)
    assert again.missing(other) == other


def test_a_table_that_a_spreadsheet_saved_is_read(tmp_path: Path) -> None:
    path = tmp_path / "sweep.csv"
    results = Results(path, MARK)
    results.add([Row(0.1, 5, 0.0, 1, 60, 0, 0.5, 1.0)])
    path.write_bytes(codecs.BOM_UTF8 + path.read_bytes())
    assert Results(path, MARK).rows == results.rows


def test_rows_are_kept_once(tmp_path: Path) -> None:
    results = Results(tmp_path / "sweep.csv", MARK)
    row = Row(0.1, 5, 0.0, 1, 60, 0, 0.5, 1.0)
    results.add([row])
    results.add([row])
    assert Results(tmp_path / "sweep.csv", MARK).rows == [row]
    assert [path.name for path in tmp_path.iterdir()] == ["sweep.csv"]


def test_two_sweeps_keep_their_rows_in_one_table(tmp_path: Path) -> None:
    one, other = (Results(tmp_path / "sweep.csv", MARK) for _ in range(2))
    first, second = (Row(rate, 5, 0.0, 1, 60, 0, 0.5, 1.0) for rate in (0.1, 0.2))
    one.add([first])
    other.add([second])
    assert Results(tmp_path / "sweep.csv", MARK).rows == other.rows == [first, second]


@pytest.mark.parametrize("text", ["a,b\n1,2\n", "rate,hidden\n0.1\n", "name,phone\n", "\xff\n"])
def test_a_foreign_table_is_refused_and_left_alone(tmp_path: Path, text: str) -> None:
    path = tmp_path / "mine.csv"
    path.write_text(text, encoding="latin1")
    if text == "\xff\n":
        path.write_bytes(b"rate\n\xff\n")
    before = path.read_bytes()
    with pytest.raises(DatasetError, match=r"csv: isn't the table of a sweep; name another --out$"):
        Results(path, MARK)
    assert path.read_bytes() == before


def write_mnist(folder: Path, dataset: Dataset) -> None:
    """Write a data set as MNIST's training files."""
    pixels = np.round(dataset.glyphs * 255).astype(np.uint8)
    head = b"".join(number.to_bytes(4, "big") for number in (2051, len(pixels), 28, 28))
    (folder / "train-images-idx3-ubyte").write_bytes(head + pixels.tobytes())
    head = b"".join(number.to_bytes(4, "big") for number in (2049, len(pixels)))
    labels = dataset.labels.astype(np.uint8)
    (folder / "train-labels-idx1-ubyte").write_bytes(head + labels.tobytes())


def test_the_command_plots_what_varies_and_goes_on_where_it_was(tmp_path: Path) -> None:
    write_mnist(tmp_path, BARS)
    out = tmp_path / "s.csv"
    fixed = ["--data", str(tmp_path), "--out", str(out), "--jobs", "1", "--hidden", "5"]
    done = CliRunner().invoke(command, [*fixed, "--rates", "0.1,0.3", "--epochs", "1,2"])
    assert done.exit_code == 0, done.output
    assert sorted(path.name for path in tmp_path.glob("s*")) == [
        "s-epochs.png", "s-rate.png", "s.csv",
    ]  # fmt: skip
    plot = cv2.imread(str(tmp_path / "s-rate.png"))
    assert plot is not None
    assert len(out.read_text().splitlines()) == 1 + 4
    done = CliRunner().invoke(command, [*fixed, "--rates", "0.1,0.3,0.5", "--epochs", "1,2"])
    assert "holds 2 of 3 runs already" in done.output
    assert done.output.count("rate 0.1, 5 hidden") <= 1
    assert len(out.read_text().splitlines()) == 1 + 6


def test_the_table_says_how_many_images_were_trained_on(tmp_path: Path) -> None:
    """A sixth of the 60 is held out; the default asks for 50,000."""
    write_mnist(tmp_path, BARS)
    out = tmp_path / "s.csv"
    arguments = ["--data", str(tmp_path), "--out", str(out), "--jobs", "1", "--hidden", "5"]
    assert CliRunner().invoke(command, [*arguments, "--rates", "0.1"]).exit_code == 0
    assert {row.samples for row in Results(out, mark_of(read_mnist(tmp_path))).rows} == {50}


@pytest.mark.parametrize(
    ("labels", "words"),
    [
        ([1, 2, 3, 4, 5], "too small to train on and to judge by: it has 5 glyphs"),
        ([7] * 12, "glyphs are a 7"),
    ],
)
def test_data_that_teaches_nothing_is_refused(
    tmp_path: Path, labels: list[int], words: str
) -> None:
    write_mnist(tmp_path, Dataset(BARS.glyphs[: len(labels)], np.array(labels)))
    arguments = ["--data", str(tmp_path), "--out", str(tmp_path / "s.csv"), "--jobs", "1"]
    done = CliRunner().invoke(command, arguments)
    assert isinstance(done.exception, DatasetError | TrainingError)
    assert words in str(done.exception)
    assert not list(tmp_path.glob("s*"))


def test_a_table_of_other_images_is_refused_and_left_alone(tmp_path: Path) -> None:
    write_mnist(tmp_path, BARS)
    out = tmp_path / "s.csv"
    arguments = ["--data", str(tmp_path), "--out", str(out), "--jobs", "1", "--hidden", "5"]
    assert CliRunner().invoke(command, arguments).exit_code == 0
    before = out.read_bytes()
    write_mnist(tmp_path, Dataset(BARS.glyphs[::-1], BARS.labels))  # as many, but others
    done = CliRunner().invoke(command, arguments)
    assert isinstance(done.exception, DatasetError)
    assert "is of other images, or doesn't say of which; name another --out" in str(done.exception)
    assert out.read_bytes() == before


@pytest.mark.parametrize("numbers", ["a", "0", "0.1,,2", "-1", "nan"])
def test_wrong_numbers_are_a_wrong_usage(tmp_path: Path, numbers: str) -> None:
    done = CliRunner().invoke(command, ["--data", str(tmp_path), "--rates", numbers])
    assert done.exit_code == 2
    assert "rates" in done.output

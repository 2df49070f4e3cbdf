"""`harvest`: from drawn scenes to a file of glyphs for the classifier."""

from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from appliance.cli.main import main
from appliance.learning.crops import load_crops

Captured = pytest.CaptureFixture[str]


def run(*arguments: str) -> int | str | None:
    with pytest.raises(SystemExit) as done:
        main(arguments)
    return done.value.code


def test_a_file_of_crops_is_harvested(tmp_path: Path, capfd: Captured) -> None:
    """The first scene is easy: it has digits."""
    out = tmp_path / "crops.npz"
    assert run("harvest", "--scenes", "1", "--seed", "3", "--jobs", "1", "--out", str(out)) == 0
    crops = load_crops(out)
    assert (crops.labels < 10).any()
    said = capfd.readouterr().out
    assert f"{len(crops.labels)} glyphs, {(crops.labels < 10).sum()} of them digits" in said


def test_the_same_scenes_with_other_peoples_digits_give_other_crops(tmp_path: Path) -> None:
    """MNIST's files are read by the worker processes; a tiny set of them stands in here."""
    folder = tmp_path / "mnist"
    folder.mkdir()
    glyphs = np.zeros((10, 28, 28), np.uint8)
    glyphs[:, 12:16, 3:25] = 255  # nobody writes like that
    write_idx(folder / "train-images-idx3-ubyte.gz", glyphs)
    write_idx(folder / "train-labels-idx1-ubyte.gz", np.arange(10, dtype=np.uint8))
    found = []
    for options in ([], ["--mnist", str(folder)]):
        out = tmp_path / "crops.npz"
        assert run("harvest", "--scenes", "1", "--seed", "5", "--out", str(out), *options) == 0
        found.append(load_crops(out))
    assert not np.array_equal(found[0].glyphs, found[1].glyphs)


def write_idx(file: Path, values: NDArray[np.uint8]) -> None:
    head = bytes((0, 0, 8, values.ndim)) + np.array(values.shape, ">i4").tobytes()
    file.write_bytes(gzip.compress(head + values.tobytes()))


def test_help_has_an_example(capfd: Captured) -> None:
    assert run("harvest", "--help") == 0
    assert "Example: digit-appliance harvest" in " ".join(capfd.readouterr().out.split())


@pytest.mark.parametrize(
    "arguments",
    [
        ("harvest",),
        ("harvest", "--out", "x.npz", "--scenes", "0"),
        ("harvest", "--out", "x.npz", "--jobs", "none"),
    ],
)
def test_wrong_usage(arguments: tuple[str, ...], capfd: Captured) -> None:
    assert run(*arguments) == 2
    assert "Error: " in capfd.readouterr().err


def test_a_folder_that_cant_be_written_is_told_before_anything_is_drawn(capfd: Captured) -> None:
    out = "/proc/crops.npz"  # a folder that refuses root, too
    assert run("harvest", "--scenes", "100000", "--out", out) == 2
    assert f"--out {out}: nothing can be written into /proc" in capfd.readouterr().err

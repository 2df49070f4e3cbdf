"""`harvest` and `train-detector`: from drawn scenes to weights that load, reproducibly."""

from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from appliance.cli.main import main
from appliance.learning.crops import Crops, load_crops, save_crops
from appliance.network.detector import Detector
from appliance.network.weights import shipped_path
from appliance.vision.patch import CLOSE, GLANCE

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
    assert crops.writing.any()
    assert (crops.labels < 10).any()
    said = capfd.readouterr().out
    assert f"{len(crops.writing)} patches, {crops.writing.sum()} of them writing" in said
    assert f"{len(crops.labels)} glyphs, {(crops.labels < 10).sum()} of them digits" in said


def test_after_a_detector_only_what_it_lets_past_is_kept_for_a_closer_look(tmp_path: Path) -> None:
    every, some = tmp_path / "every.npz", tmp_path / "some.npz"
    shipped = str(shipped_path("detector.npz"))
    assert run("harvest", "--scenes", "1", "--seed", "3", "--out", str(every)) == 0
    options = ("--seed", "3", "--after", shipped, "--out", str(some))
    assert run("harvest", "--scenes", "1", *options) == 0
    first, second = load_crops(every), load_crops(some)
    assert first.patches.shape[1:3] == (GLANCE, GLANCE)
    assert second.patches.shape[1:3] == (CLOSE, CLOSE)
    assert second.writing.any()
    assert (~second.writing).sum() < (~first.writing).sum()


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


def stored(tmp_path: Path, size: int = GLANCE, count: int = 160) -> Path:
    """Patches that are easily told apart: strokes, and bare paper."""
    random = np.random.default_rng(4)
    writing = random.random(count) < 0.3
    pictures = np.full((count, size, size, 3), 85, np.uint8)
    middle = slice(size // 2 - 2, size // 2 + 2)
    pictures[writing, size // 3 : -size // 3, middle, 0] = 170
    file = tmp_path / "crops.npz"
    none = np.zeros((0, 28, 28), np.float32)
    save_crops(file, Crops(pictures, writing, none, np.zeros(0, np.int64)))
    return file


@pytest.mark.parametrize("size", [GLANCE, CLOSE])
def test_a_detector_is_trained_that_loads(size: int, tmp_path: Path, capfd: Captured) -> None:
    crops, out = stored(tmp_path, size), tmp_path / "detector.npz"
    status = run("train-detector", "--crops", str(crops), "--epochs", "3", "--out", str(out))
    assert status == 0, capfd.readouterr().err
    known = load_crops(crops)
    detector = Detector.load(out)
    assert detector.size == size
    says = detector.writing(known.patches.astype(np.float32) / np.float32(255))
    assert says.shape == (160,)
    assert np.mean((says > 0.5) == known.writing) > 0.9
    assert "writing found" in capfd.readouterr().out


@pytest.mark.parametrize("command", ["harvest", "train-detector"])
def test_help_has_an_example(command: str, capfd: Captured) -> None:
    assert run(command, "--help") == 0
    assert f"Example: digit-appliance {command}" in " ".join(capfd.readouterr().out.split())


@pytest.mark.parametrize(
    "arguments",
    [
        ("harvest",),
        ("harvest", "--out", "x.npz", "--scenes", "0"),
        ("harvest", "--out", "x.npz", "--jobs", "none"),
        ("train-detector", "--out", "x.npz"),
    ],
)
def test_wrong_usage(arguments: tuple[str, ...], capfd: Captured) -> None:
    assert run(*arguments) == 2
    assert "Error: " in capfd.readouterr().err


def test_a_missing_folder_is_told_before_anything_is_drawn(tmp_path: Path, capfd: Captured) -> None:
    out = tmp_path / "none" / "crops.npz"
    assert run("harvest", "--scenes", "100000", "--out", str(out)) == 2
    assert f"there is no folder {out.parent}" in capfd.readouterr().err


def test_a_folder_that_cant_be_written_is_told_before_anything_is_drawn(capfd: Captured) -> None:
    out = "/proc/crops.npz"  # a folder that refuses root, too
    assert run("harvest", "--scenes", "100000", "--out", out) == 2
    assert f"--out {out}: nothing can be written into /proc" in capfd.readouterr().err


def test_crops_that_are_none_are_told(tmp_path: Path, capfd: Captured) -> None:
    file = tmp_path / "crops.npz"
    file.write_text("Dear reader")
    assert run("train-detector", "--crops", str(file), "--out", str(tmp_path / "d.npz")) == 1
    [line] = capfd.readouterr().err.splitlines()
    assert "digit-appliance harvest" in line

"""Readers of data sets, whole and damaged."""

from __future__ import annotations

import gzip
import struct
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from appliance.errors import DatasetError
from appliance.network.datasets import Dataset, read_csv, read_idx, read_mnist

COUNT = 3
PIXELS = np.random.default_rng(0).integers(0, 256, (COUNT, 28, 28), np.uint8)
LABELS = np.array([7, 0, 9], np.uint8)
IMAGES_IDX = struct.pack(">4I", 2051, COUNT, 28, 28) + PIXELS.tobytes()
LABELS_IDX = struct.pack(">2I", 2049, COUNT) + LABELS.tobytes()
CSV = b"".join(
    b",".join(str(n).encode() for n in (label, *pixels.ravel())) + b"\n"
    for label, pixels in zip(LABELS, PIXELS, strict=True)
)

damaging = settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def write(
    folder: Path, images: bytes = IMAGES_IDX, labels: bytes = LABELS_IDX
) -> tuple[Path, Path]:
    paths = folder / "images", folder / "labels"
    for path, content in zip(paths, (images, labels), strict=True):
        path.write_bytes(content)
    return paths


def is_sound(dataset: Dataset) -> bool:
    return (
        dataset.glyphs.dtype == np.float32
        and dataset.glyphs.shape == (len(dataset), 28, 28)
        and set(dataset.labels) <= set(range(10))
    )


def damaged(content: bytes, place: int, flip: int, keep: int | None) -> bytes:
    """Cut the content off, or flip bits of one byte."""
    if keep is not None:
        return content[: keep % len(content)]
    place %= len(content)
    return content[:place] + bytes([content[place] ^ flip]) + content[place + 1 :]


@pytest.mark.parametrize("pack", [bytes, gzip.compress], ids=["plain", "gzip"])
def test_idx(tmp_path: Path, pack) -> None:  # type: ignore[no-untyped-def]
    dataset = read_idx(*write(tmp_path, pack(IMAGES_IDX), pack(LABELS_IDX)))
    np.testing.assert_allclose(dataset.glyphs * 255, PIXELS, atol=1e-4)
    assert dataset.labels.tolist() == [7, 0, 9]


def test_csv(tmp_path: Path) -> None:
    path = tmp_path / "digits.csv"
    path.write_bytes(CSV)
    dataset = read_csv(path)
    np.testing.assert_allclose(dataset.glyphs * 255, PIXELS, atol=1e-4)
    assert dataset.labels.tolist() == [7, 0, 9]


@pytest.mark.parametrize(
    ("images", "labels", "words"),
    [
        (b"", LABELS_IDX, "too short"),
        (LABELS_IDX + bytes(20), LABELS_IDX, "starts with 2049, must be 2051"),
        (IMAGES_IDX, IMAGES_IDX, "starts with 2051, must be 2049"),
        (IMAGES_IDX[:-1], LABELS_IDX, "2351 bytes of images, its header says 2352"),
        (IMAGES_IDX + b"x", LABELS_IDX, "2353 bytes"),
        (struct.pack(">4I", 2051, 1, 4, 4) + bytes(16), LABELS_IDX, "4x4 pixels, must be 28x28"),
        (IMAGES_IDX, struct.pack(">2I", 2049, 2) + b"12", "3 glyphs but 2 labels"),
        (IMAGES_IDX, LABELS_IDX[:-1] + b"\x0a", "a label is 10"),
        (struct.pack(">4I", 2051, 0, 28, 28), struct.pack(">2I", 2049, 0), "empty"),
        (gzip.compress(IMAGES_IDX)[:-30], LABELS_IDX, "damaged gzip"),
        (struct.pack(">4I", 2051, 2**32 - 1, 28, 28), LABELS_IDX, "holds 0 bytes"),
    ],
)
def test_faults_are_named(tmp_path: Path, images: bytes, labels: bytes, words: str) -> None:
    with pytest.raises(DatasetError, match=words):
        read_idx(*write(tmp_path, images, labels))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (b"5,1,2\n", "row 1: has 3 fields"),
        (b"label,1,2\n", "row 1: has 3 fields"),
        (b"x" + b",0" * 784, "row 1: holds something that is no whole number"),
        (b"label" + b",p" * 784, "empty"),
        (b"\0\0\x08\x03 and more", "one of MNIST's files; name that of the images and that of"),
        (CSV + b"x" + b",0" * 784, "row 4: holds something that is no whole number"),
        (CSV + b"1" + b",256" * 784, "row 4: holds a number outside 0..255"),
        (b"10" + b",0" * 784, "a label is 10"),
        (b"9" * 30 + b",0" * 784, "row 1"),
    ],
)
def test_csv_faults_are_named(tmp_path: Path, content: bytes, words: str) -> None:
    path = tmp_path / "digits.csv"
    path.write_bytes(content)
    with pytest.raises(DatasetError, match=words):
        read_csv(path)


@damaging
@given(
    packed=st.booleans(),
    place=st.integers(0, 15) | st.integers(0, 10**6),
    flip=st.integers(1, 255),
    keep=st.none() | st.integers(0, 10**6),
)
def test_damaged_idx_is_refused_or_sound(
    tmp_path: Path, packed: bool, place: int, flip: int, keep: int | None
) -> None:
    content = gzip.compress(IMAGES_IDX) if packed else IMAGES_IDX
    images, labels = write(tmp_path, damaged(content, place, flip, keep))
    try:
        dataset = read_idx(images, labels)
    except DatasetError as error:
        assert str(images) in str(error)
    else:
        assert is_sound(dataset)


@damaging
@given(
    place=st.integers(0, 15) | st.integers(0, 10**6),
    flip=st.integers(1, 255),
    keep=st.none() | st.integers(0, 10**6),
)
def test_damaged_csv_is_refused_or_sound(
    tmp_path: Path, place: int, flip: int, keep: int | None
) -> None:
    path = tmp_path / "digits.csv"
    path.write_bytes(damaged(CSV, place, flip, keep))
    try:
        dataset = read_csv(path)
    except DatasetError as error:
        assert str(path) in str(error)
    else:
        assert is_sound(dataset)


@pytest.mark.parametrize(
    ("glyph", "label", "words"),
    [
        (np.full((28, 28), np.nan), 1, "NaN"),
        (np.full((28, 28), np.inf), 1, "NaN or infinite"),
        (np.full((28, 28), 255.0), 1, "outside 0..1"),
        (np.zeros((27, 28)), 1, "28, 28"),
        (np.zeros((28, 28)), -1, "a label is -1"),
    ],
)
def test_dataset_refuses_what_is_none(glyph: np.ndarray, label: int, words: str) -> None:
    with pytest.raises(DatasetError, match=words):
        Dataset(glyph[None].astype(np.float32), np.array([label]))


@pytest.mark.parametrize(
    ("glyphs", "labels", "words"),
    [
        (np.zeros((1, 28, 28), np.uint8), np.array([1]), "glyphs are uint8"),
        (np.zeros((1, 28, 28), np.float32), np.array([1.0]), "labels are float64"),
        (np.zeros((1, 28, 28), np.float32), np.array([[1]]), r"labels are int64 \(1, 1\)"),
    ],
)
def test_dataset_refuses_other_numbers(glyphs: np.ndarray, labels: np.ndarray, words: str) -> None:
    with pytest.raises(DatasetError, match=words):
        Dataset(glyphs, labels)


@pytest.mark.parametrize("name", [b"pixel%d", b"%d"])
def test_a_heading_is_passed_over(tmp_path: Path, name: bytes) -> None:
    """Kaggle's copy of MNIST has one."""
    path = tmp_path / "train.csv"
    path.write_bytes(b"label," + b",".join(name % i for i in range(784)) + b"\n" + CSV)
    assert read_csv(path).labels.tolist() == [7, 0, 9]


@pytest.mark.parametrize("pack", [bytes, gzip.compress], ids=["plain", "gzip"])
def test_a_file_that_would_fill_the_memory_is_refused(
    tmp_path: Path, pack: Callable[[bytes], bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("appliance.network.datasets.LARGEST_FILE", 1 << 20)
    path = tmp_path / "digits.csv"
    path.write_bytes(pack(bytes(2 << 20)))
    with pytest.raises(DatasetError, match=r"digits\.csv: holds more than 1 MB"):
        read_csv(path)


def test_folder_without_mnist(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="train-images-idx3-ubyte"):
        read_mnist(tmp_path)


def test_missing_file(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="No such file"):
        read_csv(tmp_path / "none.csv")


def test_split_holds_out_each_glyph_once() -> None:
    glyphs = np.linspace(0, 1, 10, dtype=np.float32)[:, None, None] * np.ones((1, 28, 28), "f")
    training, held_out = Dataset(glyphs, np.arange(10)).split(3, seed=1)
    assert len(training) == 7
    assert sorted([*training.labels, *held_out.labels]) == list(range(10))
    with pytest.raises(DatasetError, match="can't hold 10 glyphs out of 10"):
        Dataset(glyphs, np.arange(10)).split(10, seed=1)

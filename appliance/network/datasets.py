"""Readers of labelled glyphs: IDX files, as MNIST comes, and the CSV form of the book."""

from __future__ import annotations

import codecs
import gzip
import shlex
import zlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from appliance.errors import DatasetError, TrainingError
from appliance.values import GLYPH_SIZE

PIXELS = GLYPH_SIZE * GLYPH_SIZE
LARGEST_FILE = 1 << 30
"""Bytes after decompression; MNIST's largest file has 47 MB."""
HELD_OUT_OF = 6
"""One glyph of so many may be held out to judge by."""
IMAGES_MAGIC, LABELS_MAGIC = 2051, 2049
IDX = b"\0\0\x08"
"""How an IDX file of bytes begins."""
IMAGES, LABELS = "images-idx3", "labels-idx1"


@dataclass(frozen=True, eq=False)
class Dataset:
    """Labelled glyphs.

    glyphs: float32 (N, 28, 28), or pictures (N, size, size, channels), in 0..1, ink bright.
    labels: int64 (N,) in 0..9.
    """

    glyphs: NDArray[np.float32]
    labels: NDArray[np.int64]

    def __post_init__(self) -> None:
        """Raise DatasetError unless it is as described and not empty."""
        if self.glyphs.dtype.kind != "f":
            raise DatasetError(
                f"glyphs are {self.glyphs.dtype}; they must be floating-point numbers in 0..1"
            )
        if self.labels.dtype.kind not in "iu" or self.labels.ndim != 1:
            raise DatasetError(
                f"labels are {self.labels.dtype} {self.labels.shape}; they must be whole numbers, "
                "one for each glyph"
            )
        size = GLYPH_SIZE if self.glyphs.ndim != 4 else self.glyphs.shape[1]
        if self.glyphs.shape[1:3] != (size, size):
            raise DatasetError(f"glyphs must be (N, 28, 28), not {self.glyphs.shape}")
        if len(self.glyphs) != len(self.labels):
            raise DatasetError(f"{len(self.glyphs)} glyphs but {len(self.labels)} labels")
        if not len(self.glyphs):
            raise DatasetError("the data set is empty: it must have at least one glyph")
        if not np.isfinite(self.glyphs).all():
            raise DatasetError("glyphs hold NaN or infinite values; they must be in 0..1")
        if self.glyphs.min() < 0 or self.glyphs.max() > 1:
            raise DatasetError("glyphs hold values outside 0..1; divide pixels by 255")
        if self.labels.min() < 0 or self.labels.max() > 9:
            wrong = self.labels[(self.labels < 0) | (self.labels > 9)][0]
            raise DatasetError(f"a label is {wrong}; labels must be digits, 0 to 9")

    def __len__(self) -> int:
        return len(self.labels)

    def __getitem__(self, chosen: slice | NDArray[np.int64]) -> Dataset:
        """Return the part that a slice or array of places chooses."""
        return Dataset(self.glyphs[chosen], self.labels[chosen])

    def spare(self, most: int) -> int:
        """Tell how many glyphs may be held out: a sixth, and no more than `most`.

        Raises DatasetError when that is none.
        """
        if len(self) < HELD_OUT_OF:
            raise DatasetError(
                f"the data set is too small to train on and to judge by: it has {len(self)} "
                f"glyphs; give {HELD_OUT_OF} at least"
            )
        return min(most, len(self) // HELD_OUT_OF)

    def check_teaches(self) -> None:
        """Raise TrainingError when there is nothing to tell apart."""
        first = self.labels[0]
        if (self.labels == first).all():
            raise TrainingError(
                f"all {len(self)} training glyphs are a {first}; "
                "training needs at least two different digits"
            )

    def split(self, held_out: int, seed: int) -> tuple[Dataset, Dataset]:
        """Shuffle by the seed and hold so many glyphs out: (the rest, held out)."""
        if not 0 < held_out < len(self):
            raise DatasetError(f"can't hold {held_out} glyphs out of {len(self)}")
        order = np.random.default_rng(seed).permutation(len(self))
        return self[order[held_out:]], self[order[:held_out]]


def read_mnist(folder: Path, part: str = "train") -> Dataset:
    """Read `part` ("train" or "t10k") of MNIST's four files in a folder, gzipped or not.

    Raises DatasetError naming the file that is missing or damaged.
    """
    paths = []
    for kind in (IMAGES, LABELS):
        found = _found(folder, part, kind)
        if not found:
            raise DatasetError(
                f"{folder}: there is no {part}-{kind}-ubyte.gz; name the folder with MNIST's four "
                f"files, or fetch them: scripts/fetch-mnist {shlex.quote(str(folder))}"
            )
        paths.append(found[0])
    return read_idx(*paths)


def has_images(folder: Path, part: str) -> bool:
    """Whether the images of `part`, "train" or "t10k", lie in a folder."""
    return bool(_found(folder, part, IMAGES))


def _found(folder: Path, part: str, kind: str) -> list[Path]:
    """MNIST's file, under each of its names that is there."""
    plain = f"{part}-{kind}-ubyte"
    names = (f"{plain}.gz", plain, plain.replace("-idx", ".idx"))
    return [folder / name for name in names if (folder / name).is_file()]


def read_idx(images: Path, labels: Path) -> Dataset:
    """Read a pair of IDX files, gzipped or not. Raises DatasetError."""
    pictures = _idx(images, IMAGES_MAGIC, "images")
    numbers = _idx(labels, LABELS_MAGIC, "labels")
    if pictures.shape[1:] != (GLYPH_SIZE, GLYPH_SIZE):
        height, width = pictures.shape[1:]
        raise DatasetError(f"{images}: images are {height}x{width} pixels, must be 28x28")
    return _dataset(pictures, numbers, f"{images}, {labels}")


def _idx(path: Path, magic: int, what: str) -> NDArray[np.uint8]:
    """Read one IDX file: big-endian magic number, sizes, then the bytes."""
    data = _content(path)
    dimensions = magic & 0xFF
    header = 4 + 4 * dimensions
    if len(data) < header:
        raise DatasetError(f"{path}: too short for an IDX file of {what} ({len(data)} bytes)")
    found, *sizes = (int(n) for n in np.frombuffer(data[:header], ">u4"))
    if found != magic:
        raise DatasetError(
            f"{path}: not an IDX file of {what}: it starts with {found}, must be {magic}"
        )
    expected = 1
    for size in sizes:
        expected *= size
    if len(data) - header != expected:
        raise DatasetError(
            f"{path}: holds {len(data) - header} bytes of {what}, its header says {expected}; "
            "the file is truncated or damaged, fetch it again"
        )
    return np.frombuffer(data, np.uint8, offset=header).reshape(sizes)


def _content(path: Path) -> bytes:
    """Read a file, decompressed when it is gzip, and no more than LARGEST_FILE."""
    try:
        with path.open("rb") as raw:
            packed = raw.read(2) == b"\x1f\x8b"
            raw.seek(0)
            source = gzip.GzipFile(fileobj=raw) if packed else raw
            data = source.read(LARGEST_FILE + 1)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise DatasetError(f"{path}: damaged gzip file ({error}); fetch it again") from error
    except OSError as error:
        raise DatasetError(f"{path}: can't be read ({error.strerror or error})") from error
    if len(data) > LARGEST_FILE:
        raise DatasetError(f"{path}: holds more than {LARGEST_FILE >> 20} MB, which is no data set")
    return data


def read_csv(path: Path) -> Dataset:
    """Read rows of `label,784 pixels` with pixels 0..255, gzipped or not; a heading is passed over.

    Raises DatasetError.
    """
    text = _content(path).removeprefix(codecs.BOM_UTF8)  # which spreadsheets put before it
    if text.startswith(IDX):
        raise DatasetError(
            f"{path}: one of MNIST's files; name that of the images and that of the labels, with a "
            "comma between"
        )
    rows = [(line, row) for line, row in enumerate(text.split(b"\n"), 1) if row.strip()]
    if rows and _is_heading(rows[0][1]):
        del rows[0]
    table = np.empty((len(rows), PIXELS + 1), np.uint8)
    for number, (line, row) in enumerate(rows):
        table[number] = _numbers(path, line, row)
    return _dataset(table[:, 1:].reshape(-1, GLYPH_SIZE, GLYPH_SIZE), table[:, 0], str(path))


def _is_heading(row: bytes) -> bool:
    """Whether a first row names the columns, as Kaggle's copy of MNIST does."""
    first, *others = row.split(b",")
    pixels = all(field.strip().isdigit() and int(field) < 256 for field in others)
    return len(others) == PIXELS and not pixels and first.strip().strip(b'"').isalpha()


def _numbers(path: Path, line: int, row: bytes) -> NDArray[np.uint8]:
    """Parse one row of 785 numbers."""
    fields = row.split(b",")
    if len(fields) != PIXELS + 1:
        raise DatasetError(
            f"{path}, row {line}: has {len(fields)} fields, must have 785: label, 784 pixels"
        )
    try:
        values = np.array([int(field) for field in fields])
    except (ValueError, OverflowError) as error:
        raise DatasetError(
            f"{path}, row {line}: holds something that is no whole number"
        ) from error
    if values.min() < 0 or values.max() > 255:
        raise DatasetError(f"{path}, row {line}: holds a number outside 0..255")
    return values.astype(np.uint8)


def _dataset(pictures: NDArray[np.uint8], numbers: NDArray[np.uint8], source: str) -> Dataset:
    """Scale pixels to 0..1; name the source in what is wrong."""
    try:
        glyphs: NDArray[np.float32] = np.divide(pictures, 255, dtype=np.float32)
        return Dataset(glyphs, numbers.astype(np.int64))
    except DatasetError as error:
        raise DatasetError(f"{source}: {error}") from error

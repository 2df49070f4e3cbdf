"""Readers of folders: labelled pictures, and shapes that are no digits."""

from __future__ import annotations

import csv
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from appliance.cameras.pictures import load_picture
from appliance.errors import DatasetError, PictureError
from appliance.network.datasets import Dataset
from appliance.vision.glyph import normalise

NOISE = 0.25
"""Share of the full contrast below which a difference from the paper counts as none."""
LARGEST_SIDE = 4096
"""Pixels of a picture of a data set, whose digits are small."""
TABLE = "labels.csv"


def read_folder(folder: Path) -> Dataset:
    """Read a folder of single digits with labels.csv (columns `file`, `digits`).

    Each picture is brought to a glyph: ink bright whichever way it was drawn, fitted and centred
    as MNIST's are. Raises DatasetError or PictureError naming the file that is missing or damaged.
    """
    table, rows = folder / TABLE, read_labels(folder)
    if not rows:
        raise DatasetError(f"{table}: lists no pictures")
    labels = np.array([_label(table, row) for row in rows], np.int64)
    return Dataset(np.stack([_read_small(folder / row["file"]) for row in rows]), labels)


def files_in(folder: Path) -> list[Path]:
    """What `read_folder` reads: the table and the pictures that it names. Raises DatasetError."""
    return [folder / TABLE, *(folder / row["file"] for row in read_labels(folder))]


def read_labels(folder: Path) -> list[dict[str, str]]:
    """Read the rows of a folder's labels.csv, with the columns `file` and `digits` at least.

    Commas separate them, or semicolons, as spreadsheets of some languages do.
    No `file` is empty; what else is missing in a row is "". Raises DatasetError.
    """
    table = folder / TABLE
    try:
        with table.open(newline="", encoding="utf-8-sig") as file:  # as spreadsheets save it
            delimiter = "," if "," in file.readline() else ";"
            file.seek(0)
            reader = csv.DictReader(file, restval="", delimiter=delimiter)
            rows = [(reader.line_num, row) for row in reader]
    except UnicodeDecodeError as error:
        raise DatasetError(f"{table}: isn't text in UTF-8; save it again as CSV UTF-8") from error
    except (OSError, csv.Error) as error:
        reason = getattr(error, "strerror", None) or error
        raise DatasetError(
            f"{table}: can't be read ({reason}); it lists the pictures in the columns file, digits"
        ) from error
    missing = {"file", "digits"} - {*(reader.fieldnames or ())}
    if missing:
        raise DatasetError(f"{table}: has no column {', '.join(sorted(missing))}; add it")
    for line, row in rows:
        if not row["file"]:
            raise DatasetError(f"{table}: line {line} names no file; fill it, or take it away")
    return [row for _, row in rows]


def _label(table: Path, row: dict[str, str]) -> int:
    """The row's one digit."""
    digits = row["digits"]
    if not (len(digits) == 1 and digits.isascii() and digits.isdigit()):
        raise DatasetError(f"{table}: {row['file']} has the label {digits!r}, must be one digit")
    return int(digits)


def _read_small(path: Path) -> NDArray[np.float32]:
    """Open a picture of a data set as `read_glyph` does, if it is no larger than it may be."""
    grey = _read_grey(path)
    if max(grey.shape) > LARGEST_SIDE:
        raise PictureError(
            f"{path}: too large for a single digit; make it smaller than {LARGEST_SIDE} pixels"
        )
    return picture_to_glyph(grey)


def read_glyph(path: Path) -> NDArray[np.float32]:
    """Open a picture of one digit as a glyph: float32 (28, 28). Raises PictureError."""
    return picture_to_glyph(_read_grey(path))


def _read_grey(path: Path) -> NDArray[np.uint8]:
    pixels = load_picture(path).pixels
    grey = pixels if pixels.ndim == 2 else cv2.cvtColor(pixels, cv2.COLOR_BGR2GRAY)
    return np.asarray(grey, np.uint8)


def picture_to_glyph(picture: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Bring a grey picture of one digit to float32 (28, 28) in 0..1, ink bright.

    The paper's level is the median of the border; ink is what differs from it to the side that
    differs most.
    """
    grey = picture.astype(np.float32)
    border = np.concatenate([grey[0], grey[-1], grey[:, 0], grey[:, -1]])
    difference = grey - np.median(border)
    if -difference.min() > difference.max():
        difference = -difference
    full = float(np.percentile(difference, 99.5))
    if full <= 0:
        full = max(float(difference.max()), 1.0)
    soft = np.clip((difference / full - NOISE) / (1 - NOISE), 0, 1)
    return normalise(soft.astype(np.float32))


def read_nondigits(folder: Path) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Read all .npz files (`images` N x 28 x 28, uint8, ink bright; maybe `labels`) of a folder.

    Every third shape is held out: returns (training, held out), as glyphs (N, 28, 28). Shapes
    labelled I, a bare stroke, are left out. Raises DatasetError naming the file at fault.
    """
    paths = sorted(folder.glob("*.npz"))
    if not paths:
        raise DatasetError(f"{folder}: holds no .npz files with shapes that are no digits")
    glyphs = [_shapes(path) for path in paths]
    training = [np.delete(shapes, np.s_[2::3], axis=0) for shapes in glyphs]
    return np.concatenate(training), np.concatenate([shapes[2::3] for shapes in glyphs])


def _shapes(path: Path) -> NDArray[np.float32]:
    """The shapes of one file, fitted and centred as glyphs are."""
    try:
        with np.load(path, allow_pickle=False) as file:
            images = file["images"]
            labels = file["labels"] if "labels" in file else np.full(len(images), "")
    except Exception as error:  # numpy and zipfile raise a dozen kinds for damaged files
        raise DatasetError(f"{path}: can't be read as an .npz file ({error})") from error
    if images.ndim != 3 or images.dtype != np.uint8 or images.shape[1:] != (28, 28):
        raise DatasetError(f"{path}: images must be uint8 (N, 28, 28), not {images.shape}")
    if labels.shape != images.shape[:1]:
        raise DatasetError(f"{path}: holds {len(images)} images, but labels {labels.shape}")
    chosen = images[labels != "I"]
    if not len(chosen):
        raise DatasetError(f"{path}: holds no shapes that are no digits; fill it, or take it away")
    return np.stack([normalise(image / np.float32(255)) for image in chosen])

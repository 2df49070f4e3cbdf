"""Readings and corrections as rows of the journal's tables, and back."""

from __future__ import annotations

import sqlite3
from typing import cast, get_args

import numpy as np
from numpy.typing import NDArray

from appliance.values import (
    GLYPH_SIZE,
    Box,
    Correction,
    Glyph,
    Prediction,
    ReadDigit,
    Reading,
    Status,
)

LATEST = 253_370_764_800.0
"""9999-01-01: no calendar goes on for much longer."""


def insert_reading(connection: sqlite3.Connection, reading: Reading) -> int:
    """Insert a reading with its digits; returns its id."""
    number = connection.execute(
        "INSERT INTO readings (time, status, text, confidence, reason, milliseconds, source)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        (
            reading.time,
            reading.status,
            reading.guess,
            reading.confidence,
            reading.reason,
            reading.milliseconds,
            _as_text(reading.source),
        ),
    ).lastrowid
    assert number is not None
    connection.executemany(
        f"INSERT INTO digits VALUES ({', '.join('?' * 12)})",
        [
            (number, line, position, *_digit_columns(digit))
            for line, digits in enumerate(reading.lines)
            for position, digit in enumerate(digits)
        ],
    )
    return number


def insert_correction(connection: sqlite3.Connection, correction: Correction) -> int:
    """Insert a correction; returns its id.

    It belongs to the reading of its id that has this glyph; to none when that is gone, or when the
    id is another's by now, in a file that took the place of the one before.
    """
    box, pixels = correction.glyph.box, _pack(correction.glyph.pixels)
    number = connection.execute(
        "INSERT INTO corrections (time, reading_id, digit, x, y, width, height, glyph)"
        " VALUES (?, (SELECT reading_id FROM digits WHERE reading_id = ? AND glyph = ?),"
        " ?, ?, ?, ?, ?, ?)",
        (
            correction.time,
            *(correction.reading_id, pixels),
            correction.digit,
            *(box.x, box.y, box.width, box.height),
            pixels,
        ),
    ).lastrowid
    assert number is not None
    return number


def reading(connection: sqlite3.Connection, row: sqlite3.Row) -> Reading:
    """Make the reading of a row, with its digits. ValueError when a value can't be one."""
    if row["status"] not in get_args(Status):
        raise ValueError(f"status {row['status']!r}")
    lines: dict[int, list[ReadDigit]] = {}
    for digit in connection.execute(
        "SELECT * FROM digits WHERE reading_id = ? ORDER BY line, position", (row["id"],)
    ):
        probabilities = np.frombuffer(digit["probabilities"], "<f4").astype(np.float32)
        if probabilities.shape != (10,) or not np.isfinite(probabilities).all():
            raise ValueError("probabilities that aren't ten numbers")
        prediction = Prediction(probabilities, digit["not_a_digit"])
        lines.setdefault(digit["line"], []).append(ReadDigit(_glyph(digit), prediction))
    return Reading(
        status=cast(Status, row["status"]),
        lines=tuple(tuple(line) for line in lines.values()),
        reason=row["reason"],
        milliseconds=float(row["milliseconds"]),
        time=_time(row),
        source=row["source"],
        id=row["id"],
    )


def correction(row: sqlite3.Row) -> Correction:
    """Make the correction of a row. ValueError when a value can't be one."""
    if row["digit"] not in range(10):
        raise ValueError(f"digit {row['digit']!r}")
    return Correction(_glyph(row), row["digit"], _time(row), row["reading_id"], row["id"])


def _digit_columns(digit: ReadDigit) -> tuple[object, ...]:
    box, prediction = digit.box, digit.prediction
    return (
        digit.digit,
        digit.confidence,
        *(box.x, box.y, box.width, box.height),
        prediction.probabilities.astype("<f4").tobytes(),
        prediction.not_a_digit,
        _pack(digit.glyph.pixels),
    )


def _time(row: sqlite3.Row) -> float:
    """Seconds since the epoch. ValueError when no calendar has them."""
    time = float(row["time"])
    if not 0 <= time < LATEST:
        raise ValueError(f"time {time}")
    return time


def _as_text(name: str) -> str:
    """A file's name with its bytes that are no text written as escapes, which SQLite takes."""
    return name.encode(errors="backslashreplace").decode()


def _pack(pixels: NDArray[np.float32]) -> bytes:
    return np.rint(np.clip(pixels, 0, 1) * 255).astype(np.uint8).tobytes()


def _glyph(row: sqlite3.Row) -> Glyph:
    pixels = np.frombuffer(row["glyph"], np.uint8).reshape(GLYPH_SIZE, GLYPH_SIZE)
    box = Box(row["x"], row["y"], row["width"], row["height"])
    return Glyph(pixels.astype(np.float32) / np.float32(255), box)

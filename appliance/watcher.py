"""The watcher: several frames of one sheet, one answer.

A frame can be blurred, or lie at the edge between two digits; the next one of the same sheet rarely
errs alike. Each frame's reading votes for its text with its confidence (one that is read with
TRUSTED at least), until one leads by a margin; the leader is answered as read only where most
frames were sure of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import islice
from typing import Protocol

from appliance.decide import TRUSTED
from appliance.values import Frame, Reading

MOST_FRAMES = 5
"""Frames that are read at most for one answer."""

CLEAR = 0.85
"""Somebody who presses a button waits: one frame read with this confidence is answered at once."""

LEAD = 1.0
"""No further frame is read once a text leads the second by so many votes."""

UNSURE = 0.5
"""A reading that isn't sure votes for its guess with this share of its confidence."""

NOTHING = 0.5
"""The vote of a frame in which nothing was read."""

UNSEEN = ("nothing", "no ink"), ("nothing", "not a digit")
"""What a frame says that missed the digits of the others: no reason to doubt those."""


class Reader(Protocol):
    """What the watcher needs of the reader."""

    def read(self, frame: Frame) -> Reading:
        """Read the digits in a frame."""
        ...


class Watcher:
    """Reads frames until they agree, and answers once."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    def read(self, frames: Iterable[Frame], *, hurry: bool = False) -> Reading:
        """The answer to consecutive frames of one sheet; they are taken as they are needed.

        hurry: somebody waits, and one clear frame is enough; otherwise at least two are read.
        Raises ValueError when there is no frame at all.
        """
        readings: list[Reading] = []
        for frame in islice(frames, MOST_FRAMES):
            readings.append(self._reader.read(frame))
            if _settled(readings, hurry):
                break
        return elect(readings)


def elect(readings: Sequence[Reading]) -> Reading:
    """The reading that most votes are for, `unsure` when no more than half of all were sure of it.

    Its time and source are the first frame's, its milliseconds those of all frames together.
    Raises ValueError without readings.
    """
    if not readings:
        raise ValueError("there must be at least one reading to vote over")
    text, _ = _leader(readings)
    chosen = max(
        (r for r in readings if r.guess == text), key=lambda r: (r.status == "read", r.confidence)
    )
    if chosen.status == "read" and 2 * _sure(readings, text) <= len(readings):
        chosen = replace(chosen, status="unsure", reason=_doubt(chosen, readings))
    first, spent = readings[0], sum(r.milliseconds for r in readings)
    return replace(chosen, time=first.time, source=first.source, milliseconds=spent)


def _settled(readings: Sequence[Reading], hurry: bool) -> bool:
    if len(readings) == 1:
        only = readings[0]
        return hurry and only.status == "read" and only.confidence >= CLEAR
    text, lead = _leader(readings)
    halves = 2 * _sure(readings, text) == len(readings)  # one more frame decides
    return lead >= LEAD and not halves


def _sure(readings: Sequence[Reading], text: str) -> int:
    """How many of them are sure of a text."""
    return sum(reading.status == "read" and reading.guess == text for reading in readings)


def _leader(readings: Sequence[Reading]) -> tuple[str, float]:
    """The text with the most votes, and by how many it leads the second."""
    votes: dict[str, float] = {}
    for reading in readings:
        votes[reading.guess] = votes.get(reading.guess, 0.0) + _vote(reading)
    first, *others = sorted(votes, key=lambda text: votes[text], reverse=True)
    return first, votes[first] - (votes[others[0]] if others else 0.0)


def _vote(reading: Reading) -> float:
    if reading.status == "nothing":
        return NOTHING
    if reading.status == "read":  # as a whole, however doubtful one digit looked by itself
        return max(TRUSTED, reading.confidence)
    return UNSURE * reading.confidence


def _doubt(chosen: Reading, readings: Sequence[Reading]) -> str:
    """Why the frames disagree: the two digits of the one place where two texts differ, if so."""
    for reading in readings:
        pairs = list(zip(chosen.guess, reading.guess, strict=False))
        differing = [sorted(pair) for pair in pairs if pair[0] != pair[1]]
        if len(chosen.guess) == len(reading.guess) and len(differing) == 1:
            first, second = differing[0]
            if (first + second).isdigit():
                return f"{first} or {second}"
    reasons = (
        reading.reason
        for reading in readings
        if reading.reason and (reading.status, reading.reason) not in UNSEEN
    )
    return next(reasons, "blurred")  # whose advice is to hold it still

"""Doubles that tests share: a clock moved by hand, cameras and triggers that play a script."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

import numpy as np

from appliance.values import Box, Frame, Glyph, Prediction, ReadDigit, Reading, Signal, Status


class FakeClock:
    """Time that moves by `sleep` alone."""

    def __init__(self, now: float = 1_000_000.0) -> None:
        self.now = now
        self.slept: list[float] = []

    def time(self) -> float:
        return self.now

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


@dataclass
class ScriptedTrigger:
    """Gives its signals one after the other, then QUIT; each wait without one takes its time."""

    clock: FakeClock
    signals: Iterable[Signal | None]
    seen: list[Frame] = field(default_factory=list)
    closed: int = 0

    def __post_init__(self) -> None:
        self._signals = iter(self.signals)

    def wait(self, timeout: float) -> Signal | None:
        signal = next(self._signals, Signal.QUIT)
        if signal is None:
            self.clock.sleep(timeout)
        return signal

    def see(self, frame: Frame) -> None:
        self.seen.append(frame)

    def close(self) -> None:
        self.closed += 1


@dataclass
class ScriptedCamera:
    """Takes frames by calling a function, which may raise."""

    take: Callable[[], Frame]
    closed: int = 0

    def capture(self) -> Frame:
        return self.take()

    def watch(self) -> Frame:
        return self.take()

    def close(self) -> None:
        self.closed += 1


def blank_frame(time: float = 5.0) -> Frame:
    return Frame(np.full((12, 16), 200, np.uint8), time, "blank")


def read_digit(
    digit: int, confidence: float = 0.9, seed: int = 0, box: Box | None = None
) -> ReadDigit:
    """A digit with a random picture and the rest of the probability spread evenly."""
    probabilities = np.full(10, (1 - confidence) / 9, np.float32)
    probabilities[digit] = confidence
    pixels = np.random.default_rng(seed).random((28, 28), np.float32)
    return ReadDigit(Glyph(pixels, box or Box(3, 4, 20 + seed, 30)), Prediction(probabilities))


def a_reading(
    text: str = "407",
    status: Status = "read",
    reason: str | None = None,
    confidence: float = 0.9,
    time: float = 1_000_000.0,
) -> Reading:
    lines = tuple(
        tuple(read_digit(int(c), confidence, seed) for seed, c in enumerate(line))
        for line in text.split("\n")
        if line
    )
    return Reading(status, lines, reason, 7.1, time, "a camera")

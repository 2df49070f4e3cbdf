"""What each stage of a reading takes, for `digit-appliance bench --stages`.

    python -m appliance.cli.stages [FOLDER]

The stages are functions of the reader; while they are measured each is replaced by itself with a
clock around it, so that the reader carries no measuring of its own. A stage's time is without that
of the stages it calls. Processor time of the one thread, so that other programs count little.
"""

from __future__ import annotations

import json
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

import cv2
import numpy as np
from numpy.typing import NDArray

from appliance.cli.bench import MEDIAN, P95, SLOWEST

KINDS = ("easy", "medium", "hard", "negative")

SCENES, ROUNDS = 8, 2
"""Drawn scenes of each kind, and readings of each frame; the fastest counts."""

Pixels = NDArray[np.uint8]


class Stages:
    """A stopwatch for nested stages: `seconds` of each without those within."""

    def __init__(self, clock: Callable[[], float] = time.process_time) -> None:
        self._clock = clock
        self._inner: list[float] = []
        self.seconds: defaultdict[str, float] = defaultdict(float)

    def timed(self, name: str, work: Callable[..., Any]) -> Callable[..., Any]:
        """Return the function with its time counted under the name."""

        def measured(*arguments: Any, **named: Any) -> Any:
            self._inner.append(0.0)
            began = self._clock()
            try:
                return work(*arguments, **named)
            finally:
                spent = self._clock() - began
                self.seconds[name] += spent - self._inner.pop()
                if self._inner:
                    self._inner[-1] += spent

        return measured


@contextmanager
def measured(stages: Stages) -> Iterator[None]:
    """Count the reader's stages while it lasts."""
    from appliance import reader, sight
    from appliance.network.classifier import Classifier
    from appliance.network.recogniser import Recogniser
    from appliance.network.spotter import Spotter
    from appliance.network.transcriber import Transcriber
    from appliance.vision import eye, spots

    places: list[tuple[str, Any, str]] = [
        ("grey and noise", eye, "view"),
        ("spotter", Spotter, "spot"),
        ("spots", eye, "find_spots"),
        ("recogniser", Recogniser, "recognise"),
        ("windows", spots, "cut_windows"),
        ("squares", eye, "squares_of"),
        ("opinions and lines", reader, "look"),
        ("cutting out", sight, "cut_out"),
        ("surroundings", sight, "places_beside"),
        ("classifier", Classifier, "classify"),
        ("transcript", reader, "transcribed"),
        ("transcriber", Transcriber, "transcribe"),
        ("light", reader, "measure_light"),
        ("the rest", reader.Reader, "read"),
    ]
    before = [(owner, name, getattr(owner, name)) for _, owner, name in places]
    for stage, owner, name in places:
        setattr(owner, name, stages.timed(stage, getattr(owner, name)))
    try:
        yield
    finally:
        for owner, name, work in before:
            setattr(owner, name, work)


def measure(frames: list[tuple[str, Pixels]]) -> dict[str, Any]:
    """Milliseconds of readings and stages over frames (kind, pixels)."""
    from appliance.app import load_reader
    from appliance.values import Frame

    reader, rows = load_reader(), []
    reader.read(Frame(frames[0][1]))  # the first one also pays for what is loaded late
    for _, pixels in frames:
        rows.append(
            min((_read(reader, pixels) for _ in range(ROUNDS)), key=lambda r: sum(r.values()))
        )
    totals = np.array([1e3 * sum(row.values()) for row in rows])
    kinds = [kind for kind, _ in frames]
    names = sorted({name for row in rows for name in row})
    means = {n: 1e3 * float(np.mean([row.get(n, 0.0) for row in rows])) for n in names}
    medians = {n: 1e3 * float(np.median([row.get(n, 0.0) for row in rows])) for n in names}
    shares = {n: 1e5 * sum(row.get(n, 0.0) for row in rows) / totals.sum() for n in names}
    return {
        "readings": {
            kind: _summary(totals[[k == kind for k in kinds]]) for kind in dict.fromkeys(kinds)
        }
        | {"all": _summary(totals)},
        "stages": {
            n: {"mean": means[n], "median": medians[n], "percent": shares[n]} for n in names
        },
        "unavoidable": {"grey and threshold": _unavoidable(frames)},
        "watch frame": watch_frame(frames),
    }


def _read(reader: Any, pixels: Pixels) -> dict[str, float]:
    from appliance.values import Frame

    stages = Stages()
    with measured(stages):
        reader.read(Frame(pixels))
    return dict(stages.seconds)


def watch_frame(frames: list[tuple[str, Pixels]]) -> float:
    """Median milliseconds of what the stillness trigger does with a grey 320x240 frame."""
    from appliance.service.clock import SystemClock
    from appliance.triggers.stillness import Stillness
    from appliance.values import Frame

    trigger = Stillness(SystemClock())
    smaller = [cv2.resize(pixels, (320, 240), interpolation=cv2.INTER_AREA) for _, pixels in frames]
    small = [s if s.ndim == 2 else cv2.cvtColor(s, cv2.COLOR_BGR2GRAY) for s in smaller]
    watched = [Frame(np.asarray(pixels, np.uint8)) for pixels in small]
    return float(np.median([_milliseconds(trigger.see, f) for f in watched for _ in range(20)]))


def _unavoidable(frames: list[tuple[str, Pixels]]) -> float:
    """Median milliseconds of one grey copy and one threshold, what no reader goes without."""
    return float(np.median([_milliseconds(_grey_and_threshold, pixels) for _, pixels in frames]))


def _grey_and_threshold(pixels: Pixels) -> None:
    grey = pixels if pixels.ndim == 2 else cv2.cvtColor(pixels, cv2.COLOR_BGR2GRAY)
    cv2.threshold(grey, 128, 255, cv2.THRESH_BINARY)


def _milliseconds(work: Callable[[Any], object], argument: object) -> float:
    began = time.process_time()
    work(argument)
    return 1e3 * (time.process_time() - began)


def _summary(milliseconds: NDArray[np.float64]) -> dict[str, float]:
    median, p95, slowest = np.percentile(milliseconds, [50, 95, 100])
    return {"frames": len(milliseconds), "median": median, "p95": p95, "slowest": slowest}


def report(answer: dict[str, Any]) -> str:
    """The figures as text."""
    lines = [f"{'milliseconds':<26}{'frames':>8}{'median':>8}{'p95':>8}{'slowest':>9}"]
    for kind, row in answer["readings"].items():
        numbers = f"{row['median']:>8.1f}{row['p95']:>8.1f}{row['slowest']:>9.1f}"
        lines.append(f"{kind:<26}{row['frames']:>8}{numbers}")
    lines.append(f"(at most {MEDIAN}, {P95} and {SLOWEST} are wanted)")
    lines.append(f"\n{'stage':<26}{'mean':>8}{'median':>8}{'share':>8}")
    stages = sorted(answer["stages"].items(), key=lambda item: -item[1]["percent"])
    lines += [
        f"{name:<26}{row['mean']:>8.2f}{row['median']:>8.2f}{row['percent']:>7.0f}%"
        for name, row in stages
    ]
    passes, watch = answer["unavoidable"]["grey and threshold"], answer["watch frame"]
    lines.append(f"\n{'one grey copy and threshold':<34}{passes:.2f}  (no reader does with less)")
    lines.append(f"{'watch frame, 320x240':<34}{watch:.2f}  (at most 1.5 is wanted)")
    return "\n".join(lines)


def drawn() -> list[tuple[str, Pixels]]:
    """Frames of the scene generator, as many of each kind."""
    from appliance.scenes import Difficulty, generate

    return [
        (kind, generate(np.random.default_rng([9, number]), cast(Difficulty, kind)).frame)
        for kind in KINDS
        for number in range(SCENES)
    ]


def pictures(folder: Path) -> list[tuple[str, Pixels]]:
    """The pictures of a folder. Raises CameraError or PictureError."""
    from appliance.cameras.pictures import find_pictures, load_picture

    return [(folder.name, load_picture(path).pixels) for path in find_pictures([folder])]


if __name__ == "__main__":
    print(json.dumps(measure(drawn() + [f for name in sys.argv[1:] for f in pictures(Path(name))])))

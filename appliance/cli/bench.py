"""`digit-appliance bench`: speed and memory on this machine, against what is wanted."""

from __future__ import annotations

import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from appliance.errors import ApplianceError

# Nothing heavy is imported here: a child's peak memory counts what its parent had at the fork.

STARTS = 5
"""Runs of `read` from start to answer."""

MEDIAN, P95, SLOWEST = 12, 25, 80
"""Milliseconds of a reading that are wanted at most, on one core."""

ONE_THREAD = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")

COMMAND = [sys.executable, "-c", "from appliance.cli import main; main()"]


@dataclass(frozen=True)
class Figure:
    """One measured figure.

    target: the most that is wanted, in the same unit; None when nothing was promised.
    """

    name: str
    value: float
    unit: str
    target: float | None = None

    @property
    def verdict(self) -> str:
        """Whether the target is met."""
        if self.target is None:
            return ""
        return "met" if self.value <= self.target else "MISSED"


@click.command(epilog="Example: digit-appliance bench --json > figures.json")
@click.option("--json", "as_json", is_flag=True, help="Print the figures as one JSON object.")
@click.option("--stages", "by_stage", is_flag=True, help="Where the time of a reading goes.")
@click.argument("folder", nargs=-1, type=click.Path(exists=True, file_okay=False))
def bench(as_json: bool, by_stage: bool, folder: tuple[str, ...]) -> None:
    """Measure how fast and how large the appliance is.

    One thread does the arithmetic; each measurement runs in a process of its own. Readings and
    epochs are measured in processor time, the start as a person waits for it, so that other
    programs make it worse. The epochs are compared with scikit-learn where that is installed.

    With --stages: how long readings of drawn scenes, and of the pictures in FOLDER, take, by stage.
    """
    machine = describe_machine()
    if folder and not by_stage:
        raise click.UsageError("a FOLDER is read with --stages only")
    if by_stage:
        _stages(machine, folder, as_json)
        return
    if as_json:
        click.echo(json.dumps({"machine": machine, "figures": [as_dict(f) for f in measure()]}))
        return
    click.echo(machine)
    for figure in measure():
        target = "" if figure.target is None else f"at most {figure.target:g}: {figure.verdict}"
        click.echo(f"  {figure.name:<46}{figure.value:>8.4g} {figure.unit:<6}{target}")


def _stages(machine: str, folders: Sequence[str], as_json: bool) -> None:
    answer = _child(*folders, module="stages")
    if as_json:
        click.echo(json.dumps({"machine": machine, **answer}))
        return
    from appliance.cli.stages import report

    click.echo(f"{machine}\n{report(answer)}")


def measure() -> Iterator[Figure]:
    """Run all measurements, one after the other; takes about a minute on a fast machine."""
    with tempfile.TemporaryDirectory() as folder:
        file = str(Path(folder) / "frame.jpg")
        _child("picture", file)
        starts = [_start(file) for _ in range(STARTS)]
    yield Figure("start to first answer of `read`, median", _median(starts, 0), "s", 1.2)
    yield Figure("peak memory of `read`", max(peak for _, peak in starts), "MB", 200)
    reading = _child("reading")
    yield Figure("read a 1280x960 frame, median", reading["median"], "ms", MEDIAN)
    yield Figure("read a 1280x960 frame, 95th percentile", reading["p95"], "ms", P95)
    yield from _epochs("adam", "Adam", 0.6)
    yield from _epochs("plain", "plain descent", None)


def _epochs(optimizer: str, name: str, target: float | None) -> list[Figure]:
    """Ours beside scikit-learn's, where that is installed."""
    epoch = _child("epoch", optimizer)
    figures = [Figure(f"an epoch of 784-200-10 by {name}", epoch["ours"], "s")]
    if "ratio" in epoch:
        figures += [
            Figure("the same by scikit-learn's MLPClassifier", epoch["scikit-learn"], "s"),
            Figure("ours / scikit-learn's", epoch["ratio"], "", target),
        ]
    return figures


def describe_machine() -> str:
    """Name the machine, its system and the libraries that set the pace."""
    import cv2
    import numpy as np

    # Not the packages' versions: Debian's OpenCV is no package of pip's.
    libraries = f"numpy {np.__version__}, OpenCV {cv2.__version__}"
    return (
        f"{_processor()}, {os.cpu_count()} cores, {platform.system()} {platform.machine()}, "
        f"Python {platform.python_version()}, {libraries}, one thread, "
        f"load {os.getloadavg()[0]:.1f}"
    )


def as_dict(figure: Figure) -> dict[str, object]:
    """Return a figure as plain values."""
    return {
        "name": figure.name,
        "value": round(figure.value, 4),
        "unit": figure.unit,
        "target": figure.target,
        "met": None if figure.target is None else figure.verdict == "met",
    }


def _processor() -> str:
    """Name the board, or else the processor."""
    board = Path("/proc/device-tree/model")
    if board.exists():
        return board.read_text().strip("\0\n")
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.processor() or "an unnamed processor"


def _child(*arguments: str, module: str = "measures") -> dict[str, Any]:
    """Run one of `measures`, or `stages`, in a process of its own and return its answer."""
    done = subprocess.run(
        [sys.executable, "-m", f"appliance.cli.{module}", *arguments],
        env=os.environ | ONE_THREAD,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        reason = done.stderr.strip().splitlines()[-1:] or ["it said nothing"]
        raise ApplianceError(
            f"the measurement of {(arguments or (module,))[0]!r} failed: {reason[0]}"
        )
    answer: dict[str, Any] = json.loads(done.stdout or "{}")
    return answer


def _start(file: str) -> tuple[float, float]:
    """Run `read` on a file; returns its seconds and its peak memory in MB (2**20 bytes)."""
    began = time.perf_counter()
    process = subprocess.Popen(
        [*COMMAND, "read", file],
        env=os.environ | ONE_THREAD,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    assert process.stderr is not None
    words = process.stderr.read().decode(errors="replace").strip()
    _, status, usage = os.wait4(process.pid, 0)
    process.stderr.close()
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise ApplianceError(f"`digit-appliance read` failed: {words.splitlines()[-1:]}")
    return time.perf_counter() - began, usage.ru_maxrss / 1024


def _median(starts: Sequence[tuple[float, float]], column: int) -> float:
    return statistics.median(start[column] for start in starts)

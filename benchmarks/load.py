"""Whether the appliance bears its load: many readings, training beside them, little writing.

    python -m benchmarks.load                    # all, half an hour and more
    python -m benchmarks.load training           # some: readings, training, idle
    python -m benchmarks.load readings --readings 3600
    python -m benchmarks.load idle --minutes 60

readings: 10 a second for an hour on a clock that jumps, so as fast as they go: pictures in memory,
through the daemon and the reader, into a journal on the disk. What memory it takes more at the end.
training: how much longer a reading takes while `digit-appliance train --background` trains, with
all cores, with one for both, and, the most that it can disturb through memory and caches, with one
for each and without --background; with blocks of readings in turn, the training stopped for every
other one, so that a busy machine disturbs both alike.
idle: what `digit-appliance run` writes to the disk while it watches and nothing happens.
"""

from __future__ import annotations

import argparse
import gzip
import logging
import os
import signal
import statistics
import struct
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import cv2
import numpy as np

from appliance.app import load_reader
from appliance.daemon import Daemon
from appliance.journal.sqlite import SqliteJournal
from appliance.values import Frame, Reading, Signal, State
from benchmarks.faults import JumpingClock
from benchmarks.survival import draw_frames

RUN = "from appliance.cli import main; main()"
BLOCKS, BLOCK = 24, 12
"""Blocks of so many readings, every other one with training beside it."""

WARM = 0.1
"""Share of the readings after which memory counts: by then every cache is filled."""

IDLE = """
[camera]
use = "synthetic"
[triggers]
use = ["stillness"]
[displays]
use = []
[journal]
path = "{folder}/journal.sqlite3"
"""


class Hurry:
    """A button that is pressed ten times a second; the clock jumps there."""

    def __init__(self, clock: JumpingClock, times: int) -> None:
        self._clock = clock
        self._left = times

    def wait(self, timeout: float) -> Signal:
        """Press at once, or ask to quit after the last time."""
        self._clock.sleep(0.1)
        self._left -= 1
        return Signal.READ if self._left >= 0 else Signal.QUIT

    def see(self, frame: Frame) -> None:
        """It doesn't look."""

    def close(self) -> None:
        """Nothing to give back."""


class Pictures:
    """Small pictures in memory, one after the other."""

    def __init__(self, frames: Sequence[Frame]) -> None:
        self._frames = frames
        self._turn = 0

    def capture(self) -> Frame:
        """The next one."""
        self._turn += 1
        return self._frames[self._turn % len(self._frames)]

    watch = capture

    def close(self) -> None:
        """Nothing to give back."""


class Meter:
    """A display that shows nothing; it looks now and then how much memory the process has."""

    def __init__(self, total: int) -> None:
        self._total = total
        self.shown = 0
        self.sizes: list[tuple[int, float]] = []

    def show(self, reading: Reading) -> None:
        """Count it; twenty times in all note the memory."""
        self.shown += 1
        if self.shown % max(1, self._total // 20) == 0:
            self.sizes.append((self.shown, resident()))
            print(f"{self.shown:8,} readings: {self.sizes[-1][1]:.2f} MB", file=sys.stderr)

    def state(self, state: State, detail: str = "") -> None:
        """It doesn't matter here."""

    def close(self) -> None:
        """Nothing to give back."""


def readings(count: int, where: Path | None) -> None:
    """Ten readings a second for count/10 seconds of a clock that jumps."""
    clock, meter = JumpingClock(time.time()), Meter(count)
    pictures = Pictures([_small(frame) for frame in draw_frames(12)])
    began, before = time.perf_counter(), written(os.getpid())
    with tempfile.TemporaryDirectory(dir=where) as folder:
        path = Path(folder) / "journal.sqlite3"
        Daemon(
            lambda: pictures,
            Hurry(clock, count),
            meter,
            load_reader(),
            journal=SqliteJournal(path, clock),
            clock=clock,
        ).run()
        size = sum(file.stat().st_size for file in Path(folder).iterdir()) / 1e6
    warm = next(size for shown, size in meter.sizes if shown >= WARM * count)
    last = meter.sizes[-1][1]
    seconds, each = time.perf_counter() - began, (written(os.getpid()) - before) / count / 1e3
    print(f"{meter.shown:,} readings in {seconds:.0f} s instead of {count / 10:.0f} s")
    print(
        f"memory: {warm:.2f} MB after {WARM:.0%}, {last:.2f} MB at the end: {last - warm:+.2f} MB"
    )
    print(f"journal: {size:.1f} MB; {each:.0f} kB written for a reading")


def training() -> None:
    """Readings with and without training beside them."""
    every = os.sched_getaffinity(0)
    one = {max(every)}
    cases = [
        ("all cores", every, every, ["--background"]),
        ("one core", one, one, ["--background"]),
    ]
    if len(every) > 1:
        cases.append(("a core each, of the same priority", one, every - one, []))
    for where, cores, trainers, options in cases:
        plain, beside, share = _interleaved(cores, trainers, options)
        print(
            f"{where}: a reading takes {plain:.1f} ms, with training beside it {beside:.1f} ms: "
            f"{beside / plain - 1:+.0%} (at most +30%); it had {share:.0%} of a core"
        )


def _interleaved(
    cores: set[int], trainers: set[int], options: list[str]
) -> tuple[float, float, float]:
    """Median milliseconds of a reading without and with training; the training's share of a core.

    The share tells whether there was any training beside the readings: on a machine that is busy
    with other things it may have had to wait all the time.
    """
    reader, frames = load_reader(), draw_frames(BLOCK)
    times: tuple[list[float], list[float]] = ([], [])
    everywhere = os.sched_getaffinity(0)
    trained = seconds = 0.0
    try:
        with _trainer(trainers, options) as trainer:
            _stay_on(cores)
            for block in range(BLOCKS):
                running = block % 2
                trainer.send_signal(signal.SIGCONT if running else signal.SIGSTOP)
                time.sleep(0.2)
                trained -= running * _cpu_seconds(trainer.pid)
                seconds -= running * time.perf_counter()
                for frame in frames:
                    began = time.perf_counter()
                    reader.read(frame)
                    times[running].append(1e3 * (time.perf_counter() - began))
                trained += running * _cpu_seconds(trainer.pid)
                seconds += running * time.perf_counter()
                print(f"\rblock {block + 1}/{BLOCKS}", end="", file=sys.stderr, flush=True)
            print(file=sys.stderr)
            if trainer.poll() is not None:
                raise RuntimeError("the training ended before the readings")
    finally:
        _stay_on(everywhere)
    return statistics.median(times[0]), statistics.median(times[1]), trained / seconds


def _stay_on(cores: set[int]) -> None:
    """Let all threads of this process, OpenCV's too, run on these cores only."""
    for thread in Path("/proc/self/task").iterdir():
        os.sched_setaffinity(int(thread.name), cores)


@contextmanager
def _trainer(cores: set[int], options: list[str]) -> Iterator[subprocess.Popen[bytes]]:
    """`digit-appliance train` on made-up digits, under way."""
    os.sched_setaffinity(0, cores)  # the process inherits it
    with tempfile.TemporaryDirectory() as folder:
        _fake_mnist(Path(folder))
        command = ["train", "--data", folder, *options, "--out", f"{folder}/out.npz"]
        process = subprocess.Popen([sys.executable, "-c", RUN, *command], stderr=subprocess.DEVNULL)
        try:
            while _cpu_seconds(process.pid) < 8:  # until it is past importing and reading
                time.sleep(0.5)
                if process.poll() is not None:
                    raise RuntimeError("the training didn't start")
            yield process
        finally:
            process.kill()
            process.wait()


def _fake_mnist(folder: Path) -> None:
    """As many images as MNIST has, of noise: they take as long to learn."""
    random = np.random.default_rng(0)
    for name, count in (("train", 60_000), ("t10k", 10_000)):
        images = random.integers(0, 256, (count, 28, 28), np.uint8)
        labels = random.integers(0, 10, count).astype(np.uint8)
        image_header = struct.pack(">IIII", 0x803, count, 28, 28)
        label_header = struct.pack(">II", 0x801, count)
        for kind, data in (
            ("images-idx3", image_header + images.tobytes()),
            ("labels-idx1", label_header + labels.tobytes()),
        ):
            with gzip.open(folder / f"{name}-{kind}-ubyte.gz", "wb", compresslevel=1) as file:
                file.write(data)


def idle(minutes: float, where: Path | None) -> None:
    """What is written while nothing happens, in real time."""
    with tempfile.TemporaryDirectory(dir=where) as folder:
        config = Path(folder, "config.toml")
        config.write_text(IDLE.format(folder=folder))
        process = subprocess.Popen([sys.executable, "-c", RUN, "run", "--config", str(config)])
        try:
            time.sleep(30)  # it starts, reads the sheet that is there, keeps that
            before, began = written(process.pid), time.monotonic()
            for minute in range(int(minutes * 2)):
                time.sleep(30)
                print(f"\r{(minute + 1) / 2} of {minutes} min", end="", file=sys.stderr, flush=True)
            print(file=sys.stderr)
            hours = (time.monotonic() - began) / 3600
            bytes_written = written(process.pid) - before
        finally:
            process.terminate()
            process.wait()
    print(f"idle: {bytes_written:,} bytes written in {hours * 60:.1f} min of real time, ", end="")
    print(f"{bytes_written / hours / 1e6:.3f} MB an hour (at most 1)")


def written(process: int) -> int:
    """Bytes that a process has caused to be written to disks."""
    lines = Path(f"/proc/{process}/io").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("write_bytes"))


def resident() -> float:
    """Megabytes, 10**6 bytes, that this process has in memory."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def _cpu_seconds(process: int) -> float:
    fields = Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _small(frame: Frame) -> Frame:
    pixels = cv2.resize(frame.pixels, (320, 240), interpolation=cv2.INTER_AREA)
    return Frame(np.asarray(pixels, np.uint8), frame.time, frame.source)


def main() -> None:
    """Measure what is named, all without a name."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("measures", nargs="*", help="readings, training, idle (all)")
    parser.add_argument("--readings", type=int, default=36_000, help="how many (36000)")
    parser.add_argument("--minutes", type=float, default=10, help="of idling (10)")
    parser.add_argument(
        "--folder",
        type=Path,
        help="where the journal lies, for the figures of writing on a real disk (the usual one)",
    )
    options = parser.parse_args()
    logging.disable()
    wanted = options.measures or ["readings", "training", "idle"]
    if set(wanted) - {"readings", "training", "idle"}:
        parser.error("name readings, training or idle")
    if "readings" in wanted:
        readings(options.readings, options.folder)
    if "training" in wanted:
        training()
    if "idle" in wanted:
        idle(options.minutes, options.folder)


if __name__ == "__main__":
    main()

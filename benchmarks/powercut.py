"""Cuts the power at random moments, on a disk that writes down what it is told to write.

    sudo python -m benchmarks.powercut                     # 500 cuts
    sudo python -m benchmarks.powercut --cuts 50 --seconds 5
    sudo python -m benchmarks.powercut --careless          # without syncing: losses must be found

A worker reads, corrects, trains and upgrades on an ext4 file system whose disk records every write
and every flush (see recorded_disk.py). For each cut the disk is put together as it may have been at
that moment: what was flushed, and of what was written since all, nothing, or any part, down to
sectors of 512 bytes. The kernel mounts that, replaying ext4's own log, the appliance opens its
folder, and what it finds is compared with what the worker had said by then: what was done must be
there, of what was begun all or nothing, and nothing else.

It proves that the appliance syncs what it must, in the right order, on ext4 with the options that
Raspberry Pi OS uses. It proves nothing about cards that lie about a flush or lose old blocks.
Linux as root, with FUSE and loop devices. Exit status 1 when anything was lost or half-written.
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np

from benchmarks.recorded_disk import RecordedDisk, cut, unmount
from benchmarks.survival import Ledger, Worker, be_careless, draw_frames

SIZE = 48 << 20
MOUNT = ("-o", "noatime")
"""As Raspberry Pi OS mounts its root."""

MEMORY = Path("/dev/shm")
"""The disks lie there: it is fast, and nothing here wants the machine's own disk."""

Heard = list[tuple[int, dict[str, Any]]]
"""What the worker said, each with the length of the disk's record at that moment."""


def record(
    seconds: float, seed: int, folder: Path, careless: bool = False
) -> tuple[RecordedDisk, Heard]:
    """Let a worker do everything for so long on a recorded disk."""
    disk = RecordedDisk(_empty_file_system(folder / "image"))
    heard: Heard = []
    worker = Worker(draw_frames(3))
    with (
        _forked(worker, folder / "mount", seed, careless) as (child, said, go),
        ExitStack() as stack,
    ):
        device = stack.enter_context(disk.attached(folder / "disk"))
        stack.enter_context(_mounted(device, folder / "mount"))
        stop = threading.Timer(seconds, os.kill, (child, signal.SIGKILL))
        stop.start()
        os.write(go, b"\n")
        with os.fdopen(said, "rb") as lines:
            for line in lines:
                heard.append((len(disk.record), json.loads(line)))
                try:
                    os.write(go, b"\n")
                except BrokenPipeError:
                    break
        os.waitpid(child, 0)
    return disk, heard


@contextmanager
def _forked(
    worker: Worker, state: Path, seed: int, careless: bool
) -> Iterator[tuple[int, int, int]]:
    """A worker's process, which waits for a line after each that it says, and before the first.

    Forked before the disk's thread starts. The waiting makes the order sure: nothing of a change is
    written before it was heard that it begins.
    """
    said, say = os.pipe()
    wait, go = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.close(said)
            os.close(go)
            os.read(wait, 1)
            if careless:
                be_careless()

            def tell(message: dict[str, Any]) -> None:
                os.write(say, json.dumps(message).encode() + b"\n")
                if not os.read(wait, 1):
                    os._exit(2)

            worker.work("all", state, np.random.default_rng(seed), tell)
        finally:
            os._exit(3)
    os.close(say)
    os.close(wait)
    try:
        yield child, said, go
    finally:
        os.close(go)


def check(
    disk: RecordedDisk, heard: Heard, cuts: int, seed: int, folder: Path
) -> Iterator[list[str]]:
    """Cut the power so many times; yields for each cut what was wrong."""
    random = np.random.default_rng(seed)
    moments = sorted(int(m) for m in random.integers(heard[0][0], len(disk.record), cuts))
    ledger, messages = Ledger(), iter([*heard, (len(disk.record) + 1, {})])
    when, message = next(messages)
    for moment, image in cut(disk, moments, random):
        while when <= moment:
            ledger.hear(message)
            when, message = next(messages)
        (folder / "cut").write_bytes(image)
        with _mounted("loop", folder / "check", folder / "cut"):
            wrong = ledger.copy().settle(folder / "check")
        yield [f"cut before write {moment}: {text}" for text in wrong]


@contextmanager
def _mounted(device: str, place: Path, image: Path | None = None) -> Iterator[None]:
    place.mkdir(exist_ok=True)
    source = (device,) if image is None else (str(image),)
    options = MOUNT if image is None else ("-o", "noatime,loop")
    subprocess.run(["mount", *options, *source, str(place)], check=True)
    try:
        yield
    finally:
        unmount(place)


def _empty_file_system(image: Path) -> bytes:
    image.write_bytes(bytes(SIZE))
    whole = "lazy_itable_init=0,lazy_journal_init=0"  # nothing is to be written behind our back
    subprocess.run(["mkfs.ext4", "-q", "-E", whole, str(image)], check=True)
    return image.read_bytes()


def main() -> int:
    """Work, cut, show how far it is, say what came of it."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--cuts", type=int, default=500, help="how many (500)")
    parser.add_argument("--seconds", type=float, default=20, help="how long to work (20)")
    parser.add_argument("--seed", type=int, default=1, help="of the work and the cuts (1)")
    parser.add_argument("--careless", action="store_true", help="sync nothing while working")
    options = parser.parse_args()
    if os.geteuid():
        sys.exit("benchmarks.powercut mounts file systems: run it as root, with sudo")
    logging.disable()
    with tempfile.TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None) as name:
        print(f"working for {options.seconds:.0f} s", file=sys.stderr)
        disk, heard = record(options.seconds, options.seed, Path(name), options.careless)
        complaints: list[str] = []
        broken = 0
        for number, wrong in enumerate(check(disk, heard, options.cuts, options.seed, Path(name))):
            complaints += wrong
            broken += bool(wrong)
            print(
                f"\r{number + 1}/{options.cuts} cuts, {broken} with losses",
                end="",
                file=sys.stderr,
                flush=True,
            )
    flushes = sum(entry is None for entry in disk.record)
    changes = sum("done" in message for _, message in heard)
    print(file=sys.stderr)
    print(f"{changes} changes, {len(disk.record) - flushes} writes, {flushes} flushes")
    print(f"{options.cuts} cuts, of which {broken} lost or half-wrote something")
    for complaint in complaints[:20]:
        print(f"  {complaint}")
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())

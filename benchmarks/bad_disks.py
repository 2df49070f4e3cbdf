"""Runs the appliance on a disk that is full, and on one that is read-only. Linux, root.

    sudo python -m benchmarks.bad_disks

`digit-appliance run` reads drawn scenes with its state on a small file system in memory. Its disk
is filled, or read-only at a start, then mended. Every press must be answered, the trouble be said
once when it begins and once when it ends, and no reading that was kept may be lost.
Exit status 1 when that isn't so.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from appliance.journal.sqlite import SqliteJournal
from appliance.service.clock import SystemClock
from benchmarks.recorded_disk import unmount

RUN = "from appliance.cli import main; main()"
PRESSES = 3
"""Before the trouble, during it and after it."""

PATIENCE = 120.0
CONFIG = """
[camera.synthetic]
scenes = "easy"
[journal]
path = "{state}/journal.sqlite3"
"""


class Appliance:
    """`digit-appliance run`, its Enter key, and what it says."""

    def __init__(self, folder: Path, state: Path) -> None:
        config = folder / "config.toml"
        config.write_text(CONFIG.format(state=state))
        self._out, self._log = folder / "out.txt", folder / "log.txt"
        with self._out.open("w") as out, self._log.open("w") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-c", RUN, "run", "--config", str(config)],
                stdin=subprocess.PIPE,
                stdout=out,
                stderr=log,
                text=True,
            )

    def press(self, times: int) -> None:
        """Press, and wait for the answer; so many times."""
        assert self.process.stdin is not None
        for _ in range(times):
            before = self.answers()
            self.process.stdin.write("\n")
            self.process.stdin.flush()
            deadline = time.monotonic() + PATIENCE
            while self.answers() == before:
                if self.process.poll() is not None or time.monotonic() > deadline:
                    raise RuntimeError(f"no answer; its log:\n{self._log.read_text()}")
                time.sleep(0.05)

    def answers(self) -> int:
        """How many presses were answered."""
        return self._out.read_text().count("\n")

    def tally(self) -> dict[str, int]:
        """Let it end by itself; returns what it said."""
        self.process.communicate("q\n", timeout=PATIENCE)
        log = self._log.read_text()
        return {
            "answers": self.answers(),
            "trouble said": log.count("can't be used"),
            "end of it said": log.count("works again"),
        }

    def close(self) -> None:
        """End it, if it didn't."""
        self.process.kill()
        self.process.wait()


def full(folder: Path, state: Path) -> dict[str, int]:
    """The disk fills while the appliance runs, and is emptied again."""
    with closing(Appliance(folder, state)) as appliance:
        appliance.press(PRESSES)
        _fill(state)
        appliance.press(PRESSES)
        (state / "filler").unlink()
        appliance.press(PRESSES)
        return appliance.tally()


def read_only(folder: Path, state: Path) -> dict[str, int]:
    """The appliance starts on a disk that can't be written, between two starts on one that can."""
    total: Counter[str] = Counter()
    for number, how in enumerate(("rw", "ro", "rw")):
        subprocess.run(["mount", "-o", f"remount,{how}", str(state)], check=True)
        place = folder / str(number)
        place.mkdir()
        with closing(Appliance(place, state)) as appliance:
            appliance.press(PRESSES)
            total.update(appliance.tally())
    return dict(total)


def kept(state: Path) -> dict[str, int]:
    """What the appliance finds in the end."""
    with closing(SqliteJournal(state / "journal.sqlite3", SystemClock())) as journal:
        found = len(journal.readings())
    return {"readings kept": found, "files set aside": len(list(state.glob("*.damaged-*")))}


LIMITS = {
    "full": {"answers": (9, 9), "trouble said": (1, 1), "end of it said": (1, 1)},
    "read-only": {"answers": (9, 9), "trouble said": (1, 1), "end of it said": (0, 0)},
}
"""How many there must be, at least and at most; and of both disks:"""

KEPT = {"readings kept": (2 * PRESSES, 3 * PRESSES), "files set aside": (0, 0)}
"""Those before and after the trouble; on a full disk one may still fit."""


@contextmanager
def _disk(place: Path) -> Iterator[Path]:
    place.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(place)], check=True)
    try:
        yield place
    finally:
        unmount(place)


def _fill(state: Path) -> None:
    with (state / "filler").open("wb", buffering=0) as file:
        try:
            while True:
                file.write(bytes(4096))
        except OSError:  # full
            pass


def main() -> int:
    """Spoil a disk in each way, say what came of it."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.parse_args()
    if os.geteuid():
        sys.exit("benchmarks.bad_disks mounts file systems: run it as root, with sudo")
    good = True
    for name, spoil in (("full", full), ("read-only", read_only)):
        with tempfile.TemporaryDirectory() as folder, _disk(Path(folder) / "state") as state:
            found = {**spoil(Path(folder), state), **kept(state)}
        print(f"{name}: {', '.join(f'{what} {count}' for what, count in found.items())}")
        for what, (least, most) in {**LIMITS[name], **KEPT}.items():
            if not least <= found[what] <= most:
                good = False
                print(f"  {what} must be {least} to {most}")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())

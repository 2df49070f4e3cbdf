"""Kills the appliance at random moments and looks whether anything was lost.

    python -m benchmarks.crashes                    # 500 kills, some minutes
    python -m benchmarks.crashes --kills 20 --seed 7

Each worker is a process that reads (through the daemon), corrects, trains or upgrades with the
appliance's own code in one state folder. It says through a pipe what it begins and what is done,
and is ended by SIGKILL. Then the folder is opened as at the next start and compared with what was
said: what was done must be there, of what was begun all or nothing, and nothing else.
Exit status 1 when anything was lost, half-written or set aside.
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import select
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # a worker is forked: no threads before that

import numpy as np

from benchmarks.survival import KINDS, Ledger, Worker, draw_frames

LONGEST = 0.4
"""Seconds after its first word at which a worker is killed at the latest."""


@dataclass
class Tally:
    """What came of the kills so far."""

    kills: Counter[str] = field(default_factory=Counter)
    inside: Counter[str] = field(default_factory=Counter)
    complaints: list[str] = field(default_factory=list)
    done: int = 0


def crash(kills: int, seed: int, state: Path, frames: int = 3) -> Iterator[Tally]:
    """Kill so many workers one after the other in a state folder; yields the tally after each.

    inside: kills in the midst of a change that the worker had begun, by what it was.
    """
    random, ledger, tally = np.random.default_rng(seed), Ledger(), Tally()
    worker = Worker(draw_frames(frames))
    for number in range(kills):
        kind = KINDS[number % len(KINDS)]
        _work_and_die(worker, kind, state, random, ledger)
        if ledger.begun is not None:
            tally.inside[ledger.begun["begin"]] += 1
        tally.complaints += [f"kill {number}, {kind}: {text}" for text in ledger.settle(state)]
        tally.kills[kind] += 1
        tally.done = ledger.done
        yield tally


def _work_and_die(
    worker: Worker, kind: str, state: Path, random: np.random.Generator, ledger: Ledger
) -> None:
    """Fork a worker, listen to it, kill it at a random moment."""
    source, sink = os.pipe()
    inner, outer = np.random.default_rng(int(random.integers(1 << 40))), random.random() * LONGEST
    child = os.fork()
    if child == 0:
        try:
            os.close(source)
            worker.work(kind, state, inner, lambda m: _write(sink, json.dumps(m)))
        finally:  # it never comes back into the parent's code
            os._exit(3)
    os.close(sink)
    with os.fdopen(source, "rb", buffering=0) as pipe:
        select.select([pipe], [], [])
        time.sleep(outer)
        os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
        said = pipe.readall()
    if not os.WIFSIGNALED(status):
        raise RuntimeError(f"the worker ({kind}) ended by itself")
    for line in said.splitlines():
        ledger.hear(json.loads(line))


def _write(sink: int, text: str) -> None:
    os.write(sink, text.encode() + b"\n")  # short enough to be written whole or not at all


def main() -> int:
    """Kill, show how far it is, say what came of it."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--kills", type=int, default=500, help="how many (500)")
    parser.add_argument("--seed", type=int, default=1, help="of the moments and the work (1)")
    options = parser.parse_args()
    logging.disable()  # damaged weights are told of each time they are met
    tally = Tally()
    with tempfile.TemporaryDirectory() as folder:
        for tally in crash(options.kills, options.seed, Path(folder)):
            count = sum(tally.kills.values())
            print(
                f"\r{count}/{options.kills} kills, {len(tally.complaints)} complaints",
                end="",
                file=sys.stderr,
                flush=True,
            )
    print(file=sys.stderr)
    print(f"{sum(tally.kills.values())} kills ({dict(tally.kills)}), {tally.done} changes done;")
    print(f"in the midst of a change: {sum(tally.inside.values())} ({dict(tally.inside)})")
    print(f"lost, half-written or set aside: {len(tally.complaints)}")
    for complaint in tally.complaints[:20]:
        print(f"  {complaint}")
    return 1 if tally.complaints else 0


if __name__ == "__main__":
    sys.exit(main())

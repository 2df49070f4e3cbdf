"""What the loop costs: how fast a press is answered, what it takes while idle, whether it grows.

    python -m benchmarks.loop                   # all; nearly all of the time is for `day`
    python -m benchmarks.loop latency idle      # some

Each is measured in a process of its own, and all but `ready` and `memory`, which run the command as
it is, on one core with one thread for arithmetic. No Pi is needed: pins are mock pins, and the
camera gives frames that were drawn before. On a machine that is busy with other things:

    sudo chrt --rr 1 python -m benchmarks.loop latency idle ready memory
"""

from __future__ import annotations

import json
import os
import platform
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast
from unittest import mock

import cv2
import numpy as np

from appliance import app, settings
from appliance.cameras import CAMERAS
from appliance.daemon import Daemon
from appliance.ports import Clock
from appliance.service.clock import SystemClock
from appliance.service.pins import Pins
from appliance.values import Frame
from benchmarks.faults import JumpingClock, survive

Figures = dict[str, float]

LIMITS = {
    "press to LEDs, median [ms]": 40,
    "idle [% of one core]": 15,
    "memory of the running daemon [MB]": 150,
    "run to ready, median [s]": 1.5,
    "growth in a day of frames [MB]": 2,
    "faults of the camera that ended the loop": 0,
    "faults said more or less than once": 0,
}
"""Figure -> the most that it may be."""

CONFIG = """
[camera]
use = "{camera}"
[camera.pictures]
paths = ["{folder}/scene.png"]
[triggers]
use = {triggers}
[triggers.interval]
seconds = {interval}
[displays]
use = ["leds", "status_led", "seven_segment", "buzzer"]
[displays.seven_segment]
numbers = [4, 22, 23, 24, 14, 15, 7]
[journal]
path = "{folder}/journal.sqlite3"
[gpio]
factory = "mock"
"""

BUTTON, LEDS = 17, (5, 6, 12, 13, 16, 19, 20, 21, 25, 26)

RUN = "from appliance.cli import main; main()"

FRAMES_A_DAY = 24 * 60 * 60 * 15


class Drawn:
    """A camera that takes no time: a desk that trembles, and a sheet that is held up now and then.

    clock: says when: for 3 s of each five minutes.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        random = np.random.default_rng(1)
        self._sheet = cv2.cvtColor(_scene(), cv2.COLOR_BGR2GRAY)
        desk = np.full((240, 320), 90, np.uint8)
        small = cv2.resize(self._sheet, (320, 240), interpolation=cv2.INTER_AREA)
        noise = random.integers(0, 6, (16, 240, 320), np.uint8)
        self._empty, self._held = desk + noise, np.maximum(small, 6) - noise
        self._turn = 0

    def capture(self) -> Frame:
        """The sheet, (960, 1280)."""
        return Frame(np.asarray(self._sheet), self._clock.time(), "drawn")

    def watch(self) -> Frame:
        """The desk or the sheet, (240, 320); the noise differs from frame to frame."""
        self._turn = (self._turn + 1) % len(self._empty)
        held = self._clock.monotonic() % 300 > 297
        return Frame((self._held if held else self._empty)[self._turn], self._clock.time())

    def close(self) -> None:
        """Nothing to give back."""


def latency() -> Figures:
    """Milliseconds from the pin that goes up (a short press ends) to the LED pin that goes up.

    The picture is there when it is asked for, so no exposure is counted; nor is the time for which
    the contact must rest (`bounce`, 20 ms), which a Pi's pin driver adds.
    """
    presses, times, lit = 40, [], threading.Event()
    with _appliance('["button", "stillness"]') as (daemon, pins):
        for number in LEDS:
            _watch_pin(pins.factory.pin(number), lit.set)
        loop = threading.Thread(target=daemon.run)
        loop.start()
        time.sleep(1)
        finger = pins.factory.pin(BUTTON)
        for _ in range(presses):
            time.sleep(0.31)  # no multiple of a tick: presses come at any time of it
            finger.drive_low()
            time.sleep(0.08)
            lit.clear()
            began = time.perf_counter()
            finger.drive_high()
            if lit.wait(5):
                times.append(1e3 * (time.perf_counter() - began))
        daemon.stop()
        loop.join()
    assert len(times) == presses, f"only {len(times)} of {presses} presses lit a LED"
    return {
        "press to LEDs, median [ms]": statistics.median(times),
        "press to LEDs, 95th percentile [ms]": float(np.percentile(times, 95)),
    }


def idle() -> Figures:
    """Processor time of the loop that watches 320x240 at 15 frames a second, for 20 s."""
    with _appliance('["button", "stillness"]') as (daemon, _):
        frames = 0

        def count() -> None:
            nonlocal frames
            frames += 1

        daemon._lens._progress = count
        threading.Timer(22, daemon.stop).start()
        threading.Timer(2, lambda: began.append((time.process_time(), time.time(), frames))).start()
        began: list[tuple[float, float, int]] = []
        daemon.run()
        (cpu, wall, before) = began[0]
        seconds = time.time() - wall
        return {
            "idle [% of one core]": 100 * (time.process_time() - cpu) / seconds,
            "frames a second while idle": (frames - before) / seconds,
        }


def ready() -> Figures:
    """Seconds from the start of `digit-appliance run` to the word to systemd that it is ready."""
    times = []
    for _ in range(6):
        with _command('["button", "stillness"]', 1) as (_, told, began):
            _hear(told, "READY=1")
            times.append(time.perf_counter() - began)
    return {"run to ready, median [s]": statistics.median(times[1:])}  # the first loads the disk


def memory() -> Figures:
    """Resident megabytes (10**6 bytes) of `digit-appliance run` after 20 readings; and its peak."""
    with _command('["button", "stillness", "interval"]', 0.2) as (process, told, _):
        for _ in range(20):
            _hear(told, "STATUS=read")
        return {
            "memory of the running daemon [MB]": _resident(process.pid),
            "peak memory of the running daemon [MB]": _resident(process.pid, "VmHWM"),
        }


def day(frames: int = FRAMES_A_DAY) -> Figures:
    """Growth from 5 % of a day's frames to its end, through the real daemon, on a jumping clock.

    A sheet is held up for 3 s in each five minutes and read by itself; so is one each half hour.
    """
    clock, seen, sizes = JumpingClock(), 0, []
    with _appliance('["stillness", "interval"]', 1800, clock) as (daemon, _):

        def count() -> None:
            nonlocal seen
            seen += 1
            if seen % (frames // 20) == 0:
                sizes.append(_resident(os.getpid()))
                print(f"{seen:9,} frames: {sizes[-1]:.2f} MB", file=sys.stderr)
            if seen >= frames:
                daemon.stop()

        daemon._lens._progress = count
        daemon.run()
        kept = cast(Any, daemon)._keeping._journal.readings(100_000)
    return {
        "growth in a day of frames [MB]": sizes[-1] - sizes[0],
        "frames in that day": seen,
        "hours in that day": (clock.now - 1_000_000) / 3600,
        "readings in that day": len(kept),
    }


def faults() -> Figures:
    """A thousand faults of the camera, and whether the press after the last one was answered."""
    survival = survive(1000, app.load_reader())
    return {
        "faults injected": sum(survival.faults.values()),
        "faults of the camera that ended the loop": int(not survival.reads),
        "outages": survival.outages,
        "faults said more or less than once": abs(survival.said - survival.outages)
        + abs(survival.recovered - survival.outages),
    }


MEASURES: dict[str, Callable[[], Figures]] = {
    "latency": latency,
    "idle": idle,
    "ready": ready,
    "memory": memory,
    "faults": faults,
    "day": day,
}


@contextmanager
def _appliance(
    triggers: str, interval: float = 1, clock: Clock | None = None
) -> Iterator[tuple[Daemon, Pins]]:
    """The appliance as `run` makes it, on mock pins and the camera above, on one core."""
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    clock, pins = clock or SystemClock(), Pins("mock")
    cast(dict[str, str], CAMERAS.builtin)["drawn"] = "benchmarks.loop:Drawn"
    with tempfile.TemporaryDirectory() as folder, mock.patch.object(app, "Pins", lambda _: pins):
        text = CONFIG.format(camera="drawn", folder=folder, triggers=triggers, interval=interval)
        yield app.build(settings.parse(text, "the benchmark"), clock, {}), pins


@contextmanager
def _command(
    triggers: str, interval: float
) -> Iterator[tuple[subprocess.Popen[bytes], socket.socket, float]]:
    """`digit-appliance run` on mock pins and a picture file, and the socket that it tells."""
    with tempfile.TemporaryDirectory() as folder:
        cv2.imwrite(f"{folder}/scene.png", _scene())
        text = CONFIG.format(camera="pictures", folder=folder, triggers=triggers, interval=interval)
        Path(folder, "config.toml").write_text(text)
        told = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        with told:
            told.bind(f"{folder}/notify")
            told.settimeout(60)
            began = time.perf_counter()
            process = subprocess.Popen(
                [sys.executable, "-c", RUN, "run", "--config", f"{folder}/config.toml"],
                env=os.environ | {"NOTIFY_SOCKET": f"{folder}/notify"},
            )
            try:
                yield process, told, began
            finally:
                process.terminate()
                process.wait()


def _scene() -> Any:
    """A sheet with one digit, uint8 (960, 1280, 3), that is read without doubt."""
    from appliance.cameras.synthetic import Synthetic  # noqa: PLC0415

    return Synthetic(seed=3, digits="7").capture().pixels


def _hear(told: socket.socket, beginning: str) -> None:
    """Wait until a line that begins so was told."""
    while not any(line.startswith(beginning) for line in told.recv(4096).decode().splitlines()):
        pass


def _watch_pin(pin: Any, lit: Callable[[], object]) -> None:
    """Call `lit` when a mock pin is driven up."""
    change = pin._change_state

    def changed(value: float) -> Any:
        answer = change(value)
        if value:
            lit()
        return answer

    pin._change_state = changed


def _resident(process: int, field: str = "VmRSS") -> float:
    """Megabytes, 10**6 bytes, that a process has in memory now, or had at most (VmHWM)."""
    lines = Path(f"/proc/{process}/status").read_text().splitlines()
    return next(int(line.split()[1]) * 1.024e-3 for line in lines if line.startswith(field))


def main() -> None:
    """Measure what is named, all without a name; print each figure with its limit."""
    if sys.argv[1:2] == ["--one"]:
        print(json.dumps(MEASURES[sys.argv[2]]()))
        return
    print(f"{platform.machine()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}, ", end="")
    print(f"Python {platform.python_version()}, numpy {np.__version__}, OpenCV {cv2.__version__}")
    for name in sys.argv[1:] or MEASURES:
        done = subprocess.run(
            [sys.executable, "-m", "benchmarks.loop", "--one", name],
            stdout=subprocess.PIPE,
            check=True,
            env=os.environ | {"OPENBLAS_NUM_THREADS": "1"},
        )
        for figure, value in json.loads(done.stdout).items():
            limit = f"  at most {LIMITS[figure]:g}" if figure in LIMITS else ""
            print(f"{figure:<42}{value:12,.2f}{limit}", flush=True)


if __name__ == "__main__":
    main()

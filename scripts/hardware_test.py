"""What can be proven on a board alone: run on a Raspberry Pi, with the service stopped.

    scripts/hardware-test --list
    scripts/hardware-test frames button

Each test says what to do, measures by itself what it can, and asks for what only eyes can see.
"""

from __future__ import annotations

import argparse
import contextlib
import itertools
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from appliance import settings as file
from appliance.app import load_reader
from appliance.cli.checks import THROTTLED
from appliance.errors import ApplianceError
from appliance.keys import collaborators
from appliance.ports import Camera, Display
from appliance.service.clock import SystemClock
from appliance.service.machine import Machine
from appliance.service.pins import Pins
from appliance.settings import Adapter, Settings
from appliance.values import State

PROVEN, FAILED, SKIPPED = "ok", "FAILED", "skipped"

FRAMES = 300
"""Watch frames whose times are taken: twenty seconds of them."""

SLOWEST = 1.5 / 15
"""Seconds between two of them that still count as 15 in a second."""

PRESSES = 20
BUS_ROUNDS = 100
HEAT_SECONDS = 600
HOTTEST = 80.0
"""Degrees Celsius from which a Pi slows itself down."""

SUDDEN, SHARPER = 20, 1.5
"""Grey levels that the light must change by to be told; how much sharper focusing must make it."""


@dataclass(frozen=True, slots=True)
class Test:
    """A test on a board.

    prove: does it with these settings; returns what was measured, in words. Raises Failed, Skipped.
    """

    name: str
    about: str
    prove: Callable[[Settings], str]


class Failed(Exception):  # noqa: N818  # a verdict, as Skipped is
    """It isn't as it should be; the text says how it is."""


class Skipped(Exception):  # noqa: N818
    """It can't be tested on this board; the text says why."""


def exposure(settings: Settings) -> str:
    """Cover and light up what the camera sees; its exposure follows."""
    with _camera(settings) as camera:
        _ask("Point the camera at a page in ordinary light, and press Enter.")
        ordinary = _settled(camera)
        _ask("Now shade it with your hand, so that it is much darker, and press Enter.")
        shaded = _settled(camera)
        _ask("Now light it with a lamp or a telephone's torch, and press Enter.")
        lit = _settled(camera)
    words = f"mean grey {ordinary:.0f}, shaded {shaded:.0f}, lit {lit:.0f}"
    return _unless(60 <= ordinary <= 220 and shaded >= 30 and lit <= 240, words)


def autofocus(settings: Settings) -> str:
    """Hold a page near and far; it becomes sharp at both."""
    with _camera(settings) as camera:
        controls = getattr(getattr(camera, "_camera", None), "camera_controls", {})
        if "AfMode" not in controls:
            raise Skipped("this camera's lens doesn't move")
        sharp = []
        for distance in ("15 cm", "60 cm"):
            _ask(f"Hold a page with small print {distance} before the camera, and press Enter.")
            begin = _sharpness(camera)
            time.sleep(2)
            sharp.append((begin, _sharpness(camera)))
    words = ", ".join(f"{before:.0f} -> {after:.0f}" for before, after in sharp)
    ends = [after for _, after in sharp]
    return _unless(min(ends) * SHARPER > max(ends) / SHARPER, f"sharpness {words}")


def frames(settings: Settings) -> str:
    """Fifteen watch frames in a second, none late; what a picture takes."""
    with _camera(settings) as camera:
        times = []
        for _ in range(FRAMES):
            camera.watch()
            times.append(time.monotonic())
        gaps = np.diff(times[1:])
        pictures = [_timed(camera.capture) for _ in range(20)]
    late = int((gaps > 2 * SLOWEST).sum())
    words = (
        f"{1 / gaps.mean():.1f} frames a second, {late} late, the longest after "
        f"{1000 * gaps.max():.0f} ms; "
        f"a picture takes {1000 * statistics.median(pictures):.0f} ms"
    )
    return _unless(gaps.mean() <= SLOWEST and late <= FRAMES // 100, words)


def latency(settings: Settings) -> str:
    """Switch a light on: the picture after the press shows it."""
    with _camera(settings) as camera:
        _ask("Point the camera at a lamp that is off, and press Enter.")
        before = camera.capture().pixels.mean()
        _ask("Switch the lamp on, and press Enter at the same moment.")
        after = camera.capture().pixels.mean()
    words = f"mean grey {before:.0f} -> {after:.0f}"
    return _unless(abs(after - before) >= SUDDEN, words)


def unplugged(settings: Settings) -> str:
    """Pull the plug of a USB camera: an error within the timeout, no hang."""
    if settings.camera.name != "webcam":
        raise Skipped("a ribbon cable must not be pulled while the Pi is on")
    with _camera(settings) as camera:
        camera.watch()
        _ask("Pull the camera's plug, and press Enter.")
        begin = time.monotonic()
        try:
            for _ in range(10):
                camera.capture()
        except ApplianceError as error:
            words = f"after {time.monotonic() - begin:.1f} s: {error}"
            return _unless(time.monotonic() - begin < 15, words)
    raise Failed("it still gives pictures")


def button(settings: Settings) -> str:
    """Press it twenty times: twenty presses, however it bounces."""
    from gpiozero import Button  # noqa: PLC0415

    adapter = next((a for a in settings.triggers if a.name == "button"), None)
    if adapter is None:
        raise Skipped("the settings have no button")
    pins, number = Pins(settings.gpio.factory), adapter.options["number"]
    edges: list[float] = []
    contact = pins.make(Button, number, pull_up=True, bounce_time=None)
    contact.when_pressed = lambda: edges.append(time.monotonic())
    _ask(f"Press the button {PRESSES} times as you like, then press Enter.")
    contact.close()
    signals, trigger = 0, _make(adapter, settings)
    with contextlib.closing(trigger):
        print(f"And now {PRESSES} times shortly ... (20 s)")
        ends = time.monotonic() + 20
        while time.monotonic() < ends and signals < PRESSES + 1:
            signals += trigger.wait(0.1) is not None
    bounces = [b - a for a, b in itertools.pairwise(edges) if b - a < 0.05]
    longest = f", the longest {1000 * max(bounces):.1f} ms" if bounces else ""
    words = f"{signals} of {PRESSES} counted; {len(bounces)} bounces without the filter{longest}"
    return _unless(signals == PRESSES, words)


def lamps(settings: Settings) -> str:
    """Every digit on every display, one after another; eyes say whether they are right."""
    from appliance.cameras.synthetic import Synthetic  # noqa: PLC0415

    reader, wrong = load_reader(settings.reader.weights), []
    for adapter in settings.displays:
        display: Display = _make(adapter, settings)
        try:
            for digit in "0123456789":
                display.show(reader.read(Synthetic(seed=int(digit), digits=digit).capture()))
                time.sleep(1)
            display.state(State.READY)
        finally:
            display.close()
        if not _yes(f"Did {adapter.name} show 0 to 9, each for a second?"):
            wrong.append(adapter.name)
    return _unless(not wrong, f"wrong: {', '.join(wrong)}" if wrong else "all displays")


def buses(settings: Settings) -> str:
    """Draw a hundred times on what hangs on I2C and SPI: no error, and how long it takes."""
    found = []
    for adapter in settings.displays:
        if adapter.name not in ("oled", "max7219"):
            continue
        display: Display = _make(adapter, settings)
        try:
            times = [
                _timed(partial(display.state, State.CORRECTING, question))
                for _ in range(BUS_ROUNDS // 2)
                for question in ("7", "8")
            ]
        finally:
            display.close()
        found.append(f"{adapter.name} {1000 * statistics.median(times):.1f} ms a picture")
    if not found:
        raise Skipped("the settings have no display on I2C or SPI")
    return ", ".join(found)


def watchdog(settings: Settings) -> str:
    """The hardware watchdog is there and systemd feeds it."""
    machine = Machine()
    name = machine.text("/sys/class/watchdog/watchdog0/identity")
    state = machine.text("/sys/class/watchdog/watchdog0/state")
    seconds = machine.run("systemctl", "show", "--property=RuntimeWatchdogUSec", "--value")
    words = f"{name or 'none'}, {state or 'unknown'}, systemd feeds it within {seconds}"
    return _unless(bool(name) and state == "active" and seconds not in (None, "", "0"), words)


def heat(settings: Settings) -> str:
    """Read for ten minutes without a pause: no throttling, below 80 degrees, no slower."""
    from appliance.cameras.synthetic import Synthetic  # noqa: PLC0415

    reader, frame = load_reader(settings.reader.weights), Synthetic(seed=1).capture()
    reader.read(frame)
    times, hottest = [], 0.0
    ends = time.monotonic() + HEAT_SECONDS
    while time.monotonic() < ends:
        times.append(_timed(partial(reader.read, frame)))
        hottest = max(hottest, _degrees())
    tenth = max(1, len(times) // 10)
    first, last = (1000 * statistics.median(part) for part in (times[:tenth], times[-tenth:]))
    words = f"at most {hottest:.0f} degrees; a reading {first:.0f} ms, at the end {last:.0f} ms"
    return _unless(hottest < HOTTEST and last < 1.2 * first and not _throttled(), words)


def power(settings: Settings) -> str:
    """With everything lit and reading: the voltage holds."""
    lamps(settings)
    flags = _throttled()
    return _unless(not flags, "; ".join(flags) or "no under-voltage since the start")


def speed(settings: Settings) -> str:
    """What a reading takes on this board: a figure, not a verdict."""
    from appliance.cli.measures import reading  # noqa: PLC0415

    found = reading()
    board = Machine().text("/proc/device-tree/model") or "no Raspberry Pi"
    return f"{board}: median {found['median']:.0f} ms, 95 % within {found['p95']:.0f} ms"


TESTS = [
    Test(prove.__name__, (prove.__doc__ or "").rstrip("."), prove)
    for prove in (
        *(exposure, autofocus, frames, latency, unplugged),
        *(button, lamps, buses, watchdog, heat, power, speed),
    )
]


def run(test: Test, settings: Settings) -> str:
    """Do a test and say how it went; returns PROVEN, FAILED or SKIPPED."""
    print(f"\n{test.name}: {test.about}")
    try:
        verdict, words = PROVEN, test.prove(settings)
    except Skipped as error:
        verdict, words = SKIPPED, str(error)
    except (Failed, ApplianceError, OSError, EOFError) as error:
        verdict, words = FAILED, str(error) or type(error).__name__
    print(f"{verdict}: {test.name}: {words}", flush=True)
    return verdict


def main() -> int:
    """Return 0 when nothing failed, 1 otherwise, 2 for wrong usage, 130 when it was interrupted."""
    parser = argparse.ArgumentParser(
        prog="scripts/hardware-test",
        description="Proves on a Raspberry Pi what no test without one can.",
        epilog="Example: sudo systemctl stop digit-appliance; scripts/hardware-test frames button",
    )
    names = [test.name for test in TESTS]
    parser.add_argument("tests", nargs="*", metavar="TEST", help="Which; all when none is named.")
    parser.add_argument("--list", action="store_true", help="Name the tests, and end.")
    parser.add_argument("--config", type=Path, help="Settings; those of the service if not given.")
    chosen = parser.parse_args()
    if wrong := sorted(set(chosen.tests) - set(names)):
        parser.error(f"no test named {', '.join(wrong)}; there are: {', '.join(names)}")
    if chosen.list:
        print("\n".join(f"{test.name:<11}{test.about}" for test in TESTS))
        return 0
    try:
        settings = file.load(chosen.config)
    except ApplianceError as error:
        print(error, file=sys.stderr)
        return 2
    wanted = [test for test in TESTS if not chosen.tests or test.name in chosen.tests]
    verdicts: list[str] = []
    stopped = False
    try:
        verdicts.extend(run(test, settings) for test in wanted)
    except KeyboardInterrupt:
        stopped = True
    print("\n" + ", ".join(f"{verdicts.count(v)} {v}" for v in (PROVEN, FAILED, SKIPPED)))
    return 130 if stopped else int(FAILED in verdicts)


@contextmanager
def _camera(settings: Settings) -> Iterator[Camera]:
    camera: Camera = _make(settings.camera, settings)
    try:
        yield camera
    finally:
        camera.close()


def _make(adapter: Adapter, settings: Settings) -> Any:
    offered = {"clock": SystemClock(), "pins": Pins(settings.gpio.factory)}
    return adapter.make(**adapter.options, **collaborators(adapter.make, offered))


def _settled(camera: Camera) -> float:
    """Mean grey level after the exposure had two seconds to follow."""
    ends = time.monotonic() + 2
    while time.monotonic() < ends:
        camera.watch()
    return float(camera.capture().pixels.mean())


def _sharpness(camera: Camera) -> float:
    return float(cv2.Laplacian(camera.capture().pixels, cv2.CV_64F).var())


def _timed(act: Callable[[], object]) -> float:
    begin = time.monotonic()
    act()
    return time.monotonic() - begin


def _degrees() -> float:
    return float(Machine().text("/sys/class/thermal/thermal_zone0/temp") or 0) / 1000


def _throttled() -> list[str]:
    told = Machine().run("vcgencmd", "get_throttled") or "throttled=0x0"
    bits = int(told.partition("=")[2], 16)
    return [words for bit, words in THROTTLED.items() if bits >> bit & 1]


def _unless(good: bool, words: str) -> str:
    if not good:
        raise Failed(words)
    return words


def _ask(words: str) -> None:
    input(f"  {words} ")


def _yes(words: str) -> bool:
    return input(f"  {words} [y/n] ").strip().lower().startswith("y")


if __name__ == "__main__":
    sys.exit(main())

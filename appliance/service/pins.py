"""The pins of the header: one way to them for all adapters, opened when the first one asks."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from appliance.errors import PinError

Device = TypeVar("Device")

WAYS = ("", "lgpio", "rpigpio", "mock")
"""Names of gpiozero's pin factories; empty asks the environment, and is lgpio without an answer.

Its `native` can't dim a light or sound a tone, and `pigpio` asks a daemon over TCP, which the
service may not.

gpiozero itself would fall back to a worse one when lgpio fails, and presses would be lost.
"""


class Pins:
    """Makes gpiozero devices on one pin factory.

    way: one of WAYS; `mock` has pins that are connected to nothing.
    factory: a pin factory that is open already; `way` is ignored then.
    """

    def __init__(self, way: str = "", factory: Any = None) -> None:
        self.way = way or os.environ.get("GPIOZERO_PIN_FACTORY") or "lgpio"
        self._factory = factory

    @property
    def factory(self) -> Any:
        """The pin factory, a gpiozero.pins.Factory. Raises PinError when it can't be opened."""
        if self._factory is None:
            try:
                self._factory = _open(self.way)
            except Exception as error:  # lgpio's own error is a plain Exception
                raise PinError(
                    f"the pins can't be reached through {self.way!r} "
                    f"({str(error) or type(error).__name__}); on a Pi: sudo apt install "
                    "python3-lgpio and join the group gpio; elsewhere set "
                    'factory = "mock" under [gpio]'
                ) from error
        return self._factory

    def make(self, device: Callable[..., Device], *pins: int, **options: object) -> Device:
        """Make a gpiozero device on `pins`, BCM numbers. Raises PinError naming them."""
        factory = self.factory
        try:
            return device(*pins, pin_factory=factory, **options)
        except Exception as error:
            names = ", ".join(f"GPIO{pin}" for pin in pins)
            why = str(error).strip("'") or type(error).__name__
            remedy = "see which part uses which pin with: digit-appliance wiring"
            if "busy" in why:
                remedy = "if the service uses it: sudo systemctl stop digit-appliance"
            raise PinError(f"{names} can't be used: {why}; {remedy}") from error


def _open(way: str) -> Any:
    if way not in WAYS:
        raise PinError(f"it isn't one of {', '.join(WAYS[1:])}")
    if way == "mock":
        from gpiozero.pins.mock import MockFactory, MockPWMPin  # noqa: PLC0415

        return MockFactory(pin_class=MockPWMPin)
    from importlib.metadata import entry_points  # noqa: PLC0415  # 40 ms

    (found,) = entry_points(group="gpiozero_pin_factories", name=way)
    before = Path.cwd()
    _give_lgpio_a_folder()
    threads = _threads()
    try:
        factory = found.load()()
    finally:
        os.chdir(before)  # importing lgpio goes into its folder
    _let_rest(_threads() - threads)
    return factory


def _give_lgpio_a_folder() -> None:
    """Name the folder in which lgpio keeps its pipes; by default it litters the present one."""
    import tempfile  # noqa: PLC0415

    if "LG_WD" not in os.environ:
        runtime = os.environ.get("RUNTIME_DIRECTORY", "").partition(":")[0]
        os.environ["LG_WD"] = runtime or tempfile.mkdtemp(prefix="digit-appliance-")


def _threads() -> set[int]:
    """The numbers of this process's threads, also of those that Python doesn't know."""
    return {int(task.name) for task in Path("/proc/self/task").glob("*")}


def _let_rest(threads: set[int]) -> None:
    """Wait, a second at most, until these threads wait for something to do.

    lgpio's (0.2.2, lgPthAlerts.c) looks whether a pin is to be watched, then waits for the news of
    one, and misses what is told in between: a button made in that moment, as happens where much
    starts at once, would be dead until the program is started anew.
    """
    ends = time.monotonic() + 1.0
    while any(_state(thread) != "S" for thread in threads) and time.monotonic() < ends:
        time.sleep(0.001)


def _state(thread: int) -> str:
    """How a thread of this process is, a letter as in ps(1): S is one that waits, or has ended."""
    try:
        about = Path(f"/proc/self/task/{thread}/stat").read_text()
    except OSError:
        return "S"
    return about.rpartition(")")[2].split()[0]

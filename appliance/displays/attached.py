"""A device on a bus, that may be unplugged and plugged in again at any time."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence
from typing import Any

from appliance.errors import DisplayError


class Attached:
    """Opens a luma device when it is first used, and again after it was lost.

    open_interface: opens the bus, as luma.core.interface.serial.i2c does.
    make_device: makes the device on it. What either raises means that it isn't there.
    name, remedy: for the message: "the OLED at 0x3c", "check its wires".
    libraries: what has to be installed: "luma.oled".
    """

    def __init__(
        self,
        open_interface: Callable[[], Any],
        make_device: Callable[[Any], Any],
        name: str,
        remedy: str,
        libraries: tuple[str, ...],
    ) -> None:
        self._open_interface, self._make_device = open_interface, make_device
        self._name, self._remedy, self._libraries = name, remedy, libraries
        self._interface: Any = None
        self._device: Any = None

    def use(self, action: Callable[[Any], object]) -> None:
        """Do something with the device. Raises DisplayError when it isn't there."""
        try:
            if self._device is None:
                self._interface = self._open_interface()
                self._device = self._make_device(self._interface)
            action(self._device)
        except ImportError as error:
            self._release()
            raise DisplayError(
                f"{self._name} can't be used: {error}; {installed_by(self._libraries)}"
            ) from error
        except Exception as error:  # OSError, luma's own errors
            self._release()
            raise DisplayError(
                f"{self._name} doesn't answer: {str(error) or type(error).__name__}; {self._remedy}"
            ) from error

    def close(self) -> None:
        """Make it dark and give it back, if it is there."""
        if self._device is not None:
            with contextlib.suppress(Exception):
                self._device.hide()
        self._release()

    def _release(self) -> None:
        interface, self._interface, self._device = self._interface, None, None
        if interface is not None:
            with contextlib.suppress(Exception):
                interface.cleanup()


def installed_by(libraries: Sequence[str]) -> str:
    """How to get libraries, as the end of a sentence."""
    packages = " ".join(f"python3-{name.replace('_', '-')}" for name in libraries)
    return (
        f"sudo apt install {packages} (a virtual environment needs --system-site-packages), "
        f"or in the virtual environment: pip install {' '.join(libraries)}"
    )

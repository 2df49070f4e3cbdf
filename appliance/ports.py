"""The protocols that adapters fill; the daemon knows nothing else of them."""

from __future__ import annotations

from typing import Protocol

from appliance.values import Correction, Frame, Reading, Signal, State


class Camera(Protocol):
    """Gives frames. Opened when made; `close()` may be called more than once.

    A camera whose every capture shows something else, as picture files do, has an attribute
    `one_shot` that is true: of others several frames may be read for one answer.
    """

    def capture(self) -> Frame:
        """Take a full picture now; nothing exposed before the call is returned.

        Raises CameraError when none can be had.
        """
        ...

    def watch(self) -> Frame:
        """Give the latest small grey frame, about 320x240, for stillness and light.

        Raises CameraError when none can be had.
        """
        ...

    def close(self) -> None:
        """Give the device back."""
        ...


class Trigger(Protocol):
    """Says when to read.

    One that is told by somebody else's thread or a file may have a `fileno()`, a file descriptor
    that can be read when a signal may be there; among several it is then noticed at once. One whose
    source may end, as a file does, may have an attribute `ended`: while it is true, QUIT is meant
    for itself alone, and others go on. One that looks by itself may have a method `answered()`:
    somebody asked, and what it sees was read.
    """

    def wait(self, timeout: float) -> Signal | None:
        """Wait up to `timeout` seconds for a signal; None when there was none."""
        ...

    def see(self, frame: Frame) -> None:
        """Look at a watch frame; triggers that don't need it do nothing."""
        ...

    def close(self) -> None:
        """Give the device back."""
        ...


class Display(Protocol):
    """Shows readings and states. Any number of them work side by side.

    One that knows where it failed may have a method `show_again(reading)`: the reading stands, and
    is to be shown where it couldn't be.
    """

    def show(self, reading: Reading) -> None:
        """Show the answer. Raises DisplayError when it can't."""
        ...

    def state(self, state: State, detail: str = "") -> None:
        """Show what the appliance is doing. Raises DisplayError when it can't.

        detail: why, in words; of CORRECTING a `Question` as a text.
        """
        ...

    def close(self) -> None:
        """Go dark and give the device back."""
        ...


class Journal(Protocol):
    """Keeps readings and corrections. Every method raises JournalError when it can't."""

    def record(self, reading: Reading) -> int:
        """Keep a reading with its glyphs; returns its id. On disk when this returns."""
        ...

    def latest(self) -> Reading | None:
        """Return the newest reading that is kept, with its id; None when there is none."""
        ...

    def reading(self, number: int) -> Reading | None:
        """Return the reading of that id, None when there is none."""
        ...

    def correct(self, correction: Correction) -> int:
        """Keep a correction; returns its id. On disk when this returns.

        One of the same glyph that was kept before no longer counts.
        """
        ...

    def corrections(self) -> list[Correction]:
        """Return the corrections that count, one for a glyph, oldest first."""
        ...

    def undo(self, number: int) -> bool:
        """Forget the correction of that id; False when there is none. On disk when this returns.

        A correction of the same glyph that it replaced counts again.
        """
        ...

    def changed(self) -> bool:
        """Whether somebody else has changed it since this was asked before; at first True."""
        ...

    def close(self) -> None:
        """Close the file."""
        ...


class Clock(Protocol):
    """Time, so that tests need not wait for it."""

    def time(self) -> float:
        """Seconds since the epoch."""
        ...

    def monotonic(self) -> float:
        """Seconds that never run backwards."""
        ...

    def sleep(self, seconds: float) -> None:
        """Wait."""
        ...

"""LEDs behind the chip MAX7219: modules of 8x8, or eight seven-segment digits."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

from appliance.displays.attached import Attached
from appliance.displays.options import GAMMA, Brightness, DarkAfter, Gamma
from appliance.displays.player import Alarm
from appliance.displays.sequence import Teller, characters
from appliance.keys import Key
from appliance.service.wires import Wire, spi_wires
from appliance.values import Reading, State

LIBRARIES = ("luma.led_matrix", "spidev")
"""What has to be installed for it."""

PLACES = 8
"""Characters on a module of seven-segment digits."""

LOST = {"matrix": "!", "digits": "no CA"}
"""Shown when the camera is lost; seven segments can't draw an M."""


class Max7219:
    """Shows the digits; those that don't fit at once follow each other.

    An unsure reading is `-`, on eight digits `-407-`; nothing is `_`. Lines follow each other like
    digits: 40 above 7 is shown as 407. The chip answers nothing, so only a missing bus is noticed
    (DisplayError), not a missing module.

    open_interface: opens the bus; luma's SPI when not given.
    """

    def __init__(
        self,
        *,
        kind: Annotated[
            str, Key("matrix: 8x8 LEDs; digits: eight of them.", choices=("matrix", "digits"))
        ] = "matrix",
        modules: Annotated[int, Key("8x8 modules in a row.", minimum=1, maximum=16)] = 1,
        turned: Annotated[
            str, Key("Degrees by which each module is turned.", choices=("0", "90", "-90", "180"))
        ] = "0",
        device: Annotated[
            int, Key("Chip select of SPI bus 0: 0 is GPIO8, 1 is GPIO7.", minimum=0, maximum=1)
        ] = 0,
        brightness: Brightness = 0.6,
        gamma: Gamma = GAMMA,
        dark_after: DarkAfter = 60.0,
        open_interface: Callable[[], Any] | None = None,
        alarm: Alarm | None = None,
    ) -> None:
        self._kind, self._turned = kind, int(turned)
        self._modules = modules if kind == "matrix" else 1
        self._places = self._modules if kind == "matrix" else PLACES
        self._contrast = round(255 * brightness**gamma)  # the chip has 16 steps of it
        self._device = Attached(
            open_interface or (lambda: _spi(device)),
            self._make,
            f"the MAX7219 on SPI device 0.{device}",
            "switch SPI on with: sudo raspi-config nonint do_spi 0",
            LIBRARIES,
        )
        self._teller = Teller(self._draw, dark_after, alarm)

    @staticmethod
    def wires(device: int, **others: object) -> list[Wire]:
        """The wires that it needs with these settings."""
        return list(spi_wires(device))

    def show(self, reading: Reading) -> None:
        """Show the digits. Raises DisplayError."""
        text = characters(reading)
        doubtful = f"-{reading.guess}-".replace("\n", "")
        if reading.status == "unsure" and len(doubtful) <= self._places:
            text = doubtful
        self._teller.tell(self._parts(text))

    def state(self, state: State, detail: str = "") -> None:
        """Show a lost camera until it is back, and while somebody corrects, the digit in question.

        Raises DisplayError.
        """
        if state is State.CAMERA_LOST:
            self._teller.tell(self._parts(LOST[self._kind]), lasts=True)
        elif state is State.CORRECTING:
            self._teller.ask(detail)
        elif state in (State.READY, State.LOOKING, State.SHUTTING_DOWN, State.STOPPED):
            self._teller.hush()

    def close(self) -> None:
        """Go dark and give the bus back."""
        self._teller.close()
        self._device.close()

    def _parts(self, text: str) -> list[str]:
        """As much at once as there are places for."""
        return [text[i : i + self._places] for i in range(0, len(text), self._places)]

    def _draw(self, text: str) -> None:
        draw = _draw_matrix if self._kind == "matrix" else _draw_digits

        def display(device: Any) -> None:
            _set_up(device, self._contrast)
            draw(device, text)

        self._device.use(display)

    def _make(self, interface: Any) -> Any:
        from luma.led_matrix.device import max7219  # noqa: PLC0415

        return max7219(
            interface,
            cascaded=self._modules,
            block_orientation=self._turned,
            contrast=self._contrast,
        )


def _set_up(device: Any, contrast: int) -> None:
    """Tell the chip again what luma told it when it was made: its power may have gone since."""
    chip = device._const
    for register, value in ((chip.SCANLIMIT, 7), (chip.DECODEMODE, 0), (chip.DISPLAYTEST, 0)):
        device.data([register, value] * device.cascaded)
    device.contrast(contrast)
    device.show()


def _draw_matrix(device: Any, text: str) -> None:
    from luma.core.legacy import text as write  # noqa: PLC0415
    from luma.core.legacy.font import CP437_FONT  # noqa: PLC0415
    from luma.core.render import canvas  # noqa: PLC0415

    with canvas(device) as draw:
        write(draw, (0, 0), text, fill="white", font=CP437_FONT)


def _draw_digits(device: Any, text: str) -> None:
    from luma.core.virtual import sevensegment  # noqa: PLC0415

    sevensegment(device).text = text


def _spi(device: int) -> Any:
    from luma.core.interface.serial import noop, spi  # noqa: PLC0415

    return spi(port=0, device=device, gpio=noop())

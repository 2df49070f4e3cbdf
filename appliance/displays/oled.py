"""A small OLED screen on the I2C bus: SSD1306 or SH1106."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Annotated, Any

from appliance.displays.attached import Attached
from appliance.displays.options import GAMMA, Brightness, DarkAfter, Gamma
from appliance.displays.player import Alarm, Player, Step
from appliance.displays.screen import draw_reading, draw_state
from appliance.displays.sequence import until_dark
from appliance.keys import Key
from appliance.service.wires import Wire, i2c_wires
from appliance.values import Reading, State

if TYPE_CHECKING:
    from PIL import Image

LIBRARIES = ("luma.oled",)
"""What has to be installed for it."""

DISPLAY_OFF = 0xAE
"""The command of both controllers that switches the screen off."""

DARKEST = 0.01
"""The least contrast, as a share: at 0 some screens still glow and others go dark."""


class Oled:
    """Shows the digits large, the confidence as a bar, the 28x28 glyph, and advice.

    A screen that isn't there, or is unplugged later, raises DisplayError at each show, and comes
    back with the first show after it was plugged in.

    open_interface: opens the bus; luma's I2C when not given.
    """

    def __init__(
        self,
        *,
        chip: Annotated[str, Key("Its controller.", choices=("ssd1306", "sh1106"))] = "ssd1306",
        address: Annotated[
            int, Key("I2C address; 60 is 0x3c, 61 is 0x3d.", minimum=3, maximum=119)
        ] = 0x3C,
        bus: Annotated[
            int,
            Key("I2C bus, /dev/i2c-N: 1 is on GPIO2 and GPIO3, 0 on GPIO0 and GPIO1.", minimum=0),
        ] = 1,
        height: Annotated[int, Key("Pixels.", choices=(64, 32))] = 64,
        upside_down: Annotated[bool, Key("It is mounted upside down.")] = False,
        brightness: Brightness = 0.9,
        gamma: Gamma = GAMMA,
        dark_after: DarkAfter = 60.0,  # it burns in
        open_interface: Callable[[], Any] | None = None,
        alarm: Alarm | None = None,
    ) -> None:
        self._chip, self._size = chip, (128, height)
        self._rotate = 2 if upside_down else 0
        self._contrast = round(255 * max(DARKEST, brightness**gamma))
        self._dark_after = dark_after
        self._set_up: tuple[int, ...] = ()
        self._device = Attached(
            open_interface or (lambda: _i2c(bus, address)),
            self._make,
            f"the OLED on I2C bus {bus} at 0x{address:02x}",
            "check its wires; see what is on the bus with: digit-appliance doctor",
            LIBRARIES,
        )
        self._player: Player[Image.Image | None] = Player(self._draw, alarm)

    @staticmethod
    def wires(address: int, bus: int, **others: object) -> list[Wire]:
        """The wires that it needs with these settings."""
        return list(i2c_wires(address, bus))

    def show(self, reading: Reading) -> None:
        """Draw the reading. Raises DisplayError."""
        self._play(draw_reading(reading, *self._size))

    def state(self, state: State, detail: str = "") -> None:
        """Write what the appliance does, and the `detail`. Raises DisplayError."""
        if state is State.STOPPED:
            self._player.play([Step(None)])
            return
        image = draw_state(state, detail, *self._size)
        if state is State.CAMERA_LOST:  # for as long as it is
            self._player.play([Step(image)])
        else:
            self._play(image)

    def close(self) -> None:
        """Go dark and give the bus back."""
        self._player.close()
        self._device.close()

    def _play(self, image: Image.Image) -> None:
        steps: Iterator[Step[Image.Image | None]] = until_dark(image, None, self._dark_after)
        self._player.play(steps)

    def _draw(self, image: Image.Image | None) -> None:
        """Draw a picture; None switches the screen off."""
        if image is None:
            self._device.use(lambda device: device.hide())
            return

        def display(device: Any) -> None:
            device.command(*self._set_up)  # its power may have gone since
            device.contrast(self._contrast)
            device.display(image)
            device.show()

        self._device.use(display)

    def _make(self, interface: Any) -> Any:
        from luma.oled import device as devices  # noqa: PLC0415

        # Ask first: each device that is made leaves a function behind that runs at the end, so one
        # that is missing for weeks would fill the memory.
        interface.command(DISPLAY_OFF)
        width, height = self._size
        bus = _Noting(interface)
        device = getattr(devices, self._chip)(bus, width, height, self._rotate)
        device.contrast(self._contrast)
        self._set_up = bus.first
        return device


class _Noting:
    """A bus that notes the first command: it sets a device up; the others light and address it."""

    def __init__(self, bus: Any) -> None:
        self._bus = bus
        self.first: tuple[int, ...] = ()

    def command(self, *command: int) -> None:
        self.first = self.first or command
        self._bus.command(*command)

    def data(self, data: Sequence[int]) -> None:
        self._bus.data(data)

    def cleanup(self) -> None:
        self._bus.cleanup()


def _i2c(bus: int, address: int) -> Any:
    from luma.core.interface.serial import i2c  # noqa: PLC0415

    return i2c(port=bus, address=address)

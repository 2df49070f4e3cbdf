"""Ten LEDs, one for each digit, or four that show it in binary."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from appliance.displays.lights import Lights
from appliance.displays.options import GAMMA, Brightness, DarkAfter, Gamma
from appliance.displays.player import Alarm
from appliance.displays.segments import UNSURE
from appliance.displays.sequence import Teller, characters
from appliance.errors import SettingsError
from appliance.keys import Key
from appliance.service.pins import Pins
from appliance.service.wires import LAST_GPIO, Wire
from appliance.values import Reading, State

DIM = 0.5
"""Level of the LEDs that an unsure reading lights."""

ZERO = 10
"""Four dark LEDs would look like nothing, so in binary a 0 is shown as ten: 8 and 2."""

COUNTS = (10, 4)
"""How many LEDs there may be."""

Levels = tuple[float, ...]


class Leds:
    """Lights the LED of the digit that was read; several digits one after the other.

    Of one unsure digit ten LEDs light, dimly, the two that it may mean. Whatever else is unsure
    lights all, dimly, and with four LEDs an unsure digit, too: that is no digit's sign, and those
    of two laid over each other would be the sign of a third. Of nothing, none is lit. Lines follow
    each other like digits: 40 above 7 is shown as 407.

    Raises SettingsError unless there are ten pins or four, PinError.
    """

    def __init__(
        self,
        pins: Pins,
        *,
        numbers: Annotated[
            tuple[int, ...],
            Key(
                "BCM numbers of the LEDs' pins: ten for 0..9, or four for 1, 2, 4, 8 in binary.",
                minimum=0,
                maximum=LAST_GPIO,
                counts=COUNTS,
            ),
        ] = (5, 6, 12, 13, 16, 19, 20, 21, 25, 26),
        brightness: Brightness = 1.0,
        gamma: Gamma = GAMMA,
        dark_after: DarkAfter = 60.0,
        alarm: Alarm | None = None,
    ) -> None:
        if len(numbers) not in COUNTS:
            raise SettingsError(
                f"displays.leds.numbers has {len(numbers)} pins; it takes ten, or four for binary"
            )
        self._count = len(numbers)
        self._lights = Lights(pins, numbers, brightness, gamma)
        self._teller = Teller(lambda text: self._lights.set(self._levels(text)), dark_after, alarm)

    @staticmethod
    def wires(numbers: Sequence[int], **others: object) -> list[Wire]:
        """The wires that it needs with these settings."""
        names = [f"{2**n}" for n in range(4)] if len(numbers) == 4 else [*"0123456789"]
        return [
            Wire(number, f"LED for {name}; 330 ohm to GND")
            for number, name in zip(numbers, names, strict=False)
        ]

    def show(self, reading: Reading) -> None:
        """Light the digits."""
        if reading.status == "unsure" and len(reading.digits) == 1 and self._count == 10:
            (digit,) = reading.digits
            self._teller.tell([f"{digit.digit}{digit.prediction.runner_up}"])
        else:
            self._teller.tell(characters(reading))

    def state(self, state: State, detail: str = "") -> None:
        """While it looks it is dark; while somebody corrects it shows the digit that is asked."""
        if state is State.CORRECTING:
            self._teller.ask(detail)
        elif state in (State.LOOKING, State.SHUTTING_DOWN, State.STOPPED, State.CAMERA_LOST):
            self._teller.hush()

    def close(self) -> None:
        """Go dark and give the pins back."""
        self._teller.close()
        self._lights.close()

    def _levels(self, text: str) -> Levels:
        """Level of each LED: of a digit's it is lit, of two that are meant both are, dimly.

        All are dim for UNSURE; none is lit for what isn't a digit.
        """
        if text == UNSURE:
            return (DIM,) * self._count
        if not text.isdigit():
            return (0.0,) * self._count
        if self._count == 10:
            level = 1.0 if len(text) == 1 else DIM
            return tuple(level * (str(number) in text) for number in range(10))
        digit = int(text)
        return tuple(float((digit or ZERO) >> bit & 1) for bit in range(4))

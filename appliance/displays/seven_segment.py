"""One seven-segment digit, its segments on pins."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from appliance.displays.lights import Lights
from appliance.displays.options import GAMMA, Brightness, DarkAfter, Gamma
from appliance.displays.player import Alarm
from appliance.displays.segments import SEGMENTS
from appliance.displays.sequence import Teller, characters
from appliance.errors import SettingsError
from appliance.keys import Key
from appliance.service.pins import Pins
from appliance.service.wires import LAST_GPIO, Wire
from appliance.values import Reading, State

NAMES = "abcdefg"


class SevenSegment:
    """Shows the digit that was read; several digits one after the other.

    An unsure reading is `-`, nothing is `_`: neither is a digit, so neither is taken for one.
    Lines follow each other like digits: 40 above 7 is shown as 407.

    Raises SettingsError unless there are seven pins, PinError.
    """

    def __init__(
        self,
        pins: Pins,
        *,
        numbers: Annotated[
            tuple[int, ...],
            Key(
                "BCM numbers of the pins of the segments a, b, c, d, e, f, g.",
                minimum=0,
                maximum=LAST_GPIO,
                counts=(len(NAMES),),
            ),
        ] = (4, 22, 23, 24, 25, 20, 21),
        common: Annotated[
            str, Key("What the segments have in common.", choices=("cathode", "anode"))
        ] = "cathode",
        brightness: Brightness = 1.0,
        gamma: Gamma = GAMMA,
        dark_after: DarkAfter = 60.0,
        alarm: Alarm | None = None,
    ) -> None:
        if len(numbers) != len(NAMES):
            raise SettingsError(
                f"displays.seven_segment.numbers has {len(numbers)} pins; it takes seven, a to g"
            )
        self._lights = Lights(pins, numbers, brightness, gamma, on_high=common == "cathode")
        self._teller = Teller(self._draw, dark_after, alarm)

    @staticmethod
    def wires(numbers: Sequence[int], common: str, **others: object) -> list[Wire]:
        """The wires that it needs with these settings."""
        end = "GND" if common == "cathode" else "3V3"
        return [
            Wire(number, f"segment {name} over 330 ohm; the common {common} to {end}")
            for number, name in zip(numbers, NAMES, strict=False)
        ]

    def show(self, reading: Reading) -> None:
        """Show the digits."""
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

    def _draw(self, character: str) -> None:
        lit = SEGMENTS.get(character, "")
        self._lights.set([float(name in lit) for name in NAMES])

"""One LED that says by its blinking what the appliance does, and why it couldn't read."""

from __future__ import annotations

from typing import Annotated

from appliance.displays.blinks import blink_reading, blink_state
from appliance.displays.lights import Lights
from appliance.displays.player import Alarm, Player
from appliance.keys import Key
from appliance.service.pins import Pins
from appliance.service.wires import LAST_GPIO, Wire
from appliance.values import Reading, State


class StatusLed:
    """Blinks the codes of `appliance.displays.blinks`.

    Raises PinError.
    """

    def __init__(
        self,
        pins: Pins,
        *,
        number: Annotated[
            int, Key("BCM number of the LED's pin.", minimum=0, maximum=LAST_GPIO)
        ] = 27,
        brightness: Annotated[float, Key("As the eye sees it.", minimum=0, maximum=1)] = 1.0,
        alarm: Alarm | None = None,
    ) -> None:
        self._lights = Lights(pins, [number], brightness)
        self._player: Player[bool] = Player(lambda on: self._lights.set([float(on)]), alarm)

    @staticmethod
    def wires(number: int, **others: object) -> list[Wire]:
        """The wires that it needs with these settings."""
        return [Wire(number, "status LED; 330 ohm to GND")]

    def show(self, reading: Reading) -> None:
        """Blink the code of the answer."""
        self._player.play(blink_reading(reading))

    def state(self, state: State, detail: str = "") -> None:
        """Blink the code of the state."""
        self._player.play(blink_state(state))

    def close(self) -> None:
        """Go dark and give the pin back."""
        self._player.close()
        self._lights.close()

"""One LED that says by its blinking what the appliance does, and why it couldn't read."""

from __future__ import annotations

from appliance.displays.blinks import blink_reading, blink_state
from appliance.displays.lights import Lights
from appliance.displays.options import GAMMA, Brightness, Gamma, PinNumber
from appliance.displays.player import Alarm, Player
from appliance.service.pins import Pins
from appliance.service.wires import Wire
from appliance.values import Reading, State


class StatusLed:
    """Blinks the codes of `appliance.displays.blinks`.

    Raises PinError.
    """

    def __init__(
        self,
        pins: Pins,
        *,
        number: PinNumber = 27,
        brightness: Brightness = 1.0,
        gamma: Gamma = GAMMA,
        alarm: Alarm | None = None,
    ) -> None:
        self._lights = Lights(pins, [number], brightness, gamma)
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

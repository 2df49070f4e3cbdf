"""A passive buzzer: tones that tell a reading from a doubt."""

from __future__ import annotations

from appliance.displays.options import PinNumber
from appliance.displays.player import Alarm, Player, Step
from appliance.service.pins import Pins
from appliance.service.wires import Wire
from appliance.values import Reading, State

SILENCE = 0.0

TONES = {
    "read": ((660.0, 0.08), (SILENCE, 0.03), (880.0, 0.12)),
    "unsure": ((440.0, 0.12), (SILENCE, 0.06), (440.0, 0.12)),
    "nothing": ((330.0, 0.15), (SILENCE, 0.03), (262.0, 0.25)),
}
"""Status of a reading -> its tones in hertz and seconds: rising, level, falling."""

STATES = {
    State.CAMERA_LOST: ((262.0, 0.4), (SILENCE, 0.1), (262.0, 0.4)),
    State.CORRECTING: ((1047.0, 0.04),),
    State.SHUTTING_DOWN: ((880.0, 0.15), (660.0, 0.15), (440.0, 0.3)),
}
"""State -> its tones; while somebody corrects, a click for each digit. The others are silent."""


class Buzzer:
    """Sounds the tones of each result, and those of some states.

    Raises PinError.
    """

    def __init__(
        self,
        pins: Pins,
        *,
        number: PinNumber = 18,
        alarm: Alarm | None = None,
    ) -> None:
        from gpiozero import PWMOutputDevice  # noqa: PLC0415

        self._device = pins.make(PWMOutputDevice, number)
        self._player: Player[float] = Player(self._sound, alarm)

    @staticmethod
    def wires(number: int, **others: object) -> list[Wire]:
        """The wires that it needs with these settings."""
        return [Wire(number, "passive buzzer over 100 ohm; its other side to GND")]

    def show(self, reading: Reading) -> None:
        """Sound the result."""
        self._play(TONES[reading.status])

    def state(self, state: State, detail: str = "") -> None:
        """Sound the state, if it has tones."""
        if state in STATES:
            self._play(STATES[state])

    def tone(self, hertz: float) -> None:
        """Sound a tone until something else is played."""
        self._player.play([Step(hertz)])

    def close(self) -> None:
        """Be silent and give the pin back."""
        self._player.close()
        if not self._device.closed:
            self._sound(SILENCE)
            self._device.close()

    def _play(self, tones: tuple[tuple[float, float], ...]) -> None:
        self._player.play([*(Step(hertz, seconds) for hertz, seconds in tones), Step(SILENCE)])

    def _sound(self, hertz: float) -> None:
        """Sound a tone: half of the time high, which is loudest."""
        if hertz:
            self._device.frequency = hertz
        self._device.value = 0.5 if hertz else 0.0

"""Ten LEDs, one for each digit, or four that show it in binary."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Annotated

import numpy as np

from appliance.displays.lights import Lights
from appliance.displays.options import GAMMA, Brightness, DarkAfter, Gamma
from appliance.displays.player import Alarm, Player, Step
from appliance.displays.segments import UNSURE
from appliance.displays.sequence import DARK, Asking, characters, one_by_one
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
        self._dark_after, self._asking = dark_after, Asking()
        self._lights = Lights(pins, numbers, brightness, gamma)
        self._player: Player[Levels] = Player(self._lights.set, alarm)

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
        self._asking.over()
        if reading.status == "unsure" and len(reading.digits) == 1 and self._count == 10:
            self._player.play(self._doubt(reading))
        else:
            self._player.play(self._levels_of(one_by_one(characters(reading), self._dark_after)))

    def state(self, state: State, detail: str = "") -> None:
        """While it looks it is dark; while somebody corrects it shows the digit that is asked."""
        if state is not State.CORRECTING:
            self._asking.over()
        if state is State.CORRECTING:
            self._player.play(self._levels_of(self._asking.steps(detail, self._dark_after)))
        elif state in (State.LOOKING, State.SHUTTING_DOWN, State.STOPPED, State.CAMERA_LOST):
            self._player.play(self._levels_of(one_by_one(DARK, 0)))

    def close(self) -> None:
        """Go dark and give the pins back."""
        self._player.close()
        self._lights.close()

    def _levels_of(self, steps: Iterable[Step[str]]) -> Iterator[Step[Levels]]:
        for step in steps:
            yield Step(self._levels(step.value), step.seconds)

    def _doubt(self, reading: Reading) -> Iterator[Step[Levels]]:
        (digit,) = reading.digits
        meant = (digit.digit, digit.prediction.runner_up)
        levels = np.max([self._levels(str(number)) for number in meant], axis=0) * DIM
        yield Step(tuple(levels.tolist()), self._dark_after or None)
        yield Step((0.0,) * self._count)

    def _levels(self, character: str) -> Levels:
        """Level of each LED; none is lit for what isn't a digit, but all are for UNSURE."""
        if character == UNSURE:
            return (DIM,) * self._count
        if not character.isdigit():
            return (0.0,) * self._count
        digit = int(character)
        if self._count == 10:
            return tuple(float(number == digit) for number in range(10))
        return tuple(float((digit or ZERO) >> bit & 1) for bit in range(4))

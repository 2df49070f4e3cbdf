"""A row of lights on pins: LEDs, or the segments of a digit."""

from __future__ import annotations

from collections.abc import Sequence

from appliance.service.pins import Pins

LEAST = 0.01
"""Least share of the time that a light is on: gpiozero's lgpio pins count in hundredths, and cut
off what is left."""


class Lights:
    """Lights of any number.

    numbers: BCM numbers of their pins. brightness: of a light at level 1, 0..1 as the eye sees it.
    gamma: exponent from that to the share of the time that a light is on.
    on_high: a light shines when its pin is high (a common cathode); otherwise when it is low.

    Raises PinError.
    """

    def __init__(
        self,
        pins: Pins,
        numbers: Sequence[int],
        brightness: float,
        gamma: float,
        on_high: bool = True,
    ) -> None:
        from gpiozero import LEDBoard  # noqa: PLC0415

        self._brightness, self._gamma = brightness, gamma
        self._board = pins.make(LEDBoard, *numbers, pwm=True, active_high=on_high)

    def set(self, levels: Sequence[float]) -> None:
        """Set each light's level, 0..1 as the eye sees it."""
        self._board.value = tuple(self._share(level * self._brightness) for level in levels)

    def close(self) -> None:
        """Go dark and give the pins back."""
        if not self._board.closed:
            self._board.off()
            self._board.close()

    def _share(self, seen: float) -> float:
        """The share of the time for what the eye is to see; whatever is lit can be seen."""
        return max(LEAST, seen**self._gamma) if seen else 0.0

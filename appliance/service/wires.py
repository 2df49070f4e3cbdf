"""Wires between the header and what is connected to it: which part uses which pin."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

POSITIONS = {
    **{2: 3, 3: 5, 4: 7, 14: 8, 15: 10, 17: 11, 18: 12, 27: 13, 22: 15, 23: 16, 24: 18},
    **{10: 19, 9: 21, 25: 22, 11: 23, 8: 24, 7: 26, 0: 27, 1: 28, 5: 29, 6: 31, 12: 32},
    **{13: 33, 19: 35, 16: 36, 26: 37, 20: 38, 21: 40},
}
"""BCM number -> position on the 40-pin header, the same on every Pi since the model B+."""

LAST_GPIO = 27
"""The highest BCM number that the header has."""

I2C_PINS = {0: (0, 1), 1: (2, 3)}
"""Number of an I2C bus -> its SDA and SCL; those of the others are what an overlay says."""


CHIP_SELECTS = (8, 7)
"""Chip selects of SPI bus 0: with the bus the kernel takes both, also the one that isn't used."""


@dataclass(frozen=True, slots=True)
class Wire:
    """A wire from a pin of the header.

    pin: BCM number; None where it is what an overlay says. to: where it leads, in words.
    bus: wires of the same bus may share a pin; empty for a pin that belongs to one part alone.
    """

    pin: int | None
    to: str
    bus: str = ""

    @property
    def position(self) -> int | None:
        """Where the pin is on the header, 1..40; None where that isn't known."""
        return None if self.pin is None else POSITIONS[self.pin]


def i2c_wires(address: int, bus: int) -> tuple[Wire, ...]:
    """The wires of a part on an I2C bus."""
    data, clock = I2C_PINS.get(bus, (None, None))
    return (
        Wire(data, f"SDA (address 0x{address:02x}); VCC to 3V3, GND to GND", "I2C"),
        Wire(clock, "SCL", "I2C"),
    )


def spi_wires(device: int) -> tuple[Wire, ...]:
    """The wires of a part on SPI bus 0; device: 0 or 1, its chip select."""
    return (
        Wire(10, "DIN; VCC to 5V, GND to GND", "SPI"),
        Wire(11, "CLK", "SPI"),
        Wire(CHIP_SELECTS[device], "CS"),
    )


def clashes(wires: Mapping[str, Sequence[Wire]]) -> list[str]:
    """Say of each pin that is used twice by whom; wires: those of each part, by its name."""
    return [*_used_twice(wires), *_beside_spi(wires)]


def _used_twice(wires: Mapping[str, Sequence[Wire]]) -> list[str]:
    users: dict[int, tuple[str, Wire]] = {}
    found = []
    for part, its_wires in wires.items():
        for wire in its_wires:
            if wire.pin is None:
                continue
            first, other = users.setdefault(wire.pin, (part, wire))
            if other is not wire and not (wire.bus and wire.bus == other.bus):
                found.append(
                    f"GPIO{wire.pin} is used twice: by {_use(first, other)} "
                    f"and by {_use(part, wire)}"
                )
    return found


def _beside_spi(wires: Mapping[str, Sequence[Wire]]) -> list[str]:
    """Chip selects that another part uses although a part on the bus leaves them free."""
    on_bus = {part for part, its in wires.items() if any(wire.bus == "SPI" for wire in its)}
    taken = {wire.pin for part in on_bus for wire in wires[part]}
    return [
        f"GPIO{wire.pin} can't be used by {_use(part, wire)}: "
        f"with the SPI bus of {min(on_bus)} the kernel takes it"
        for part, its in wires.items()
        for wire in its
        if on_bus and part not in on_bus and wire.pin in CHIP_SELECTS and wire.pin not in taken
    ]


def _use(part: str, wire: Wire) -> str:
    return f"{part} ({wire.to.partition(';')[0]})"

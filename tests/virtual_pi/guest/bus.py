"""What went over the buses, and what the chips behind them make of it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

WIDTH, PAGES = 128, 8
"""Of the SSD1306: columns, and rows of eight pixels."""

ADDRESS, CHIP = 0x3C, 0
"""Where the OLED is on the I2C bus, and the matrix's chip select."""

COMMAND, DATA = 0x00, 0x40
"""First byte of a message to it."""

COLUMNS, ROWS, MODE, OFF, ON = 0x21, 0x22, 0x20, 0xAE, 0xAF
ARGUMENTS = {MODE: 1, COLUMNS: 2, ROWS: 2, 0x81: 1, 0x8D: 1, 0xA8: 1, 0xD3: 1} | dict.fromkeys(
    (0xD5, 0xD9, 0xDA, 0xDB), 1
)
"""Command -> bytes that follow it; the others have none."""


class Ssd1306:
    """An SSD1306 in horizontal addressing mode, as its data sheet describes it.

    memory: uint8 (8, 128), a byte for eight pixels below each other, the lowest bit on top.
    """

    def __init__(self) -> None:
        self.memory = np.zeros((PAGES, WIDTH), np.uint8)
        self.on = False
        self._columns, self._rows = (0, WIDTH - 1), (0, PAGES - 1)
        self._column, self._row = 0, 0

    @property
    def picture(self) -> NDArray[np.uint8]:
        """What one sees, uint8 (64, 128), lit pixels 1."""
        pixels = np.unpackbits(self.memory[:, None], axis=1, bitorder="little")
        return pixels.reshape(PAGES * 8, WIDTH) * np.uint8(self.on)

    def take(self, message: bytes) -> None:
        """Take a message from the bus."""
        if message[0] == DATA:
            for byte in message[1:]:
                self._write(byte)
        elif message[0] == COMMAND:
            commands = iter(message[1:])
            for command in commands:
                self._obey(command, [next(commands) for _ in range(ARGUMENTS.get(command, 0))])
        else:
            raise ValueError(f"neither command nor data: {message.hex()}")

    def _obey(self, command: int, values: list[int]) -> None:
        if command in (ON, OFF):
            self.on = command == ON
        elif command == MODE and values != [0]:
            raise ValueError(f"addressing mode {values[0]}; only the horizontal one is known here")
        elif command == COLUMNS:
            self._columns, self._column = (values[0], values[1]), values[0]
        elif command == ROWS:
            self._rows, self._row = (values[0], values[1]), values[0]

    def _write(self, byte: int) -> None:
        self.memory[self._row, self._column] = byte
        self._column += 1
        if self._column > self._columns[1]:
            self._column = self._columns[0]
            self._row = self._row + 1 if self._row < self._rows[1] else self._rows[0]


class Max7219:
    """A MAX7219 with an 8x8 matrix: registers, of which 1 to 8 are the rows.

    registers: register -> byte.
    """

    ROWS = range(1, 9)
    SHUTDOWN = 12

    def __init__(self) -> None:
        self.registers = dict.fromkeys(range(16), 0)

    def take(self, message: bytes) -> None:
        """Take the bytes between two edges of the chip select: the last two count."""
        register, byte = message[-2] & 0x0F, message[-1]
        self.registers[register] = byte

    @property
    def rows(self) -> tuple[int, ...]:
        """The eight bytes that one sees, dark when it is shut down."""
        awake = self.registers[self.SHUTDOWN] & 1
        return tuple(self.registers[row] * awake for row in self.ROWS)


class Buses:
    """Both buses and the chip on each, which outlasts a restart of the appliance."""

    def __init__(self) -> None:
        self.oled = Ssd1306()
        self.matrix = Max7219()

    def take(self) -> tuple[int, int]:
        """Give the chips what was written to them since the last call.

        Returns how many messages that were, to the OLED and to the matrix.
        """
        to_oled, to_matrix = list(_messages("i2c_log")), list(_messages("spi_log"))
        for address, message in to_oled:
            assert address == ADDRESS
            self.oled.take(message)
        for chip, message in to_matrix:
            assert chip == CHIP
            self.matrix.take(message)
        return len(to_oled), len(to_matrix)


def _messages(name: str) -> Iterator[tuple[int, bytes]]:
    """Yield what was written since the last call, as (address or chip select, bytes).

    name: of the bus's logbook, `i2c_log` or `spi_log`.
    """
    book = _drain(Path(f"/sys/kernel/debug/{name}/bytes"))
    while book:
        length = int.from_bytes(book[1:3], "little")
        yield book[0], book[3 : 3 + length]
        book = book[3 + length :]


def _drain(path: Path) -> bytes:
    parts = []
    with path.open("rb", buffering=0) as file:
        while part := file.read(1 << 16):
            parts.append(part)
    return b"".join(parts)

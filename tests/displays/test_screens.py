"""Screens on buses by the bytes that arrive at the chip."""

from __future__ import annotations

import errno
import sys
from collections.abc import Callable
from contextlib import closing
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from appliance.displays.max7219 import Max7219
from appliance.displays.oled import Oled
from appliance.displays.screen import draw_reading, draw_state
from appliance.displays.sequence import GAP, SHOWN
from appliance.errors import DisplayError
from appliance.service.wires import clashes
from appliance.values import Reading, State
from tests.fake_pins import FakeAlarm
from tests.fakes import a_reading

pytest.importorskip("luma.oled", reason="luma.oled isn't installed")
pytest.importorskip("luma.led_matrix", reason="luma.led_matrix isn't installed")

Pixels = NDArray[np.bool_]

COLUMN_RANGE, PAGE_RANGE, CONTRAST, OFF, ON = 0x21, 0x22, 0x81, 0xAE, 0xAF
CHARGE_PUMP = 0x8D
"""Commands of the SSD1306's data sheet."""


class OledChip:
    """An SSD1306 or SH1106 on an I2C bus that rebuilds what it would show.

    It stands where smbus2's bus does; `there` pulls and pushes its plug.
    """

    def __init__(self, address: int = 0x3C) -> None:
        self.address = address
        self.there = True
        self.closed = 0
        self.opened = 0
        self.lit = False
        self.contrast = 0
        self.commands: list[int] = []
        self.memory = np.zeros((8, 132), np.uint8)
        self.pages, self.page, self.column = 0, 0, 0

    def open(self) -> Any:
        from luma.core.interface.serial import i2c

        self.opened += 1
        interface = i2c(bus=self, address=self.address)
        interface._managed = True  # so that closing reaches us
        self.interface = interface
        interface._write_large_block = self.receive
        return interface

    def write_i2c_block_data(self, address: int, mode: int, data: list[int]) -> None:
        if not self.there or address != self.address:
            raise OSError(errno.EREMOTEIO, "Remote I/O error")
        self.command(data)

    def receive(self, data: list[int]) -> None:
        if not self.there:
            raise OSError(errno.EREMOTEIO, "Remote I/O error")
        for byte in data:
            self.memory[self.page, self.column] = byte
            self.column += 1
            if self.pages and self.column == 128:
                self.page, self.column = (self.page + 1) % self.pages, 0

    def command(self, data: list[int]) -> None:
        self.commands += data
        if data[0] == COLUMN_RANGE:
            self.column, self.page, self.pages = data[1], data[4], data[5] + 1
        elif 0xB0 <= data[0] <= 0xB7:
            self.page, self.column = data[0] - 0xB0, data[1] + 16 * (data[2] - 0x10)
        elif data[0] == CONTRAST:
            self.contrast = data[1]
        elif data in ([OFF], [ON]):
            self.lit = data == [ON]

    def close(self) -> None:
        self.closed += 1

    def picture(self, left: int = 0, height: int = 64) -> Pixels:
        """What is lit, bool (height, 128)."""
        bits = (self.memory[: height // 8, None, :] >> np.arange(8)[None, :, None]) & 1
        return bits.reshape(height, -1)[:, left : left + 128].astype(bool)


def pixels(image: Any) -> Pixels:
    return np.asarray(image, bool)


READINGS = [
    a_reading("7"),
    a_reading("12\n34567"),
    a_reading("0123456789" * 3),
    a_reading("3", "unsure", "3 or 8", 0.5),
    a_reading("31", "unsure", "blurred", 0.6),
    Reading("nothing", reason="no ink"),
]


class TestOled:
    @pytest.mark.parametrize(("chip", "left"), [("ssd1306", 0), ("sh1106", 2)])
    @pytest.mark.parametrize("reading", READINGS)
    def test_the_picture_arrives(self, chip: str, left: int, reading: Reading) -> None:
        wire = OledChip()
        with closing(Oled(chip=chip, open_interface=wire.open, alarm=FakeAlarm())) as oled:
            oled.show(reading)
            assert np.array_equal(wire.picture(left), pixels(draw_reading(reading, 128, 64)))
            assert wire.lit

    def test_half_height_and_upside_down(self) -> None:
        wire = OledChip()
        options = {"height": 32, "upside_down": True}
        with closing(Oled(open_interface=wire.open, alarm=FakeAlarm(), **options)) as oled:  # type: ignore[arg-type]
            oled.show(a_reading("7"))
            expected = pixels(draw_reading(a_reading("7"), 128, 32))[::-1, ::-1]
            assert np.array_equal(wire.picture(height=32), expected)

    def test_states(self) -> None:
        wire, alarm = OledChip(), FakeAlarm()
        with closing(Oled(open_interface=wire.open, alarm=alarm)) as oled:
            oled.state(State.CAMERA_LOST, "unplugged")
            alarm.advance(3600)  # it isn't dark before it is back
            assert wire.lit
            expected = pixels(draw_state(State.CAMERA_LOST, "unplugged", 128, 64))
            assert np.array_equal(wire.picture(), expected)
            oled.state(State.STOPPED)
            assert not wire.lit

    def test_contrast(self) -> None:
        for brightness, gamma, contrast in ((0.5, 1.0, 128), (0.5, 2.2, 55), (0.05, 2.2, 3)):
            wire = OledChip()
            options = {"brightness": brightness, "gamma": gamma}
            with closing(
                Oled(open_interface=wire.open, alarm=FakeAlarm(), **options)  # type: ignore[arg-type]
            ) as oled:
                oled.show(a_reading("7"))
            assert wire.contrast == contrast

    def test_without_its_library_the_remedy_is_told(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setitem(sys.modules, "luma.core.interface.serial", None)
        with pytest.raises(DisplayError, match=r"can't be used.*apt install python3-luma\.oled"):
            Oled(alarm=FakeAlarm()).show(a_reading("7"))

    def test_it_goes_dark_after_a_while_and_lights_again(self) -> None:
        wire, alarm = OledChip(), FakeAlarm()
        with closing(Oled(dark_after=30, open_interface=wire.open, alarm=alarm)) as oled:
            oled.show(a_reading("7"))
            alarm.advance(29)
            assert wire.lit
            alarm.advance(2)
            assert not wire.lit
            oled.show(a_reading("8"))
            assert wire.lit

    def test_unplugged_it_says_so_and_comes_back_when_plugged_in(self) -> None:
        wire = OledChip()
        with closing(Oled(open_interface=wire.open, alarm=FakeAlarm())) as oled:
            oled.show(a_reading("7"))
            wire.there = False
            for _ in range(3):
                with pytest.raises(DisplayError, match="OLED on I2C bus 1 at 0x3c doesn't answer"):
                    oled.show(a_reading("8"))
            assert wire.closed == wire.opened == 3
            wire.there, wire.memory[:] = True, 0
            oled.show(a_reading("9"))
            assert np.array_equal(wire.picture(), pixels(draw_reading(a_reading("9"), 128, 64)))

    def test_after_dark_it_lights_with_the_new_picture_at_its_contrast(self) -> None:
        wire, alarm = OledChip(), FakeAlarm()
        with closing(Oled(dark_after=30, open_interface=wire.open, alarm=alarm)) as oled:
            oled.show(a_reading("7"))
            alarm.advance(31)
            lit: list[bool] = []

            def receive(data: list[int]) -> None:
                lit.append(wire.lit)
                wire.receive(data)

            wire.interface._write_large_block = receive
            oled.show(a_reading("8"))
            assert lit
            assert not any(lit)  # the old picture isn't shown once more
            assert (wire.lit, wire.contrast) == (True, 202)

    @pytest.mark.parametrize("chip", ["ssd1306", "sh1106"])
    def test_what_lost_its_power_in_between_is_set_up_with_the_next_picture(
        self, chip: str
    ) -> None:
        wire = OledChip()
        with closing(Oled(chip=chip, open_interface=wire.open, alarm=FakeAlarm())) as oled:
            oled.show(a_reading("7"))
            first = list(wire.commands)
            for _ in range(2):
                wire.commands.clear()
                wire.memory[:], wire.lit, wire.contrast = 0, False, 0
                oled.show(a_reading("9"))
                assert (wire.lit, wire.contrast) == (True, 202)
                assert CHARGE_PUMP in wire.commands if CHARGE_PUMP in first else chip == "sh1106"
                assert wire.picture(2 if chip == "sh1106" else 0).any()
            assert wire.opened == 1

    def test_absent_from_the_start_leaves_nothing_behind(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        kept: list[Callable[[], None]] = []
        monkeypatch.setattr("atexit.register", kept.append)
        wire = OledChip()
        wire.there = False
        oled = Oled(open_interface=wire.open, alarm=FakeAlarm())
        for _ in range(5):
            with pytest.raises(DisplayError):
                oled.show(a_reading("8"))
        oled.close()
        assert kept == []

    def test_a_bus_that_is_absent_is_told(self) -> None:
        oled = Oled(bus=4711, alarm=FakeAlarm())
        with pytest.raises(DisplayError, match=r"/dev/i2c-4711; check its wires"):
            oled.show(a_reading("8"))

    def test_closing_one_that_was_unplugged_gives_the_bus_back(self) -> None:
        wire = OledChip()
        oled = Oled(open_interface=wire.open, alarm=FakeAlarm())
        oled.show(a_reading("7"))
        wire.there = False
        oled.close()
        assert wire.closed == 1

    def test_closing_twice_leaves_it_dark(self) -> None:
        wire = OledChip()
        oled = Oled(open_interface=wire.open, alarm=(alarm := FakeAlarm()))
        oled.show(a_reading("7"))
        oled.close()
        oled.close()
        alarm.advance(3600)
        assert (wire.lit, wire.opened, wire.closed) == (False, 1, 1)


class TestScreen:
    @pytest.mark.parametrize("height", [32, 64])
    def test_what_doesnt_fit_begins_with_the_remedy(self, height: int) -> None:
        remedy, trouble = "check the cable", "the camera gave nothing " * 9
        detail = f"{trouble}; {remedy}"
        image = pixels(draw_state(State.CAMERA_LOST, detail, 128, height))
        first = pixels(draw_state(State.CAMERA_LOST, remedy, 128, height))
        assert np.array_equal(image[10:19, :80], first[10:19, :80])
        assert not image[(height // 10) * 10 + 2 :].any()  # no line is cut

    def test_of_several_digits_the_one_that_is_asked_about_is_told(self) -> None:
        drawn = {
            pixels(draw_state(State.CORRECTING, detail, 128, 64))[:10].tobytes()
            for detail in ("7", "7 1/2", "7 2/2")
        }
        assert len(drawn) == 3
        last, alone = (
            pixels(draw_state(State.CORRECTING, detail, 128, 64)) for detail in ("1 24/24", "1")
        )
        assert np.array_equal(last[13:], alone[13:])  # its place takes one line, above the digit

    def test_without_a_digit_the_state_is_told_in_words(self) -> None:
        assert pixels(draw_state(State.CORRECTING, "", 128, 64))[:10].any()

    def test_the_bar_is_as_long_as_the_confidence(self) -> None:
        for confidence in (0.3, 0.6, 0.9):
            image = pixels(draw_reading(a_reading("7", confidence=confidence), 128, 64))
            assert image[61].sum() == pytest.approx(128 * confidence, abs=2)

    def test_the_glyph_of_the_least_certain_digit_is_shown(self) -> None:
        reading = a_reading("7")
        glyph = reading.digits[0].glyph.pixels >= 0.5
        assert np.array_equal(pixels(draw_reading(reading, 128, 64))[:28, 100:], glyph)

    @pytest.mark.parametrize("height", [32, 64])
    def test_more_digits_than_fit_leave_the_bar_and_the_advice_as_they_are(
        self, height: int
    ) -> None:
        few, many = (
            pixels(draw_reading(a_reading(text, "unsure", "blurred"), 128, height))
            for text in ("4", "\n".join(["1234567890"] * 7))
        )
        bar = np.flatnonzero(few.all(axis=1))[0]
        assert np.array_equal(few[bar:], many[bar:])

    @pytest.mark.parametrize("height", [32, 64])
    def test_no_two_digits_look_the_same(self, height: int) -> None:
        drawn = {
            pixels(draw_reading(a_reading(str(digit)), 128, height))[:, :60].tobytes()
            for digit in range(10)
        }
        assert len(drawn) == 10


class Spi:
    """MAX7219 chips in a row on an SPI bus: their registers as the bytes set them."""

    def __init__(self, chips: int = 1) -> None:
        self.chips = chips
        self.registers = np.zeros((chips, 16), np.uint8)
        self.max_speed_hz = 0
        self.closed = False

    def make(self) -> Any:
        from luma.core.interface.serial import noop, spi

        return spi(spi=self, gpio=noop())

    def open(self, port: int, device: int) -> None:
        self.device = (port, device)

    def writebytes(self, data: list[int]) -> None:
        """Each rising chip select latches a pair in every chip; the first goes to the last one."""
        for start in range(0, len(data), 2 * self.chips):
            chunk = data[start : start + 2 * self.chips]
            for chip in range(self.chips):
                register, value = chunk[2 * chip : 2 * chip + 2]
                self.registers[self.chips - 1 - chip, register] = value

    def close(self) -> None:
        self.closed = True

    def rows(self, chip: int = 0) -> list[str]:
        """The eight rows of an 8x8 module: register n is its n-th column, bit 0 at the top."""
        columns = self.registers[chip, 1:9].tolist()
        return ["".join(".#"[column >> row & 1] for column in columns) for row in range(8)]


INTENSITY, SHUTDOWN, DISPLAY_TEST = 0x0A, 0x0C, 0x0F
SEGMENT_BITS = {"4": 0x33, "0": 0x7E, "7": 0x70, "-": 0x01, "_": 0x08, " ": 0x00}
"""Bits of the data sheet's table 6: D6..D0 are the segments A..G."""


class TestDigits:
    @pytest.mark.parametrize(
        ("reading", "text"),
        [
            (a_reading("407"), "407     "),
            (a_reading("4\n07"), "407     "),
            (a_reading("70", "unsure", "0 or 6"), "-70-    "),
            (a_reading("7\n0", "unsure", "0 or 6"), "-70-    "),
            (a_reading("7" * 6, "unsure", "blurred"), "-777777-"),
            (a_reading("7" * 7, "unsure", "blurred"), "-       "),
            (Reading("nothing", reason="no ink"), "_       "),
        ],
    )
    def test_registers(self, reading: Reading, text: str) -> None:
        wire = Spi()
        display = Max7219(kind="digits", open_interface=wire.make, alarm=FakeAlarm())
        with closing(display):
            display.show(reading)
            shown = wire.registers[0, 8:0:-1].tolist()  # the leftmost digit is register 8
            assert shown == [SEGMENT_BITS[character] for character in text]
            assert wire.registers[0, SHUTDOWN] == 1

    def test_more_digits_than_places_follow_each_other(self) -> None:
        wire, alarm = Spi(), FakeAlarm()
        display = Max7219(kind="digits", open_interface=wire.make, alarm=alarm)
        with closing(display):
            display.show(a_reading("40740740" + "77"))
            assert wire.registers[0, 8] == SEGMENT_BITS["4"]
            alarm.advance(SHOWN + GAP)
            shown = wire.registers[0, 8:0:-1].tolist()
            assert shown == [SEGMENT_BITS[character] for character in "77      "]

    def test_what_lost_its_power_in_between_is_set_up_with_the_next_digits(self) -> None:
        wire = Spi()
        display = Max7219(kind="digits", open_interface=wire.make, alarm=FakeAlarm())
        with closing(display):
            display.show(a_reading("407"))
            before = wire.registers.copy()
            wire.registers[:] = 0  # in shutdown, one digit scanned, the darkest
            wire.registers[0, DISPLAY_TEST] = 1  # all lit: what a disturbance may set
            display.show(a_reading("407"))
            assert np.array_equal(wire.registers, before)

    def test_modules_are_of_matrices_alone(self) -> None:
        wire = Spi()
        display = Max7219(kind="digits", modules=2, open_interface=wire.make, alarm=FakeAlarm())
        with closing(display):
            display.show(a_reading("407"))
            assert wire.registers[0, 8] == SEGMENT_BITS["4"]

    def test_a_lost_camera_is_told_in_letters_that_segments_can_draw(self) -> None:
        wire = Spi()
        display = Max7219(kind="digits", open_interface=wire.make, alarm=FakeAlarm())
        with closing(display):
            display.state(State.CAMERA_LOST)
            assert wire.registers[0, 8:0:-1].tolist() == [0x15, 0x1D, 0, 0x4E, 0x77, 0, 0, 0]

    def test_a_lost_camera_and_the_end(self) -> None:
        wire, alarm = Spi(), FakeAlarm()
        display = Max7219(kind="digits", open_interface=wire.make, alarm=alarm)
        display.state(State.CAMERA_LOST)
        alarm.advance(3600)  # it isn't dark before it is back
        assert wire.registers[0, 1:9].any()
        display.state(State.STOPPED)
        assert not wire.registers[0, 1:9].any()
        display.close()
        display.close()
        assert (wire.registers[0, SHUTDOWN], wire.closed) == (0, True)


@pytest.mark.parametrize("kind", ["digits", "matrix"])
class TestBothKinds:
    @pytest.mark.parametrize(
        "state", [State.READY, State.LOOKING, State.SHUTTING_DOWN, State.STOPPED]
    )
    def test_no_answer_stands_once_something_else_is_done(self, kind: str, state: State) -> None:
        wire = Spi()
        with closing(Max7219(kind=kind, open_interface=wire.make, alarm=FakeAlarm())) as display:
            display.show(a_reading("4"))
            assert wire.registers[0, 1:9].any()
            display.state(state)
            assert not wire.registers[0, 1:9].any()

    def test_the_digit_of_a_question_is_shown_as_one_that_was_read(self, kind: str) -> None:
        wire, alarm = Spi(), FakeAlarm()
        with closing(Max7219(kind=kind, open_interface=wire.make, alarm=alarm)) as display:
            display.show(a_reading("4"))
            read = wire.registers.copy()
            display.state(State.CORRECTING, "4 1/1")
            assert not wire.registers[0, 1:9].any()
            alarm.advance(GAP)
            assert np.array_equal(wire.registers, read)


@pytest.mark.parametrize("kind", ["digits", "matrix"])
def test_a_camera_that_is_back_is_no_longer_called_lost(kind: str) -> None:
    wire = Spi()
    display = Max7219(kind=kind, dark_after=0, open_interface=wire.make, alarm=FakeAlarm())
    with closing(display):
        display.state(State.CAMERA_LOST)
        assert wire.registers[0, 1:9].any()
        display.state(State.READY)
        assert not wire.registers[0, 1:9].any()


class TestMatrix:
    def test_a_digit(self) -> None:
        wire = Spi()
        with closing(Max7219(open_interface=wire.make, alarm=FakeAlarm())) as display:
            display.show(a_reading("4"))
            assert wire.rows() == [
                "...###..",
                "..####..",
                ".##.##..",
                "##..##..",
                "#######.",
                "....##..",
                "...####.",
                "........",
            ]

    @pytest.mark.parametrize(("turned", "quarters"), [("90", 1), ("180", 2), ("-90", 3)])
    def test_a_module_may_be_turned(self, turned: str, quarters: int) -> None:
        upright, other = Spi(), Spi()
        for wire, degrees in ((upright, "0"), (other, turned)):
            display = Max7219(turned=degrees, open_interface=wire.make, alarm=FakeAlarm())
            with closing(display):
                display.show(a_reading("4"))
        rows = [np.array([list(row) for row in wire.rows()]) for wire in (upright, other)]
        assert np.array_equal(np.rot90(rows[0], quarters), rows[1])  # upright for who looks

    def test_digits_side_by_side_or_after_each_other(self) -> None:
        alone, two, alarm = Spi(), Spi(2), FakeAlarm()
        with (
            closing(Max7219(open_interface=alone.make, alarm=alarm)) as one_module,
            closing(Max7219(modules=2, open_interface=two.make, alarm=FakeAlarm())) as modules,
        ):
            modules.show(a_reading("47"))
            one_module.show(a_reading("47"))
            first = alone.rows()
            alarm.advance(SHOWN + GAP)
            assert sorted([two.rows(0), two.rows(1)]) == sorted([first, alone.rows()])

    def test_brightness(self) -> None:
        wire = Spi()
        with closing(Max7219(brightness=1, open_interface=wire.make, alarm=FakeAlarm())) as display:
            display.show(a_reading("4"))
            assert wire.registers[0, INTENSITY] == 15

    @pytest.mark.parametrize(("gamma", "intensity"), [(1.0, 8), (2.2, 3)])
    def test_gamma(self, gamma: float, intensity: int) -> None:
        wire = Spi()
        with closing(
            Max7219(brightness=0.5, gamma=gamma, open_interface=wire.make, alarm=FakeAlarm())
        ) as display:
            display.show(a_reading("4"))
            assert wire.registers[0, INTENSITY] == intensity

    def test_a_missing_bus_is_told_with_the_remedy(self) -> None:
        def absent() -> Any:
            raise FileNotFoundError(errno.ENOENT, "SPI device not found")

        with pytest.raises(DisplayError, match=r"SPI device 0\.1 doesn't answer.*raspi-config"):
            Max7219(device=1, open_interface=absent, alarm=FakeAlarm()).show(a_reading("4"))


def test_an_oled_and_two_matrices_share_their_buses() -> None:
    wires = {
        "oled": Oled.wires(address=0x3C, bus=1),
        "max7219": Max7219.wires(device=0),
        "other": Max7219.wires(device=1),
    }
    assert clashes(wires) == []

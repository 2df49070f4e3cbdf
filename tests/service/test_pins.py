"""The way to the pins: which one, and what is said when it can't be had."""

from __future__ import annotations

import os
import sys
import threading
import time
from pathlib import Path

import pytest

from appliance.errors import PinError
from appliance.service import pins
from appliance.service.pins import Pins
from appliance.service.wires import POSITIONS, Wire, clashes, i2c_wires, spi_wires


class Entry:
    """An entry point of a pin factory that changes the folder, as importing lgpio does."""

    def __init__(self, went: list[str]) -> None:
        self._went = went

    def load(self) -> type[object]:
        os.chdir(os.environ["LG_WD"])
        self._went.append(os.environ["LG_WD"])
        return object


class TestWay:
    def test_the_setting_comes_before_the_environment(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("GPIOZERO_PIN_FACTORY", "rpigpio")
        assert Pins("mock").way == "mock"
        assert Pins().way == "rpigpio"
        monkeypatch.delenv("GPIOZERO_PIN_FACTORY")
        assert Pins().way == "lgpio"

    def test_what_is_missing_is_said_with_the_remedy(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setitem(sys.modules, "lgpio", None)
        with pytest.raises(PinError, match=r"'lgpio'.*sudo apt install python3-lgpio.*mock"):
            _ = Pins("lgpio").factory

    @pytest.mark.parametrize("way", ["abacus", "native", "pigpio"])
    def test_an_unknown_one_lists_those_there_are(self, way: str) -> None:
        with pytest.raises(PinError, match="isn't one of lgpio, rpigpio, mock"):
            _ = Pins(way).factory

    def test_lgpio_keeps_its_pipes_in_the_runtime_folder_and_we_stay_where_we_are(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.delenv("LG_WD", raising=False)
        monkeypatch.setenv("RUNTIME_DIRECTORY", f"{tmp_path}:/elsewhere")
        before = Path.cwd()
        went: list[str] = []

        monkeypatch.setattr("importlib.metadata.entry_points", lambda **_: [Entry(went)])
        assert type(Pins("lgpio").factory) is object
        assert went == [str(tmp_path)]
        assert Path.cwd() == before

    def test_it_is_opened_once(self) -> None:
        some = Pins("mock")
        assert some.factory is some.factory

    def test_no_pin_is_made_before_the_threads_of_its_library_wait(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        threads = [{1}, {1, 2, 3}]
        states = {2: ["R", "S", "S", "S"], 3: ["D", "R", "S"]}
        naps: list[float] = []
        monkeypatch.setenv("LG_WD", ".")
        monkeypatch.setattr("importlib.metadata.entry_points", lambda **_: [Entry([])])
        monkeypatch.setattr(pins, "_threads", lambda: threads.pop(0))
        monkeypatch.setattr(pins, "_state", lambda thread: states[thread].pop(0))
        monkeypatch.setattr(time, "sleep", naps.append)
        assert type(Pins("lgpio").factory) is object
        assert len(naps) == 3
        assert states == {2: [], 3: []}

    def test_a_thread_that_works_is_told_from_one_that_waits(self) -> None:
        assert pins._state(threading.get_native_id()) == "R"
        assert threading.get_native_id() in pins._threads()
        waiting = threading.Thread(target=(done := threading.Event()).wait)
        waiting.start()
        while pins._state(waiting.native_id or 0) != "S":
            time.sleep(0.001)
        done.set()
        waiting.join()
        while waiting.native_id in pins._threads():  # the kernel ends it a little after Python
            time.sleep(0.001)
        assert pins._state(waiting.native_id or 0) == "S", "it has ended"


class TestWires:
    def test_every_pin_of_the_header_has_its_own_place(self) -> None:
        assert sorted(POSITIONS) == list(range(28))
        assert len(set(POSITIONS.values())) == 28
        power_and_ground = {1, 2, 4, 6, 9, 14, 17, 20, 25, 30, 34, 39}
        assert set(POSITIONS.values()) | power_and_ground == set(range(1, 41))
        assert not power_and_ground & set(POSITIONS.values())

    def test_parts_on_a_bus_share_its_pins_but_not_the_chip_select(self) -> None:
        assert clashes({"oled": i2c_wires(0x3C, 1), "clock": i2c_wires(0x68, 1)}) == []
        assert clashes({"matrix": spi_wires(0), "digits": spi_wires(1)}) == []
        assert clashes({"matrix": spi_wires(0), "digits": spi_wires(0)}) == [
            "GPIO8 is used twice: by matrix (CS) and by digits (CS)"
        ]

    @pytest.mark.parametrize(("device", "other"), [(0, 7), (1, 8)])
    def test_the_kernel_takes_the_other_chip_select_too(self, device: int, other: int) -> None:
        parts = {"matrix": spi_wires(device), "button": [Wire(other, "button; GND")]}
        assert clashes(parts) == [
            f"GPIO{other} can't be used by button (button): with the SPI bus of matrix the kernel "
            "takes it"
        ]
        assert clashes({**parts, "digits": spi_wires(1 - device)}) == [
            f"GPIO{other} is used twice: by button (button) and by digits (CS)"
        ]
        assert clashes({"button": parts["button"]}) == []

    def test_a_part_that_uses_a_pin_of_its_own_twice_is_told(self) -> None:
        assert clashes({"leds": [Wire(4, "1"), Wire(4, "2")]}) == [
            "GPIO4 is used twice: by leds (1) and by leds (2)"
        ]

    @pytest.mark.parametrize(("bus", "pins"), [(0, [0, 1]), (1, [2, 3]), (3, [None] * 2)])
    def test_each_i2c_bus_has_its_pins(self, bus: int, pins: list[int | None]) -> None:
        assert [wire.pin for wire in i2c_wires(0x3C, bus)] == pins

    def test_pins_that_arent_known_dont_clash(self) -> None:
        assert clashes({"oled": i2c_wires(0x3C, 3)}) == []

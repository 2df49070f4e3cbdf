"""The whole appliance on a header whose pins lead nowhere: a press in, lit LEDs out."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from appliance import app, settings
from appliance.displays.buzzer import Buzzer
from appliance.displays.sequence import GAP
from appliance.errors import PinError
from appliance.journal.sqlite import SqliteJournal
from appliance.lessons import Lessons
from appliance.reader import Reader
from appliance.service.pins import Pins
from appliance.values import Frame, Reading
from tests.fake_pins import FakeAlarm, levels, pin
from tests.fakes import FakeClock, a_reading

LEDS = (5, 6, 12, 13, 16, 19, 20, 21, 25, 26)

CONFIG = """
[triggers]
use = ["button"]
[displays]
use = ["oled", "leds", "status_led", "buzzer"]
[displays.oled]
bus = 4711
[displays.leds]
dark_after = 0
[journal]
path = ""
[gpio]
factory = "mock"
"""


class Seven(Reader):
    """Reads a 7 in everything."""

    def __init__(self) -> None:
        pass

    def read(self, frame: Frame) -> Reading:
        return a_reading("7")


class Camera:
    """Gives grey frames."""

    def __init__(self, clock: FakeClock, press: Any) -> None:
        self.clock, self.press, self.watched = clock, press, 0

    def capture(self) -> Frame:
        return Frame(np.full((9, 9), 9, np.uint8))

    def watch(self) -> Frame:
        self.watched += 1
        self.press(self.watched)
        return self.capture()

    def close(self) -> None:
        pass


@pytest.fixture
def header(monkeypatch: pytest.MonkeyPatch) -> Iterator[Pins]:
    pins = Pins("mock")
    monkeypatch.setattr(app, "Pins", lambda way: pins)
    monkeypatch.setattr(app, "_lasting_reader", lambda settings: (Seven(), Lessons(None)))
    yield pins
    pins.factory.reset()


def test_a_press_lights_the_led_though_the_oled_is_absent(
    header: Pins, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock, seen = FakeClock(), []

    def press(frame: int) -> None:
        """What a finger does at the n-th watch frame; at the last one it holds for 5 s."""
        button = pin(header, 17)
        if frame == 3:
            button.drive_low()
            clock.now += 0.2
            button.drive_high()
        elif frame == 5:
            seen.append(levels(header, LEDS))
            button.drive_low()
            clock.now += 5
            button.drive_high()

    monkeypatch.setattr(app, "_make", with_camera(Camera(clock, press)))
    app.build(settings.parse(CONFIG, "test"), clock).run()
    assert seen == [[float(number == 7) for number in range(10)]]
    assert sum(levels(header, LEDS)) == 0


def test_a_long_press_corrects_and_the_led_shows_the_digit_counted_up_to(
    header: Pins, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    clock, seen = FakeClock(), []
    alarms: list[FakeAlarm] = []
    presses = {3: 0.1, 5: 1.5, 7: 0.1, 9: 0.1, 11: 1.5, 13: 5.0}  # watch frame -> seconds
    asked = {6: 7, 8: 8, 10: 9, 12: 9}  # watch frame -> the digit that is lit then

    def press(frame: int) -> None:
        if frame in presses:
            pin(header, 17).drive_low()
            clock.now += presses[frame]
            pin(header, 17).drive_high()
        elif frame in asked:
            for alarm in alarms:
                alarm.advance(GAP)
            seen.append((asked[frame], levels(header, LEDS)))

    def alarm() -> FakeAlarm:
        alarms.append(FakeAlarm())
        return alarms[-1]

    monkeypatch.setattr("appliance.displays.player.ThreadAlarm", alarm)
    monkeypatch.setattr(app, "_make", with_camera(Camera(clock, press)))
    text = CONFIG.replace('path = ""', f'path = "{tmp_path}/journal"')
    app.build(settings.parse(text, "test"), clock).run()
    assert [digit for digit, _ in seen] == list(asked.values())
    assert all(lit == [float(number == digit) for number in range(10)] for digit, lit in seen)
    with closing(SqliteJournal(tmp_path / "journal", clock)) as journal:
        assert [(kept.digit, kept.reading_id) for kept in journal.corrections()] == [(9, 1)]


def with_camera(camera: Camera) -> Any:
    """The root's way to make adapters, but for the camera."""
    make = app._make

    def make_or_camera(adapter: Any, offered: dict[str, object]) -> Any:
        return camera if adapter.name == "synthetic" else make(adapter, offered)

    return make_or_camera


def test_a_pin_that_is_taken_ends_with_one_sentence(header: Pins) -> None:
    chosen = settings.parse(CONFIG, "test")
    with (
        closing(Buzzer(header, number=17)),
        pytest.raises(PinError, match=r"GPIO17 can't be used.*digit-appliance wiring"),
    ):
        app.build(chosen, FakeClock())

"""The buzzer by its pin's tones, the speaker by the program that it starts."""

from __future__ import annotations

import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from appliance.displays.buzzer import STATES, TONES, Buzzer
from appliance.displays.speaker import Speaker, words
from appliance.errors import DisplayError
from appliance.service.pins import Pins
from appliance.values import Reading, State
from tests.fake_pins import FakeAlarm, pin
from tests.fakes import a_reading

NOTHING = Reading("nothing", reason="too dark")


def heard(pins: Pins, alarm: FakeAlarm, seconds: float = 2) -> list[float]:
    """The tones in hertz, each once for as long as it sounds, without the pauses."""
    tones: list[float] = []
    for _ in range(round(seconds / 0.01)):
        sounding = pin(pins, 18).frequency if pin(pins, 18).state else 0.0
        if not tones or tones[-1] != sounding:
            tones.append(sounding)
        alarm.advance(0.01)
    return [tone for tone in tones if tone]


@pytest.mark.parametrize("reading", [a_reading("4"), a_reading("4", "unsure", "4 or 9"), NOTHING])
def test_each_result_has_its_tones(pins: Pins, reading: Reading) -> None:
    alarm = FakeAlarm()
    with closing(Buzzer(pins, alarm=alarm)) as buzzer:
        buzzer.show(reading)
        assert heard(pins, alarm) == [hertz for hertz, _ in TONES[reading.status] if hertz]
        assert pin(pins, 18).state == 0


def test_a_reading_rises_a_failure_falls() -> None:
    first, last = TONES["read"][0][0], TONES["read"][-1][0]
    assert first < last
    first, last = TONES["nothing"][0][0], TONES["nothing"][-1][0]
    assert first > last


def test_a_lost_camera_is_heard_and_closing_is_silent(pins: Pins) -> None:
    alarm = FakeAlarm()
    buzzer = Buzzer(pins, alarm=alarm)
    buzzer.state(State.READY)
    assert heard(pins, alarm) == []
    for state in (State.CAMERA_LOST, State.CORRECTING, State.SHUTTING_DOWN):
        buzzer.state(state)
        assert pin(pins, 18).frequency == STATES[state][0][0]
    buzzer.close()
    buzzer.close()
    assert pin(pins, 18).state == 0


def test_a_tone_sounds_at_its_loudest_until_something_else_is_played(pins: Pins) -> None:
    alarm = FakeAlarm()
    with closing(Buzzer(pins, alarm=alarm)) as buzzer:
        buzzer.tone(440)
        alarm.advance(60)
        assert (pin(pins, 18).state, pin(pins, 18).frequency) == (0.5, 440)
        buzzer.tone(0)
        assert pin(pins, 18).state == 0


def test_nothing_more_is_heard_once_it_is_closed(pins: Pins) -> None:
    alarm = FakeAlarm()
    buzzer = Buzzer(pins, alarm=alarm)
    buzzer.show(a_reading("4"))
    buzzer.close()
    assert heard(pins, alarm) == []


class TestSpeaker:
    @pytest.mark.parametrize(
        ("reading", "said"),
        [
            (a_reading("407"), "4 0 7"),
            (a_reading("12\n3"), "1 2, 3"),
            (a_reading("3", "unsure", "3 or 8"), "Perhaps 3. Is it 3 or 8? Write it more clearly."),
            (NOTHING, "Turn on a light, or turn the sheet towards it."),
        ],
    )
    def test_words(self, reading: Reading, said: str) -> None:
        assert words(reading) == said

    def test_a_program_is_started_and_the_one_before_ended(self) -> None:
        started: list[Any] = []
        arguments: list[list[str]] = []

        def start(command: list[str], **options: Any) -> Any:
            arguments.append(command)
            waiting = [sys.executable, "-c", "import time; time.sleep(60)"]
            started.append(subprocess.Popen(waiting, **options))
            return started[-1]

        speaker = Speaker(voice="de", speed=120, volume=1, start=start)
        speaker.show(a_reading("4"))
        speaker.show(a_reading("5"))
        assert started[0].returncode is not None
        assert started[1].poll() is None
        speaker.close()
        speaker.close()
        assert started[1].returncode is not None
        assert arguments[0] == ["espeak-ng", "-v", "de", "-s", "120", "-a", "200", "--", "4"]

    @pytest.mark.parametrize(
        ("script", "words"),
        [
            ("echo ALSA >&2; echo No such voice. >&2; exit 1", "No such voice."),
            ("exit 3", "status 3"),
        ],
    )
    def test_a_program_that_failed_is_told_with_what_is_said_next(
        self, script: str, words: str
    ) -> None:
        started: list[Any] = []

        def start(command: list[str], **options: Any) -> Any:
            started.append(subprocess.Popen(["sh", "-c", script], **options))
            return started[-1]

        with closing(Speaker(start=start)) as speaker:
            speaker.show(a_reading("4"))
            for reading in "56":
                started[-1].wait()
                with pytest.raises(DisplayError, match=rf"espeak-ng .*\({words}\).* doctor"):
                    speaker.show(a_reading(reading))
            script = "exit 0"
            started[-1].wait()
            with pytest.raises(DisplayError):
                speaker.show(a_reading("7"))
            started[-1].wait()
            speaker.show(a_reading("8"))
        assert len(started) == 5

    def test_a_missing_program_is_told_with_the_remedy(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("PATH", str(tmp_path))
        with pytest.raises(DisplayError, match="sudo apt install espeak-ng"):
            Speaker().show(a_reading("4"))

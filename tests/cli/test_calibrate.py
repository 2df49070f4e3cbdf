"""The focus coach with a real command line, on drawn scenes and with a buzzer on mock pins."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from appliance import app
from appliance.cli.calibrate import AGAIN, BAR, bar, show, two_lines
from appliance.cli.main import main
from appliance.coach import Judgement
from appliance.service.pins import Pins
from tests.fake_pins import pin


@pytest.fixture
def config(tmp_path: Path) -> Path:
    file = tmp_path / "config.toml"
    file.write_text('[displays]\nuse = ["buzzer"]\n[gpio]\nfactory = "mock"\n')
    return file


@pytest.fixture
def tones(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[float]]:
    """What the buzzer's pin was told to sound, in hertz."""
    pins = Pins("mock")
    monkeypatch.setattr(app, "Pins", lambda way: pins)
    heard: list[float] = []
    buzzer = pin(pins, 18)
    change = buzzer._change_state

    def changed(value: float) -> Any:
        if value:
            heard.append(buzzer.frequency)
        return change(value)

    buzzer._change_state = changed
    yield heard
    pins.factory.reset()


def test_each_picture_is_one_object_and_one_tone(
    config: Path, tones: list[float], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["calibrate", "--config", str(config), "--frames", "3", "--json"])
    assert ended.value.code == 0
    found = [json.loads(text) for text in capsys.readouterr().out.splitlines()]
    assert len(found) == 3
    assert set(found[0]) >= {"sharpness", "best", "brightness", "motion", "advice"}
    assert found[-1]["best"] >= max(f["sharpness"] for f in found if f["motion"] <= 0.05)
    assert tones
    assert all(220 <= hertz <= 1760 for hertz in tones)


def test_without_a_terminal_each_is_a_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "config.toml").write_text("")
    with pytest.raises(SystemExit) as ended:
        main(["calibrate", "--config", str(tmp_path / "config.toml"), "--frames", "2"])
    assert ended.value.code == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 2
    assert all("sharp" in text and "light" in text for text in lines)


def test_a_camera_that_is_missing_is_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "config.toml").write_text(
        '[camera]\nuse = "webcam"\n[camera.webcam]\ndevice = "/dev/video4711"\n'
    )
    with pytest.raises(SystemExit) as ended:
        main(["calibrate", "--config", str(tmp_path / "config.toml")])
    assert ended.value.code == 1
    assert "no webcam at /dev/video4711" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("sharpness", "best", "filled", "mark"), [(0, 0, 0, 0), (30, 45, 15, 22), (127, 127, 29, 29)]
)
def test_the_bar(sharpness: float, best: float, filled: int, mark: int) -> None:
    drawn = bar(Judgement(sharpness, best, 200, 0, 0, "Good."), BAR)
    assert drawn.count("#") == filled
    assert drawn.index("|") == mark
    assert len(drawn) == BAR


def test_where_more_than_a_full_bar_was_seen_less_shows() -> None:
    assert bar(Judgement(80, 100, 200, 0, 0, ""), 10) == "########.|"


@pytest.mark.parametrize("width", [20, 40, 79, 200])
def test_in_a_terminal_it_fits_two_lines_advice_first(width: int) -> None:
    advice = "Hold up a sheet with writing, closer or farther; or turn the lens."
    rows = two_lines(Judgement(12.3, 45.6, 200, 0, 0.5, advice), width)
    assert all(len(row) <= width for row in rows)
    assert rows[0] == advice[:width]


def test_in_a_terminal_the_same_lines_are_written_anew(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    for first in (True, False, False):
        show(Judgement(12.3, 45.6, 200, 0, 0.5, "Good."), as_json=False, first=first)
    printed = capsys.readouterr().out
    assert printed.count("\n") == 6
    assert printed.count(AGAIN) == 2
    assert not printed.startswith(AGAIN)

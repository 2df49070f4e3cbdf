"""The webcam before a capture device that a script plays."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from appliance.cameras.webcam import OLD_FRAMES, Webcam, find_camera
from appliance.daemon import Daemon
from appliance.displays.memory import Memory
from appliance.errors import CameraError
from appliance.journal.sqlite import SqliteJournal
from appliance.values import Reading, State
from tests.fakes import FakeClock, ScriptedTrigger, a_reading

PERIOD = 1 / 30


@dataclass
class Device:
    """A capture device with four buffers; each frame's pixels are its number.

    stamped: it says when each frame was taken.
    """

    clock: FakeClock
    stamped: bool = True
    opened: bool = True
    there: bool = True
    settings: dict[int, float] = field(default_factory=dict)
    released: int = 0
    number: int = 0

    def __post_init__(self) -> None:
        self.buffers = [self.clock.now - (4 - n) for n in range(4)]
        self.taken = 0.0

    def isOpened(self) -> bool:  # noqa: N802  # OpenCV's name
        return self.opened

    def set(self, key: int, value: float) -> bool:
        self.settings[key] = value
        return True

    def get(self, key: int) -> float:
        assert key == cv2.CAP_PROP_POS_MSEC
        return self.taken * 1000 if self.stamped else 0.0

    def grab(self) -> bool:
        if not self.there:
            return False
        if not self.buffers:
            self.clock.now += PERIOD
            self.buffers.append(self.clock.now)
        self.taken = self.buffers.pop(0)
        self.number += 1
        return True

    def read(self) -> tuple[bool, Any]:
        if not self.grab():
            return False, None
        return True, np.full((960, 1280, 3), self.number, np.uint8)

    def release(self) -> None:
        self.released += 1


@pytest.fixture
def node(tmp_path: Path) -> str:
    """A path that stands for /dev/video0."""
    file = tmp_path / "video0"
    file.touch()
    return str(file)


def webcam(device: Device, node: str, **options: Any) -> Webcam:
    return Webcam(device.clock, device=node, open_capture=lambda path: device, **options)


@pytest.mark.parametrize("stamped", [True, False])
def test_a_picture_was_begun_after_the_call(node: str, stamped: bool) -> None:
    device = Device(FakeClock(), stamped)
    called = device.clock.now
    frame = webcam(device, node).capture()
    assert device.taken - PERIOD >= called
    assert device.number <= OLD_FRAMES + 1
    assert frame.pixels.shape == (960, 1280, 3)
    assert frame.source == node


def test_a_clock_that_is_another_one_doesnt_keep_us_for_ever(node: str) -> None:
    device = Device(FakeClock(1e12))
    camera = webcam(device, node)
    device.clock.monotonic = lambda: 2e12  # type: ignore[method-assign]
    assert camera.capture().pixels.shape == (960, 1280, 3)


def test_a_watch_frame_is_small_and_grey(node: str) -> None:
    assert webcam(Device(FakeClock()), node).watch().pixels.shape == (240, 320)


def test_it_asks_for_the_size_and_for_one_buffer(node: str) -> None:
    device = Device(FakeClock())
    webcam(device, node)
    assert device.settings == {
        cv2.CAP_PROP_BUFFERSIZE: 1,
        cv2.CAP_PROP_FRAME_WIDTH: 1280,
        cv2.CAP_PROP_FRAME_HEIGHT: 960,
    }


def test_upside_down(node: str) -> None:
    class Corner(Device):
        def read(self) -> tuple[bool, Any]:
            done, pixels = super().read()
            pixels[0, 0] = 255
            return done, pixels

    assert webcam(Corner(FakeClock()), node, upside_down=True).capture().pixels[-1, -1, 0] == 255


def test_unplugged_it_is_told(node: str) -> None:
    device = Device(FakeClock())
    camera = webcam(device, node)
    device.there = False
    for take in (camera.capture, camera.watch):
        with pytest.raises(CameraError, match="gives no picture any more; is it still plugged in"):
            take()


def test_that_cant_be_opened_is_told_and_released(node: str) -> None:
    device = Device(FakeClock(), opened=False)
    with pytest.raises(CameraError, match="can't be opened; is it plugged in"):
        webcam(device, node)
    assert device.released == 1


class Reader:
    def read(self, frame: object) -> Reading:
        return a_reading()


def test_plugged_in_again_it_comes_back_by_itself(node: str) -> None:
    clock, display = FakeClock(), Memory()
    devices: list[Device] = []

    def open_capture(path: str) -> Device:
        devices.append(Device(clock))
        return devices[-1]

    def unplug_and_plug_in() -> Any:
        for _ in range(5):
            yield None
        devices[-1].there = False
        Path(node).unlink()
        for _ in range(200):
            yield None
        Path(node).touch()
        for _ in range(200):
            yield None

    Daemon(
        lambda: Webcam(clock, device=node, open_capture=open_capture),
        ScriptedTrigger(clock, unplug_and_plug_in()),
        display,
        Reader(),
        journal=SqliteJournal(None, clock),
        clock=clock,
    ).run()
    states = [state for state, _ in display.states]
    assert states == [
        State.STARTING,
        State.READY,
        State.CAMERA_LOST,
        State.READY,
        State.STOPPED,
    ]
    assert [device.released for device in devices] == [1, 1]


class TestFind:
    @pytest.fixture
    def names(self, tmp_path: Path) -> Path:
        for number, name in ((10, "HD Pro Webcam C920"), (2, "HD Pro Webcam C920"), (0, "vimc")):
            folder = tmp_path / "class" / f"video{number}"
            folder.mkdir(parents=True)
            (folder / "name").write_text(f"{name}\n")
        return tmp_path / "class"

    def test_by_name_the_first_node_is_taken(self, names: Path) -> None:
        assert find_camera("c920", names) == "/dev/video2"

    def test_an_unknown_name_lists_what_there_is(self, names: Path) -> None:
        with pytest.raises(CameraError, match="'Brio'; there are: HD Pro Webcam C920, vimc"):
            find_camera("Brio", names)

    def test_a_number_or_path_that_isnt_there(self) -> None:
        for device in ("4711", "/dev/video4711"):
            with pytest.raises(CameraError, match="there is no webcam at /dev/video4711"):
                find_camera(device)

"""The loop with a camera that is missing, fails or hangs: it goes on, and says so once."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator

import numpy as np
import pytest

from appliance.daemon import TICK
from appliance.errors import CameraError, PictureError, ServiceError
from appliance.lens import LAST_RETRY
from appliance.values import Frame, Signal, State
from tests.fakes import ScriptedCamera, blank_frame
from tests.rig import Rig


def lose(rig: Rig, seconds: float, words: str) -> None:
    """Let the camera fail for so long."""
    back = rig.clock.now + seconds

    def take() -> Frame:
        if rig.clock.now < back:
            raise CameraError(words)
        return blank_frame()

    rig.camera.take = take


def test_lost_is_said_once_and_it_comes_back(caplog: pytest.LogCaptureFixture) -> None:
    rig = Rig([None] * 600 + [Signal.READ])
    lose(rig, 20, "unplugged")
    with caplog.at_level(logging.INFO):
        rig.daemon.run()
    assert rig.states.count(State.CAMERA_LOST) == 1
    assert (State.CAMERA_LOST, "unplugged") in rig.display.states
    lost = rig.states.index(State.CAMERA_LOST)
    assert rig.states[lost + 1] is State.READY
    assert [record.getMessage() for record in caplog.records] == [
        "camera: unplugged",
        "camera: works again",
    ]
    assert len(rig.display.readings) == 1


def test_missing_it_still_counts_as_progress_at_every_tick() -> None:
    def unplugged() -> ScriptedCamera:
        raise CameraError("unplugged")

    rig = Rig([None] * 100)
    rig.opens = unplugged
    rig.daemon.run()
    assert rig.frames == 101


def test_opened_and_without_frames_it_is_no_progress_until_one_comes() -> None:
    rig = Rig([None] * 3000)
    lose(rig, 100, "no frame for 3 s")
    rig.daemon.run()
    assert len(rig.opened) > 5
    assert 0 < rig.frames == len(rig.trigger.seen) < 1600


def test_a_call_that_never_comes_back_is_no_progress() -> None:
    """A thread stands for the loop: the call hangs, and meanwhile nothing is counted."""
    hanging, go_on = threading.Event(), threading.Event()

    def take() -> Frame:
        if rig.frames == 3:
            hanging.set()
            go_on.wait(30)
        return blank_frame()

    rig = Rig([None] * 5, take)
    loop = threading.Thread(target=rig.daemon.run)
    loop.start()
    assert hanging.wait(30)
    assert rig.frames == 3
    go_on.set()
    loop.join(30)
    assert rig.frames == 6


def test_pictures_that_cant_be_opened_are_progress() -> None:
    def take() -> Frame:
        raise PictureError("a.jpg: not a picture")

    rig = Rig([None] * 9, take)
    rig.daemon.run()
    assert rig.frames == 10


def test_a_picture_that_cant_be_opened_among_several_leaves_an_answer() -> None:
    frames: Iterator[Frame | Exception] = iter(
        [blank_frame(), blank_frame(), PictureError("a.jpg: not a picture")]
    )

    def take() -> Frame:
        frame = next(frames, blank_frame())
        if isinstance(frame, Exception):
            raise frame
        return frame

    rig = Rig([Signal.LOOK, None, None], take)
    rig.daemon.run()
    assert [reading.text for reading in rig.display.readings] == ["407"]
    assert State.CAMERA_LOST not in rig.states


def test_a_camera_that_cant_be_closed_holds_nothing_up(caplog: pytest.LogCaptureFixture) -> None:
    def jammed() -> None:
        raise OSError("jammed")

    rig = Rig([None] * 20 + [Signal.READ])
    lose(rig, 0.5, "unplugged")
    rig.camera.close = jammed  # type: ignore[method-assign]
    rig.daemon.run()
    assert len(rig.display.readings) == 1
    assert (rig.trigger.closed, rig.display.closed) == (1, True)
    assert [record.getMessage() for record in caplog.records] == [
        "camera: unplugged",
        "camera: didn't close: jammed",
        "camera: works again",
        "camera: didn't close: jammed",
    ]


def test_is_tried_again_after_longer_and_longer_times() -> None:
    def take() -> Frame:
        raise CameraError("gone")

    rig = Rig([None] * 3000, take)
    rig.daemon.run()
    waits = np.diff(rig.opened)
    assert waits[:5] == pytest.approx([0.5, 1, 2, 4, 8], abs=TICK)
    assert max(waits) == pytest.approx(LAST_RETRY, abs=TICK)
    assert rig.camera.closed == len(rig.opened)


def test_a_press_while_it_is_lost_tries_at_once_and_shows_why_nothing_comes() -> None:
    def take() -> Frame:
        raise CameraError("gone")

    rig = Rig([Signal.READ], take)
    rig.daemon.run()
    assert len(rig.opened) == 2
    assert rig.states[-3:] == [State.LOOKING, State.CAMERA_LOST, State.STOPPED]


def test_lost_while_several_frames_are_read_it_is_said_after_the_answer() -> None:
    frames = [blank_frame(), blank_frame()]  # one to look at, one to read

    def take() -> Frame:
        if not frames:
            raise CameraError("gone")
        return frames.pop()

    rig = Rig([Signal.LOOK, *[None] * 60], take)
    seen: list[str | State] = []
    times: list[float] = []

    def note(what: str | State) -> None:
        seen.append(what)
        times.append(rig.clock.now)

    rig.display.show = lambda reading: note(reading.text)  # type: ignore[method-assign]
    rig.display.state = lambda state, detail="": note(state)  # type: ignore[method-assign]
    rig.daemon.run()
    # A display that ends with the answer would be ready again, while nothing can be read.
    assert seen[-3:] == ["407", State.CAMERA_LOST, State.STOPPED]
    assert seen.count(State.CAMERA_LOST) == 1
    assert times[-2] - times[-3] >= 2  # seconds in which the answer is seen, and heard


def test_back_before_it_was_said_the_answer_stays() -> None:
    frames: list[Frame | Exception] = [CameraError("gone"), blank_frame(), blank_frame()]

    def take() -> Frame:
        frame = frames.pop() if frames else blank_frame()
        if isinstance(frame, Exception):
            raise frame
        return frame

    rig = Rig([Signal.LOOK, *[None] * 60], take)
    rig.daemon.run()
    assert rig.states == [State.STARTING, State.READY, State.LOOKING, State.STOPPED]


@pytest.mark.parametrize(
    "fault",
    [
        CameraError("timeout"),
        RuntimeError("somebody else's"),
        np.zeros((0, 5), np.uint8),
        np.zeros((4, 5), np.float32),
        np.zeros((4, 5, 4), np.uint8),
        np.zeros(7, np.uint8),
    ],
)
def test_no_fault_of_a_frame_ends_the_loop(fault: object) -> None:
    faults = iter([fault])

    def take() -> Frame:
        bad = next(faults, None)
        if isinstance(bad, Exception):
            raise bad
        return blank_frame() if bad is None else Frame(bad)  # type: ignore[arg-type]

    rig = Rig([None] * 20 + [Signal.READ], take)
    rig.daemon.run()
    assert rig.states.count(State.CAMERA_LOST) == 1
    assert len(rig.display.readings) == 1


def test_a_camera_that_cant_be_opened_at_start_is_waited_for() -> None:
    rig = Rig([None] * 20 + [Signal.READ])
    working = rig.open_camera
    attempts = iter([CameraError("busy"), None])

    def open_camera() -> ScriptedCamera:
        error = next(attempts, None)
        if error:
            raise error
        return working()

    rig.opens = open_camera
    rig.daemon.run()
    assert rig.states[1] is State.CAMERA_LOST
    assert len(rig.display.readings) == 1


def test_what_reads_by_itself_waits_for_the_camera_as_anybody_and_reads_when_it_is_back() -> None:
    """An interval of two seconds opened it 303 times in ten minutes, and said so each time."""

    def signals() -> Iterator[Signal | None]:
        for _ in range(300):
            yield Signal.LOOK
            yield from [None] * 30

    rig = Rig(signals())
    lose(rig, 500, "unplugged")
    rig.daemon.run()
    assert len(rig.opened) < 30
    assert rig.states.count(State.CAMERA_LOST) == 1
    assert len(rig.display.readings) > 30


@pytest.mark.parametrize("signal", [Signal.CORRECT, Signal.SHUTDOWN])
def test_what_is_said_in_between_doesnt_hide_that_it_is_lost(signal: Signal) -> None:
    def refuse() -> None:
        raise ServiceError("may not")

    rig = Rig([None, signal, *[None] * 60], power_off=refuse)
    lose(rig, 500, "unplugged")
    rig.daemon.run()
    shown = [state for state in rig.display.states if state[0] is not State.SHUTTING_DOWN]
    assert shown[-3][0] is State.READY  # with why nothing happens
    assert shown[-2:] == [(State.CAMERA_LOST, "unplugged"), (State.STOPPED, "")]


def test_each_loss_is_tried_again_as_soon_as_the_first() -> None:
    rig = Rig([None] * 2000)

    def take() -> Frame:
        since = rig.clock.now - began
        if 1 < since < 40 or 80 < since < 80.2:
            raise CameraError("gone")
        return blank_frame()

    began, rig.camera.take = rig.clock.now, take
    rig.daemon.run()
    assert [round(at - began) for at in rig.opened][-1] in (80, 81)


def test_a_trouble_without_words_is_told_by_its_kind() -> None:
    def take() -> Frame:
        raise TimeoutError

    rig = Rig([None], take)
    rig.daemon.run()
    assert (State.CAMERA_LOST, "TimeoutError") in rig.display.states
    assert State.READY not in rig.states


def test_a_sheet_is_read_once_the_camera_is_back() -> None:
    """The trigger tells of each sheet once."""
    frames: Iterator[Frame | Exception] = iter([blank_frame(), CameraError("gone")])

    def take() -> Frame:
        frame = next(frames, blank_frame())
        if isinstance(frame, Exception):
            raise frame
        return frame

    rig = Rig([Signal.LOOK, *[None] * 60], take)
    rig.daemon.run()
    assert [reading.text for reading in rig.display.readings] == ["407"]


def test_a_camera_that_fails_again_and_again_while_it_votes_gives_one_reading() -> None:
    """One look turned into 113 readings within a minute."""
    frames = 0

    def take() -> Frame:
        nonlocal frames
        frames += 1
        if frames % 3 == 0:
            raise CameraError("gone")
        return blank_frame()

    rig = Rig([Signal.LOOK, *[None] * 600], take)
    rig.daemon.run()
    assert len(rig.display.readings) == 1


def test_signals_without_a_pause_starve_no_watchdog() -> None:
    rig = Rig([])

    def signals() -> Iterator[Signal]:
        yield Signal.READ
        yield Signal.CORRECT
        for _ in range(600):
            rig.clock.now += 0.05
            yield Signal.LOOK

    rig.trigger._signals = signals()
    rig.daemon.run()
    assert rig.frames > 20
    assert len(rig.trigger.seen) > 20

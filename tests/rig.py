"""A daemon of doubles, to see what the loop does with its parts."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cached_property

from appliance.daemon import Daemon
from appliance.displays.memory import Memory
from appliance.journal.sqlite import SqliteJournal
from appliance.ports import Camera, Display, Journal
from appliance.values import Frame, Reading, Signal, State
from tests.fakes import FakeClock, ScriptedCamera, ScriptedTrigger, a_reading, blank_frame


class FixedReader:
    """Answers every frame with the same reading."""

    def read(self, frame: Frame) -> Reading:
        return a_reading("407")


class Rig:
    """A daemon of doubles, and what its parts saw. They can be changed until it is asked for."""

    def __init__(
        self,
        signals: Iterable[Signal | None],
        take: Callable[[], Frame] = blank_frame,
        power_off: Callable[[], None] | None = None,
    ) -> None:
        self.clock = FakeClock()
        self.display = Memory()
        self.shows_on: Display = self.display
        self.trigger = ScriptedTrigger(self.clock, signals)
        self.journal: Journal = SqliteJournal(None, self.clock)
        self.camera = ScriptedCamera(take)
        self.opens: Callable[[], Camera] = self.open_camera
        self.reader = FixedReader()
        self.opened: list[float] = []
        self.frames = 0
        self.power_off = power_off

    @cached_property
    def daemon(self) -> Daemon:
        return Daemon(
            self.opens,
            self.trigger,
            self.shows_on,
            self.reader,
            journal=self.journal,
            clock=self.clock,
            progress=self.count_frame,
            power_off=self.power_off,
        )

    def open_camera(self) -> ScriptedCamera:
        self.opened.append(self.clock.now)
        return self.camera

    def count_frame(self) -> None:
        self.frames += 1

    @property
    def states(self) -> list[State]:
        return [state for state, _ in self.display.states]

"""A daemon of doubles, to see what the loop does with its parts."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from appliance.daemon import Daemon
from appliance.displays.memory import Memory
from appliance.journal.sqlite import SqliteJournal
from appliance.values import Frame, Reading, Signal, State
from tests.fakes import FakeClock, ScriptedCamera, ScriptedTrigger, a_reading, blank_frame


class FixedReader:
    """Answers every frame with the same reading."""

    def read(self, frame: Frame) -> Reading:
        return a_reading("407")


class Rig:
    """A daemon of doubles, and what its parts saw."""

    def __init__(
        self,
        signals: Iterable[Signal | None],
        take: Callable[[], Frame] = blank_frame,
        power_off: Callable[[], None] | None = None,
    ) -> None:
        self.clock = FakeClock()
        self.display = Memory()
        self.trigger = ScriptedTrigger(self.clock, signals)
        self.journal = SqliteJournal(None, self.clock)
        self.camera = ScriptedCamera(take)
        self.reader = FixedReader()
        self.opened: list[float] = []
        self.frames = 0
        self.daemon = Daemon(
            self.open_camera,
            self.trigger,
            self.display,
            self.reader,
            journal=self.journal,
            clock=self.clock,
            progress=self.count_frame,
            power_off=power_off,
        )

    def open_camera(self) -> ScriptedCamera:
        self.opened.append(self.clock.now)
        return self.camera

    def count_frame(self) -> None:
        self.frames += 1

    @property
    def states(self) -> list[State]:
        return [state for state, _ in self.display.states]

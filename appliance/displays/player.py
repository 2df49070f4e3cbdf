"""Plays what a display shows over time: digits one after another, blinking, dark after a while."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Generic, Protocol, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Step(Generic[T]):
    """Something to show; seconds: how long, None for as long as nothing else is played."""

    value: T
    seconds: float | None = None


class Alarm(Protocol):
    """Calls a function later; setting it again forgets what was set before."""

    def set(self, seconds: float, action: Callable[[], None]) -> None:
        """Call `action` in so many seconds."""
        ...

    def close(self) -> None:
        """Call nothing any more."""
        ...


class ThreadAlarm:
    """The real alarm: one thread, begun with the first use, that sleeps until something is due."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._due = 0.0
        self._action: Callable[[], None] | None = None
        self._thread: threading.Thread | None = None
        self._closed = False

    def set(self, seconds: float, action: Callable[[], None]) -> None:
        """Call `action` in so many seconds, on the alarm's thread."""
        with self._changed:
            self._due, self._action = time.monotonic() + seconds, action
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="alarm", daemon=True)
                self._thread.start()
            self._changed.notify()

    def close(self) -> None:
        """Call nothing any more, and end the thread."""
        with self._changed:
            self._closed, self._action = True, None
            self._changed.notify()
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join()

    def _run(self) -> None:
        while (action := self._next()) is not None:
            try:
                action()
            except Exception as error:
                # A display that has gone says so at the next reading, and is logged once there.
                logging.getLogger(__name__).debug("can't go on showing: %s", error)

    def _next(self) -> Callable[[], None] | None:
        """Wait for what is due next; None when the alarm was closed."""
        with self._changed:
            while not self._closed:
                left = self._due - time.monotonic()
                if self._action is not None and left <= 0:
                    action, self._action = self._action, None
                    return action
                self._changed.wait(None if self._action is None else left)
        return None


class Player(Generic[T]):
    """Shows one step after another, until something else is played.

    show: shows a value; what it raises for the first step goes to who plays it.
    """

    def __init__(self, show: Callable[[T], None], alarm: Alarm | None = None) -> None:
        self._show = show
        self._alarm = alarm or ThreadAlarm()
        self._lock = threading.RLock()
        self._playing: Iterator[Step[T]] = iter(())

    def play(self, steps: Iterable[Step[T]]) -> None:
        """Show the first step now and the others in their time; steps may be endless."""
        with self._lock:
            self._playing = iter(steps)
            self._next(self._playing)

    def close(self) -> None:
        """Show nothing any more; what is shown stays."""
        with self._lock:
            self._playing = iter(())
        self._alarm.close()

    def _next(self, steps: Iterator[Step[T]]) -> None:
        with self._lock:
            if steps is not self._playing:
                return  # something else was played while this step was due
            step = next(steps, None)
            if step is None:
                return
            self._show(step.value)
            if step.seconds is not None:
                self._alarm.set(step.seconds, partial(self._next, steps))

"""Lessons: what people say of digits while the appliance runs, and what it makes of it."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from appliance.memory import Memory
from appliance.values import Correction, named


class Lessons:
    """Hands what people said to the memory that the reader uses, and says so in the log.

    memory: None learns nothing.
    """

    def __init__(self, memory: Memory | None) -> None:
        self._memory = memory
        self._told: list[Correction] = []
        self._new: list[Correction] = []
        self._log = logging.getLogger(__name__)

    def hear(self, told: Correction) -> None:
        """Take note of a correction, for `learn`."""
        if self._memory is None:
            return
        self._told.append(told)
        self._new.append(told)

    def learn(self) -> None:
        """Learn what was heard since the last time."""
        if self._memory is None or not self._new:
            return
        new, self._new = self._new, []
        self._memory.learn(self._told)
        said = " and ".join(named(str(one.digit)) for one in new)
        these = "this is" if len(new) == 1 else "these are"
        self._log.info("learned: %s %s (%d remembered)", these, said, len(self._memory))
        for one in new:
            twin = self._memory.twin(one)
            if twin is not None:
                self._log.info(
                    "the %d looks much like an ordinary %d: only what is almost the same will be "
                    "read so",
                    one.digit,
                    twin,
                )

    def follow(self, kept: Sequence[Correction]) -> None:
        """Remember what is kept, and nothing else: at the start, and when one was undone."""
        if self._memory is None:
            return
        before, self._told = len(self._memory), list(kept)
        self._memory.learn(self._told)
        if before or len(self._memory):
            self._log.info("corrections: %d remembered", len(self._memory))

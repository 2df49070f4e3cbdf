"""The Enter key as the button."""

from __future__ import annotations

import logging
import os
import select
import sys
from typing import TextIO

from appliance.errors import TriggerError
from appliance.values import Frame, Signal

LOG = logging.getLogger(__name__)

MEANINGS = {b"": Signal.READ, b"c": Signal.CORRECT, b"q": Signal.QUIT}
"""What a line asks for; any other asks for nothing."""

KEYS = "Enter reads, c Enter corrects the last answer, q Enter ends"
ANSWERS = "Enter: the next higher digit, c Enter: this one is right"
"""What the keys do, and what they do while an answer is corrected."""


class Manual:
    r"""Reads when Enter is pressed; `q` with Enter ends the appliance.

    So does the input's end (Ctrl-D), where there is no other trigger.
    `c` with Enter is the button's long press: it corrects the last answer.
    Any other line is passed over, and the log tells the keys; at a terminal it does at the start.

    printf '\n\nq\n' | digit-appliance run

    stream: where the lines come from; it needs a file descriptor.
    ended: whether the input has ended, and no more keys come.

    Raises TriggerError when there is none and standard input is closed.
    """

    def __init__(self, stream: TextIO | None = None) -> None:
        stream = stream or sys.stdin
        if stream is None:
            raise TriggerError(
                "the manual trigger has no keys: standard input is closed; leave it open, or name "
                "another trigger in triggers.use"
            )
        self._descriptor = stream.fileno()
        if os.isatty(self._descriptor):
            LOG.info("%s", KEYS)
        self._buffer = b""
        self.ended = False

    def fileno(self) -> int:
        """The descriptor that can be read when something was typed."""
        return self._descriptor

    def wait(self, timeout: float) -> Signal | None:
        """Wait up to `timeout` seconds for a line; returns at once when one is there."""
        if b"\n" not in self._buffer and not self.ended:
            self._fill(timeout)
        line, newline, rest = self._buffer.partition(b"\n")
        if newline:
            self._buffer = rest
            return self._meant(line.strip())
        return Signal.QUIT if self.ended else None

    def see(self, frame: Frame) -> None:
        """Keys don't look."""

    def close(self) -> None:
        """The stream isn't ours to close."""

    def _meant(self, line: bytes) -> Signal | None:
        signal = MEANINGS.get(line.lower())
        if signal is None:
            said = line.decode(errors="replace")[:20]
            LOG.warning("%r asks for nothing: %s; while correcting %s", said, KEYS, ANSWERS)
        return signal

    def _fill(self, timeout: float) -> None:
        ready, _, _ = select.select([self._descriptor], [], [], timeout)
        if ready:
            chunk = os.read(self._descriptor, 4096)
            self._buffer += chunk
            self.ended = not chunk
            if self.ended:
                LOG.info("the keys' input has ended; with no other trigger the appliance ends")

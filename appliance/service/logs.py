"""Where the log goes: lines for people, or for systemd's journal with their gravity."""

from __future__ import annotations

import logging
import os
from collections.abc import Mapping
from typing import TextIO

GRAVITY = {
    logging.DEBUG: 7,
    logging.INFO: 6,
    logging.WARNING: 4,
    logging.ERROR: 3,
    logging.CRITICAL: 2,
}
"""Level of a message -> its syslog priority, sd-daemon(3); `journalctl -p err` sifts by it."""


class JournalFormatter(logging.Formatter):
    """Puts the priority before each line; time and level are the journal's to write."""

    def __init__(self) -> None:
        super().__init__("%(name)s: %(message)s")

    def format(self, record: logging.LogRecord) -> str:
        """Format a message: a traceback's lines have its priority, too."""
        priority = f"<{GRAVITY.get(record.levelno, 6)}>"
        return "\n".join(priority + line for line in super().format(record).splitlines())


def set_up(level: str, stream: TextIO | None, environment: Mapping[str, str]) -> None:
    """Log messages from `level` on (debug, info, warning) to a stream; None is a closed one.

    environment: JOURNAL_STREAM, which systemd sets, tells whether the stream leads to its journal.
    """
    handler = logging.StreamHandler(stream) if stream else logging.NullHandler()
    if stream and leads_to_journal(stream, environment):
        handler.setFormatter(JournalFormatter())
    else:
        handler.setFormatter(logging.Formatter("%(levelname)s %(name)s: %(message)s"))
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)


def leads_to_journal(stream: TextIO, environment: Mapping[str, str]) -> bool:
    """Whether a stream is the very one that systemd connected; a redirected one isn't."""
    try:
        file = os.fstat(stream.fileno())
    except (OSError, ValueError):  # no file at all
        return False
    return environment.get("JOURNAL_STREAM") == f"{file.st_dev}:{file.st_ino}"

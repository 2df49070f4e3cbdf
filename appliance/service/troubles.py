"""Says a trouble once when it begins and once when it ends, however often it is met in between."""

from __future__ import annotations

import logging
from collections.abc import Callable


class Troubles:
    """The troubles that are open now, by the name of the thing that has them."""

    def __init__(self, log: logging.Logger) -> None:
        self._log = log
        self._open: dict[str, str] = {}

    def __contains__(self, name: str) -> bool:
        return name in self._open

    def text(self, name: str) -> str:
        """The words of an open trouble; empty when there is none."""
        return self._open.get(name, "")

    def met(self, name: str, error: Exception) -> bool:
        """Log that `name` has a trouble, unless it had one before; True when this was the first.

        The same thing failing with another text is the same trouble: texts hold times and counts.
        """
        if name in self._open:
            return False
        self._open[name] = str(error) or type(error).__name__
        self._log.error("%s: %s", name, self._open[name])
        return True

    def over(self, name: str) -> bool:
        """Log that `name` works again, if it had a trouble; True when it had."""
        if self._open.pop(name, None) is None:
            return False
        self._log.warning("%s: works again", name)
        return True


def closed(name: str, close: Callable[[], None], log: logging.Logger) -> None:
    """Close something at the end; that it can't be is logged, and nothing else waits for it."""
    try:
        close()
    except Exception as error:
        log.warning("%s: didn't close: %s", name, error)

"""The log as a display, where none of the others puts a reading into words."""

from __future__ import annotations

import logging

from appliance.values import Reading, State

LOG = logging.getLogger(__name__)


class Log:
    """Logs each reading in one line. Of the states the log tells the troubles already."""

    def __init__(self) -> None:
        self._latest = ""

    def show(self, reading: Reading) -> None:
        """Log the reading; of looks at an empty room in a row, as interval has them, the first."""
        latest, self._latest = self._latest, plain(reading)
        if reading.status != "nothing" or self._latest != latest:
            LOG.info("%s", self._latest)

    def state(self, state: State, detail: str = "") -> None:
        """Say nothing."""

    def close(self) -> None:
        """The log isn't ours to close."""


def plain(reading: Reading) -> str:
    """Return the reading as one line without colours."""
    guess = reading.guess.replace("\n", " / ")
    if reading.status == "read":
        return f"read {guess} ({reading.confidence:.0%}, {reading.milliseconds:.0f} ms)"
    if reading.status == "unsure":
        return f"unsure {guess}? ({reading.confidence:.0%}): {reading.reason}"
    return f"nothing: {reading.reason}"

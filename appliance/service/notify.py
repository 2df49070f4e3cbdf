"""Tells systemd how the appliance is: ready, its status in words, alive, about to stop.

The protocol is one datagram of `NAME=value` lines to the socket in $NOTIFY_SOCKET: sd_notify(3).
"""

from __future__ import annotations

import logging
import os
import socket
from collections.abc import Mapping

from appliance.ports import Clock
from appliance.service.troubles import Troubles
from appliance.values import Reading, State

FEEDINGS = 3
"""How often the watchdog is fed in its time, so that one late frame doesn't matter."""


class Notifier:
    """A display whose screen is `systemctl status`, and the hand that feeds its watchdog.

    environment: NOTIFY_SOCKET, where to tell (a path, or @ and an abstract name), and WATCHDOG_USEC
        and WATCHDOG_PID, how often and by whom the watchdog wants to be fed. Without the first
        nothing is told, and nothing fails.
    """

    def __init__(self, environment: Mapping[str, str], clock: Clock) -> None:
        self._clock = clock
        self._address = environment.get("NOTIFY_SOCKET", "")
        self._pause = _watchdog_seconds(environment) / FEEDINGS
        self._fed = float("-inf")
        self._ready = False
        self._troubles = Troubles(logging.getLogger(__name__))

    def show(self, reading: Reading) -> None:
        """Put the answer into the status."""
        answer = reading.text or reading.reason or ""
        self._tell(STATUS=f"{reading.status}: {answer}")

    def state(self, state: State, detail: str = "") -> None:
        """Put the state into the status.

        With the first frame, or with the word that there is no camera, the service counts as
        started: a camera may be plugged in later.
        """
        news = {"STATUS": f"{state.value}: {detail}" if detail else state.value}
        if state in (State.READY, State.CAMERA_LOST) and not self._ready:
            self._ready = True
            news["READY"] = "1"
        if state is State.STOPPED:
            news["STOPPING"] = "1"
        self._tell(**news)

    def progress(self) -> None:
        """Feed the watchdog, if there is one and it was some time ago."""
        now = self._clock.monotonic()
        if self._pause and now >= self._fed + self._pause:
            self._fed = now
            self._tell(WATCHDOG="1")

    def close(self) -> None:
        """Nothing to give back."""

    def _tell(self, **news: str) -> None:
        if not self._address:
            return
        lines = [f"{name}={' '.join(value.split())}" for name, value in news.items()]
        address = "\0" + self._address[1:] if self._address[0] == "@" else self._address
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sender:
                sender.setblocking(False)  # the loop waits for nobody
                sender.sendto("\n".join(lines).encode(), address)
        except OSError as error:
            self._troubles.met("service manager", error)
        else:
            self._troubles.over("service manager")


def _watchdog_seconds(environment: Mapping[str, str]) -> float:
    """Seconds in which systemd wants to hear from this process; 0: it doesn't."""
    process = environment.get("WATCHDOG_PID") or str(os.getpid())
    microseconds = environment.get("WATCHDOG_USEC", "")
    if process != str(os.getpid()) or not microseconds.isdecimal():
        return 0.0
    return int(microseconds) / 1e6

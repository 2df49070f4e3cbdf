"""Several displays as one; one that fails doesn't keep the others from showing."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping

from appliance.ports import Display
from appliance.service.troubles import Troubles
from appliance.values import Reading, State


class Several:
    """Shows on all its displays.

    A display that fails is logged once and tried again at the next reading: a loose plug may be
    pushed home at any time. Anything that it raises counts, since it may be somebody else's.

    displays: by the names under which the log speaks of them.
    """

    def __init__(self, displays: Mapping[str, Display]) -> None:
        self._displays = dict(displays)
        self._troubles = Troubles(logging.getLogger(__name__))

    def show(self, reading: Reading) -> None:
        """Show the reading on each."""
        self._each("display {}", lambda display: display.show(reading))

    def state(self, state: State, detail: str = "") -> None:
        """Show the state on each."""
        self._each("state of display {}", lambda display: display.state(state, detail))

    def close(self) -> None:
        """Close each."""
        self._each("closing display {}", lambda display: display.close())

    def _each(self, what: str, action: Callable[[Display], None]) -> None:
        """Do it on each; `what` names it in the log, so one that works doesn't end another's."""
        for name, display in self._displays.items():
            try:
                action(display)
            except Exception as error:
                self._troubles.met(what.format(name), error)
            else:
                self._troubles.over(what.format(name))

"""Several displays as one; one that fails doesn't keep the others from showing."""

from __future__ import annotations

import logging
from collections.abc import Callable, Hashable, Mapping

from appliance.ports import Display
from appliance.service.troubles import Troubles
from appliance.values import Reading, State

SHOWING = "show"


class Several:
    """Shows on all its displays.

    A display that fails is logged once and tried again at the next reading: a loose plug may be
    pushed home at any time. Anything that it raises counts, since it may be somebody else's.

    displays: by the names under which the log speaks of them.
    """

    def __init__(self, displays: Mapping[str, Display]) -> None:
        self._displays = dict(displays)
        self._troubles = Troubles(logging.getLogger(__name__))
        self._failed: dict[str, Hashable] = {}  # what it was that a display failed at

    def show(self, reading: Reading) -> None:
        """Show the reading on each."""
        self._each(SHOWING, lambda display: display.show(reading))

    def show_again(self, reading: Reading) -> None:
        """Show a reading that stands on those that failed: a plug may have been pushed home."""
        failed = {name: self._displays[name] for name in self._failed}
        self._each(SHOWING, lambda display: display.show(reading), failed)

    def state(self, state: State, detail: str = "") -> None:
        """Show the state on each."""
        self._each(state, lambda display: display.state(state, detail))

    def close(self) -> None:
        """Close each."""
        self._each("close", lambda display: display.close())

    def _each(
        self,
        what: Hashable,
        action: Callable[[Display], None],
        displays: Mapping[str, Display] | None = None,
    ) -> None:
        """Do it on each. What failed at one thing works again when that very thing succeeds, or a
        reading is shown: of some states a display says nothing, and succeeds at that."""
        for name, display in (self._displays if displays is None else displays).items():
            try:
                action(display)
            except Exception as error:
                if self._troubles.met(f"display {name}", error):
                    self._failed[name] = what
            else:
                if name in self._failed and what in (SHOWING, self._failed[name]):
                    del self._failed[name]
                    self._troubles.over(f"display {name}")

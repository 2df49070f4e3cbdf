"""Keeping: readings, and what people said of them, go into the journal, though it may fail."""

from __future__ import annotations

import logging
from dataclasses import replace

from appliance.ports import Journal
from appliance.service.troubles import Troubles, closed
from appliance.values import Correction, Reading


class Keeping:
    """Keeps in a journal, whose troubles are said once and stop nothing else.

    What people said is kept when the journal works again; a reading only if it is recorded anew.
    """

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._log = logging.getLogger(__name__)
        self._troubles = Troubles(self._log)
        self._unkept: list[Correction] = []  # which the journal couldn't take yet

    def record(self, reading: Reading) -> Reading:
        """Keep the reading; returns it with its number where that worked."""
        try:
            kept = replace(reading, id=self._journal.record(reading))
        except Exception as error:
            self._troubles.met("journal", error)
            return reading
        self._correct()
        return kept

    def correct(self, correction: Correction) -> None:
        """Keep what somebody said of a digit."""
        self._unkept.append(correction)
        self._correct()

    def changed(self) -> list[Correction] | None:
        """The corrections that count, at first and when somebody else changed them; else None.

        While the journal has a trouble it is let alone: each try may take a second.
        """
        if "journal" in self._troubles:
            return None
        try:
            return self._journal.corrections() if self._journal.changed() else None
        except Exception as error:
            self._troubles.met("journal", error)
            return None

    def close(self) -> None:
        """Try once more to keep what couldn't be, and close the journal."""
        if self._unkept:
            self._correct()
        closed("journal", self._journal.close, self._log)

    def _correct(self) -> None:
        while self._unkept:
            try:
                self._journal.correct(self._unkept[0])
            except Exception as error:
                self._troubles.met("journal", error)
                return
            del self._unkept[0]
        self._troubles.over("journal")

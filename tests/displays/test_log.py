"""The log as a display: each reading in a line, an empty room once."""

from __future__ import annotations

import pytest

from appliance.displays.log import Log
from appliance.values import Reading
from tests.fakes import a_reading


def test_each_reading_is_logged_and_an_empty_room_once(caplog: pytest.LogCaptureFixture) -> None:
    """At an interval of two seconds it would be 43,000 lines a day."""
    caplog.set_level("INFO")
    log, empty, seven = Log(), Reading("nothing", (), "no ink"), a_reading("7")
    for shown in (empty, empty, seven, seven, empty, empty, Reading("nothing", (), "too dark")):
        log.show(shown)
    said = [record.getMessage().partition(" (")[0] for record in caplog.records]
    assert said == ["nothing: no ink", "read 7", "read 7", "nothing: no ink", "nothing: too dark"]

"""pytest's plugin in the virtual Pi: a line for each test, and what the tests share.

Not conftest.py: pytest on the host would load that, and its lines would stand among those there.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.virtual_pi.guest import service
from tests.virtual_pi.guest.bus import Buses
from tests.virtual_pi.guest.sheet import Sheet


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Print `ok:` or `FAILED:`, the test's name in words, and what it measured."""
    if report.when == "call" or report.failed:
        words = report.nodeid.rpartition("::")[2].removeprefix("test_").replace("_", " ")
        measured = [f"{name} {value}" for name, value in report.user_properties]
        facts = "; ".join([f"{report.duration:.1f} s", *measured])
        print(f"{'FAILED' if report.failed else 'ok'}: {words} ({facts})", flush=True)
    if report.failed:  # at once: the machine may end before the others do
        print(report.longreprtext, flush=True)
        service.stop()  # what this one left it in is no beginning for the next


def pytest_report_teststatus(report: pytest.TestReport) -> tuple[str, str, str]:
    """No dots: each test has its line."""
    return report.outcome if report.when == "call" or report.failed else "", "", ""


def pytest_configure(config: pytest.Config) -> None:
    """Know our marker."""
    config.addinivalue_line("markers", "last: it comes after all others, and ends the machine")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let those come last that say so."""
    items.sort(key=lambda item: item.get_closest_marker("last") is not None)


@pytest.fixture(scope="session")
def sheet() -> Iterator[Sheet]:
    """The camera, plugged in, and what is held up before it."""
    camera = Sheet()
    yield camera
    service.stop()
    camera.unplug(5)


@pytest.fixture(scope="session")
def buses() -> Buses:
    """The chips on the buses, from the machine's start on."""
    return Buses()


@pytest.fixture
def appliance(sheet: Sheet) -> Sheet:
    """The appliance with all its displays, looking at a sheet."""
    service.start(service.CONFIG)
    return sheet

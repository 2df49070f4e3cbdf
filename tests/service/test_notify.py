"""What systemd hears, on a real datagram socket of a real or an abstract name."""

from __future__ import annotations

import logging
import os
import socket
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from appliance.service.notify import Notifier
from appliance.values import Reading, State
from tests.fakes import FakeClock, a_reading


class Manager:
    """The end of the socket that is systemd's."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind("\0" + name[1:] if name.startswith("@") else name)
        self._socket.setblocking(False)

    def hears(self) -> list[str]:
        """What has come since it was asked last, a text for each datagram."""
        heard = []
        while True:
            try:
                heard.append(self._socket.recv(4096).decode())
            except BlockingIOError:
                return heard

    def close(self) -> None:
        self._socket.close()


@pytest.fixture(params=["path", "abstract"])
def manager(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Manager]:
    names = {"path": str(tmp_path / "notify"), "abstract": f"@digit-appliance-{tmp_path}"}
    with closing(Manager(names[request.param])) as manager:
        yield manager


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def notifier(manager: Manager, clock: FakeClock) -> Notifier:
    environment = {"NOTIFY_SOCKET": manager.name, "WATCHDOG_USEC": "30000000"}
    return Notifier(environment, clock)


def test_ready_is_told_once_and_the_states_in_words(manager: Manager, notifier: Notifier) -> None:
    notifier.state(State.STARTING)
    notifier.state(State.READY)
    notifier.state(State.LOOKING)
    notifier.show(a_reading("40\n7"))
    notifier.show(a_reading("4", status="unsure", reason="blurred"))
    notifier.state(State.READY)
    notifier.state(State.STOPPED)
    assert manager.hears() == [
        "STATUS=starting",
        "STATUS=ready\nREADY=1",
        "STATUS=looking",
        "STATUS=read: 40 7",
        "STATUS=unsure: blurred",
        "STATUS=ready",
        "STATUS=stopped\nSTOPPING=1",
    ]


def test_without_a_camera_it_says_so_and_is_ready(manager: Manager, notifier: Notifier) -> None:
    notifier.state(State.CAMERA_LOST, "unplugged\nreally")
    notifier.state(State.READY)
    assert manager.hears() == ["STATUS=camera lost: unplugged really\nREADY=1", "STATUS=ready"]


def test_progress_feeds_the_watchdog_every_third_of_its_time(
    manager: Manager, notifier: Notifier, clock: FakeClock
) -> None:
    for _ in range(15 * 60):
        notifier.progress()
        clock.now += 1 / 15
    assert manager.hears() == ["WATCHDOG=1"] * 6


@pytest.mark.parametrize(
    "watchdog",
    [
        {},
        {"WATCHDOG_USEC": "0"},
        {"WATCHDOG_USEC": "soon"},
        {"WATCHDOG_USEC": "30000000", "WATCHDOG_PID": str(os.getpid() + 1)},
    ],
)
def test_a_watchdog_that_doesnt_watch_us_isnt_fed(
    manager: Manager, clock: FakeClock, watchdog: dict[str, str]
) -> None:
    Notifier({"NOTIFY_SOCKET": manager.name} | watchdog, clock).progress()
    assert manager.hears() == []


def test_our_own_process_is_watched(manager: Manager, clock: FakeClock) -> None:
    own = {"WATCHDOG_USEC": "30000000", "WATCHDOG_PID": str(os.getpid())}
    Notifier({"NOTIFY_SOCKET": manager.name} | own, clock).progress()
    assert manager.hears() == ["WATCHDOG=1"]


def test_without_a_socket_nothing_happens(caplog: pytest.LogCaptureFixture) -> None:
    notifier = Notifier({"WATCHDOG_USEC": "30000000"}, FakeClock())
    notifier.state(State.READY)
    notifier.progress()
    notifier.close()
    notifier.close()
    assert not caplog.records


def test_a_manager_that_has_gone_is_said_once(
    manager: Manager, notifier: Notifier, caplog: pytest.LogCaptureFixture
) -> None:
    manager.close()
    if not manager.name.startswith("@"):
        Path(manager.name).unlink()
    for _ in range(3):
        notifier.state(State.READY)
    assert [record.levelno for record in caplog.records] == [logging.ERROR]


def test_a_manager_that_is_back_is_said_and_told(
    tmp_path: Path, clock: FakeClock, caplog: pytest.LogCaptureFixture
) -> None:
    notifier = Notifier({"NOTIFY_SOCKET": str(tmp_path / "notify")}, clock)
    notifier.state(State.LOOKING)
    with closing(Manager(str(tmp_path / "notify"))) as manager:
        notifier.show(Reading("nothing"))
        assert manager.hears() == ["STATUS=nothing:"]
    assert caplog.records[-1].getMessage() == "service manager: works again"


def test_a_manager_that_doesnt_listen_holds_nobody_up(tmp_path: Path, clock: FakeClock) -> None:
    with closing(Manager(str(tmp_path / "notify"))) as manager:
        notifier = Notifier({"NOTIFY_SOCKET": manager.name}, clock)
        for _ in range(2000):  # far more than the socket's queue holds
            notifier.state(State.READY)
        assert manager.hears()

"""The doctor on machines that a folder stands for, and on this one."""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path

import pytest

from appliance.cli.checks import Finding, examine
from appliance.cli.doctor import report
from appliance.cli.main import main
from appliance.journal.sqlite import SqliteJournal
from appliance.service.machine import Machine
from appliance.settings import parse
from tests.fakes import FakeClock, a_reading

ALL = """
[camera]
use = "picamera"
[triggers]
use = ["button"]
[displays]
use = ["oled", "max7219", "leds", "speaker"]
[gpio]
factory = "lgpio"
[journal]
path = "/var/lib/digit-appliance/journal.sqlite3"
"""


class Pi(Machine):
    """A Pi out of a folder; its attributes say what is amiss."""

    def __init__(self, root: Path, devices: str = "gpiochip0 i2c-1 spidev0.0 video0") -> None:
        super().__init__(root)
        self.write("/proc/device-tree/model", "Raspberry Pi Zero 2 W Rev 1.0\0")
        self.write("/etc/os-release", 'PRETTY_NAME="Debian GNU/Linux 13 (trixie)"\n')
        for device in devices.split():
            self.write(f"/dev/{device}", "")
        self.modules = {"picamera2", "lgpio", "luma.oled", "luma.led_matrix", "spidev"}
        self.writable = True
        self.answers = {
            "vcgencmd": "throttled=0x0",
            "rpicam-hello": "Available cameras\n-----\n0 : imx708 [4608x2592]",
            "espeak-ng --version": "eSpeak NG text-to-speech: 1.51",
            "espeak-ng": "",
        }
        self.member = {"video", "gpio", "i2c", "spi", "audio"}
        self.answering = [0x3C]
        self.free = 5000.0

    def write(self, name: str, text: str) -> None:
        self.path(name).parent.mkdir(parents=True, exist_ok=True)
        self.path(name).write_text(text)

    def has_module(self, name: str) -> bool:
        return name in self.modules

    def run(self, *command: str) -> str | None:
        return self.answers.get(" ".join(command), self.answers.get(command[0]))

    def groups(self) -> set[str]:
        return self.member

    def i2c_addresses(self, bus: int) -> list[int]:
        return self.answering

    def may_write(self, name: str) -> bool:
        return self.writable

    def free_megabytes(self, name: str) -> float:
        return self.free


def findings(machine: Machine, text: str = ALL) -> dict[str, Finding]:
    return {finding.name: finding for finding in examine(machine, parse(text, "config.toml"))}


def test_a_pi_that_has_everything_is_well(tmp_path: Path) -> None:
    found = findings(Pi(tmp_path))
    assert [finding.name for finding in found.values() if not finding.good] == ["journal"]  # yet
    assert found["board"].found == "Raspberry Pi Zero 2 W Rev 1.0"
    assert found["system"].found.startswith("Debian GNU/Linux 13 (trixie)")
    assert found["camera"].found == "picamera: imx708 [4608x2592]"
    assert found["I2C"].found == "0x3c"


@pytest.mark.parametrize(
    ("name", "change", "found", "remedy"),
    [
        ("camera", {"modules": {"lgpio"}}, "isn't installed", "apt install python3-picamera2"),
        ("camera", {"answers": {"rpicam-hello": "No cameras available!"}}, "no camera", "cable"),
        ("pins", {"modules": {"picamera2"}}, "lgpio: not installed", "python3-lgpio"),
        ("I2C", {"answering": [0x3D]}, "0x3d", "expected at 0x3c"),
        ("I2C", {"answering": []}, "nothing answers", "wires of the OLED"),
        (
            "groups",
            {"member": {"video", "gpio", "audio"}},
            "not in i2c, spi",
            "usermod -aG i2c,spi",
        ),
        ("disk", {"free": 20.0}, "20 MB free", "apt clean"),
        ("disk", {"writable": False}, "may not be written by this user", "another path"),
        ("libraries", {"modules": {"spidev"}}, "no luma.oled, luma.led_m", "python3-luma.led-mat"),
        ("libraries", {"modules": {"luma.oled"}}, "no luma.led_matrix, spidev", "python3-spidev"),
        ("voice", {"answers": {}}, "no espeak-ng", "apt install espeak-ng"),
        ("voice", {"answers": {"espeak-ng --version": "1.51"}}, "no voice en", "--voices"),
        (
            "power and heat",
            {"answers": {"vcgencmd": "throttled=0x50005"}},
            "voltage is too low now",
            "power supply",
        ),
    ],
)
def test_what_is_missing_is_said_with_what_to_do(
    tmp_path: Path, name: str, change: dict[str, object], found: str, remedy: str
) -> None:
    machine = Pi(tmp_path)
    for attribute, value in change.items():
        setattr(machine, attribute, value)
    finding = findings(machine)[name]
    assert finding.good is False
    assert found in finding.found
    assert remedy in finding.remedy


@pytest.mark.parametrize(
    ("name", "remedy"), [("pins", "mock"), ("I2C", "do_i2c 0"), ("SPI", "do_spi 0")]
)
def test_missing_devices(tmp_path: Path, name: str, remedy: str) -> None:
    finding = findings(Pi(tmp_path, devices=""))[name]
    assert finding.good is False
    assert remedy in finding.remedy


@pytest.mark.parametrize("bus", [0, 3])
def test_another_i2c_bus_is_switched_on_by_its_overlay(tmp_path: Path, bus: int) -> None:
    found = findings(Pi(tmp_path), f"[displays]\nuse = ['oled']\n[displays.oled]\nbus = {bus}")
    assert found["I2C"].found == f"no /dev/i2c-{bus}"
    assert "do_i2c" not in found["I2C"].remedy
    assert "the overlay of that bus" in found["I2C"].remedy


def test_any_i2c_bus_wants_its_group(tmp_path: Path) -> None:
    machine = Pi(tmp_path)
    machine.member = set()
    found = findings(machine, "[displays]\nuse = ['oled']\n[displays.oled]\nbus = 3")
    assert found["groups"].found == "not in i2c"


@pytest.mark.parametrize(
    ("device", "there", "found", "remedy"),
    [
        ("c920", True, "webcam: /dev/video2 (HD Pro Webcam C920)", ""),
        ("2", True, "webcam: /dev/video2 (HD Pro Webcam C920)", ""),
        ("/dev/v4l/by-id/usb-other", True, "webcam: /dev/v4l/by-id/usb-other", ""),
        (
            "Brio",
            False,
            "no webcam named 'Brio'; there are: HD Pro Webcam C920, bcm2835",
            "plug it",
        ),
        ("0", False, "webcam: no /dev/video0", "there is /dev/video10 (bcm2835), /dev/video2 (HD"),
    ],
)
def test_the_webcam_of_the_settings_is_looked_for_not_any(
    tmp_path: Path, device: str, there: bool, found: str, remedy: str
) -> None:
    machine = Pi(tmp_path, devices="video2 video10 v4l/by-id/usb-other")
    machine.write("/sys/class/video4linux/video2/name", "HD Pro Webcam C920\n")
    machine.write("/sys/class/video4linux/video10/name", "bcm2835\n")
    text = f'[camera]\nuse = "webcam"\n[camera.webcam]\ndevice = "{device}"\n'
    finding = findings(machine, text)["camera"]
    assert finding.good is there
    assert finding.found.endswith(found)
    assert remedy in finding.remedy


@pytest.mark.parametrize(
    ("paths", "good", "found"),
    [
        (["/a.png", "/more"], True, "pictures: 2"),
        (["/more", "/gone.png"], False, "/gone.png"),
        (["/dev"], False, "pictures: no picture in /dev"),
        ([], False, "pictures: no picture in an empty list"),
    ],
)
def test_the_pictures_of_the_settings_are_looked_for(
    tmp_path: Path, paths: list[str], good: bool, found: str
) -> None:
    machine = Pi(tmp_path)
    machine.write("/a.png", "")
    machine.write("/more/b.png", "")
    text = f'[camera]\nuse = "pictures"\n[camera.pictures]\npaths = {json.dumps(paths)}\n'
    finding = findings(machine, text)["camera"]
    assert finding.good is good
    assert finding.found.endswith(found)


@pytest.mark.parametrize(
    ("number", "good", "found"), [(0, True, "imx708"), (1, False, "no camera 1")]
)
def test_the_camera_of_the_settings_is_looked_for(
    tmp_path: Path, number: int, good: bool, found: str
) -> None:
    text = f'[camera]\nuse = "picamera"\n[camera.picamera]\nnumber = {number}\n'
    finding = findings(Pi(tmp_path), text)["camera"]
    assert finding.good is good
    assert found in finding.found


def test_pins_that_are_connected_to_nothing_need_no_group(tmp_path: Path) -> None:
    machine = Pi(tmp_path)
    machine.member = {"video", "i2c", "spi", "audio"}
    assert findings(machine)["groups"].good is False
    assert findings(machine, ALL.replace("lgpio", "mock"))["groups"].good is True


def test_a_journal_is_looked_at(tmp_path: Path) -> None:
    machine = Pi(tmp_path)
    assert findings(machine)["journal"] == Finding(
        "journal", "none yet: the first reading begins it", None
    )
    path = machine.path("/var/lib/digit-appliance/journal.sqlite3")
    with closing(SqliteJournal(path, FakeClock())) as journal:
        journal.record(a_reading("12"))
    assert findings(machine)["journal"] == Finding("journal", "whole; readings: 1, corrections: 0")
    path.write_bytes(b"Dear reader" * 99)
    finding = findings(machine)["journal"]
    assert finding.good is False
    assert finding.found == f"{path}: file is not a database"
    assert "restore a backup" in finding.remedy


def test_a_journal_beside_where_it_is_run_is_looked_at(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with closing(SqliteJournal(Path("journal.sqlite3"), FakeClock())) as journal:
        journal.record(a_reading("12"))
    found = findings(Machine(), '[journal]\npath = "journal.sqlite3"')["journal"]
    assert found == Finding("journal", "whole; readings: 1, corrections: 0")


def test_weights_that_cant_be_loaded(tmp_path: Path) -> None:
    more = f'[reader]\nweights = "{tmp_path}/none.npz"\n'
    found = findings(Pi(tmp_path), ALL + more)
    assert found["weights"].good is False
    assert "none.npz" in found["weights"].found


def test_a_check_that_fails_is_a_finding(tmp_path: Path) -> None:
    class Broken(Pi):
        def i2c_addresses(self, bus: int) -> list[int]:
            raise PermissionError("not for you")

    assert findings(Broken(tmp_path))["i2c"] == Finding(
        "i2c", "can't be examined: not for you", False
    )


def test_on_a_laptop_nothing_of_a_pi_is_missed(tmp_path: Path) -> None:
    found = findings(Machine(tmp_path), '[journal]\npath = ""')
    assert [finding.name for finding in found.values() if finding.good is False] == []
    assert found["board"].found.startswith("no Raspberry Pi")


def test_a_module_with_a_dot_is_found_or_not() -> None:
    assert Machine().has_module("json.decoder")
    assert not Machine().has_module("luma_of_nowhere.oled")


def test_the_nearest_folder_that_exists_must_be_writable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("os.access", lambda path, mode: path != tmp_path)
    (tmp_path / "mine").mkdir()
    assert Machine().may_write(str(tmp_path / "mine" / "new" / "journal"))
    assert not Machine().may_write(str(tmp_path / "new" / "journal"))


def test_where_this_user_may_not_even_look_nothing_may_be_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def hidden(_: Path) -> bool:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "exists", hidden)
    assert not Machine().may_write(str(tmp_path / "journal"))


def test_the_report_puts_the_remedy_below() -> None:
    lines = report([Finding("SPI", "no bus", False, "switch it on"), Finding("I2C", "-", None)])
    assert lines.splitlines() == [
        "BAD  SPI             no bus",
        "                     -> switch it on",
        "-    I2C             -",
        "",
        "One thing is missing.",
    ]
    assert report([Finding("I2C", "-", None)]).endswith("\nAll is well.")


def test_the_command_on_this_machine(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config = tmp_path / "config.toml"
    config.write_text('[camera]\nuse = "webcam"\n[journal]\npath = ""\n')
    with pytest.raises(SystemExit) as ended:
        main(["doctor", "--json", "--config", str(config)])
    found = json.loads(capsys.readouterr().out)
    assert {finding["name"] for finding in found} >= {"board", "camera", "weights"}
    assert ended.value.code == int(any(finding["good"] is False for finding in found))
    assert (found[0]["name"], found[0]["found"]) == ("settings", str(config))

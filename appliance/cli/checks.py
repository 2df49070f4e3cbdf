"""What `doctor` looks at: each check says what is there and what to do about what is missing."""

from __future__ import annotations

import platform
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from appliance.cameras import webcam
from appliance.cameras.pictures import find_pictures
from appliance.displays import max7219, oled, speaker
from appliance.displays.attached import installed_by
from appliance.errors import ApplianceError, CameraError, JournalError
from appliance.journal.inspection import inspect
from appliance.paths import expanded
from appliance.service.machine import Machine
from appliance.service.pins import Pins
from appliance.settings import Settings

LEAST_FREE = 200
"""Megabytes that should be free for the journal."""

THROTTLED = {
    0: "the voltage is too low now: use the Pi's own power supply and a short cable",
    1: "the processor is slowed down now: let air to it",
    2: "the processor is throttled now: let air to it",
    3: "it is close to its temperature limit: let air to it",
    16: "the voltage was too low since the start: use the Pi's own power supply",
    17: "the processor was slowed down since the start: let air to it",
    18: "the processor was throttled since the start: let air to it",
    19: "it was close to its temperature limit since the start: let air to it",
}
"""Bits of `vcgencmd get_throttled` -> what they mean."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check found.

    good: None when it doesn't matter here, as I2C without a display on it.
    remedy: what to do; empty when there is nothing to do.
    """

    name: str
    found: str
    good: bool | None = True
    remedy: str = ""


def examine(machine: Machine, settings: Settings) -> list[Finding]:
    """Make all checks; none of them raises, and none changes anything."""
    checks: list[Callable[[Machine, Settings], Finding]] = [
        board,
        system,
        camera,
        pin_factory,
        i2c,
        spi,
        libraries,
        voice,
        groups,
        weights,
        disk,
        journal,
        throttling,
    ]
    return [_made(check, machine, settings) for check in checks]


def board(machine: Machine, settings: Settings) -> Finding:
    """Which board it is."""
    model = machine.text("/proc/device-tree/model")
    if not model:
        return Finding("board", f"no Raspberry Pi ({platform.machine()})", None)
    return Finding("board", model, "Raspberry Pi" in model or None)


def system(machine: Machine, settings: Settings) -> Finding:
    """Which operating system."""
    lines = machine.text("/etc/os-release").splitlines()
    names = [line.partition("=")[2].strip('"') for line in lines if line.startswith("PRETTY_NAME=")]
    kernel = machine.text("/proc/sys/kernel/osrelease")
    name = f"{names[0] if names else 'unknown'}, kernel {kernel or 'unknown'}"
    return Finding("system", f"{name}, Python {platform.python_version()}")


def camera(machine: Machine, settings: Settings) -> Finding:
    """Whether the camera of the settings can be there."""
    chosen = settings.camera.name
    if chosen == "picamera":
        if not machine.has_module("picamera2"):
            remedy = (
                "sudo apt install python3-picamera2; a virtual environment needs "
                "--system-site-packages"
            )
            return Finding("camera", "picamera: picamera2 isn't installed", False, remedy)
        listed = machine.run("rpicam-hello", "--list-cameras")
        if listed is not None and "No cameras" in listed:
            remedy = "switch it off, check the ribbon cable, and camera_auto_detect=1"
            return Finding("camera", "picamera: no camera is connected", False, remedy)
        return _picamera(listed, int(settings.camera.options["number"]))
    if chosen == "webcam":
        return _webcam(machine, str(settings.camera.options["device"]))
    if chosen == "pictures":
        return _pictures(machine, settings.camera.options["paths"])
    return Finding("camera", f"{chosen} (needs no device)")


def _picamera(listed: str | None, number: int) -> Finding:
    """Whether rpicam-hello lists the camera of that number; None: it isn't there to be asked."""
    if listed is None:
        return Finding("camera", "picamera: picamera2 is installed")
    lines = [line.strip() for line in listed.splitlines()]
    cameras = {line.split(" :")[0]: line.split(" :")[1] for line in lines if " :" in line}
    if str(number) in cameras:
        return Finding("camera", f"picamera: {cameras[str(number)].strip()}")
    there = ", ".join(name for name in cameras if name.isdigit()) or "none"
    remedy = (
        f"check its ribbon cable, or set another number under [camera.picamera]; there is {there}"
    )
    return Finding("camera", f"picamera: no camera {number}", False, remedy)


def _pictures(machine: Machine, paths: Sequence[str]) -> Finding:
    """Whether the pictures that the settings name are there."""
    found = find_pictures([_on(machine, path) for path in paths])
    missing = [str(file) for file in found if not file.is_file()]
    remedy = "copy them there, or set other paths under [camera.pictures]"
    if missing or not found:
        what = ", ".join(missing) or f"picture in {', '.join(paths) or 'an empty list'}"
        return Finding("camera", f"pictures: no {what}", False, remedy)
    return Finding("camera", f"pictures: {len(found)}")


def _webcam(machine: Machine, device: str) -> Finding:
    """Whether the webcam that the settings name is there, whatever others are."""
    names = machine.path(str(webcam.NAMES))
    try:
        path = webcam.path_of(device, names)
    except CameraError as error:
        return Finding(
            "camera", str(error), False, "plug it in, or set another device under [camera.webcam]"
        )
    known = [f"/dev/video{number} ({name})" for number, name in webcam.known_names(names).items()]
    if machine.path(path).exists():
        named = [text for text in known if text.split()[0] == path]
        return Finding("camera", f"webcam: {(named or [path])[0]}")
    there = ", ".join(sorted(known)) or "no camera"
    remedy = f"plug it in, or set another device under [camera.webcam]; there is {there}"
    return Finding("camera", f"webcam: no {path}", False, remedy)


def pin_factory(machine: Machine, settings: Settings) -> Finding:
    """Whether the pins can be reached, when something is connected to them."""
    way = Pins(settings.gpio.factory).way
    used = any(not wire.bus for its in settings.wires.values() for wire in its)
    if way == "mock":
        return Finding("pins", "mock: connected to nothing", None if not used else True)
    if not used:
        return Finding("pins", "not used by the settings", None)
    module, package = {"rpigpio": ("RPi", "rpi.gpio")}.get(way, (way, way))
    if not machine.has_module(module):
        remedy = f'sudo apt install python3-{package}; without pins: factory = "mock" under [gpio]'
        return Finding("pins", f"{way}: not installed", False, remedy)
    chips = sorted(path.name for path in machine.path("/dev").glob("gpiochip*"))
    remedy = "" if chips else 'this machine has no pins; set factory = "mock" under [gpio]'
    return Finding("pins", f"{way}, {', '.join(chips) or 'no /dev/gpiochip*'}", bool(chips), remedy)


def _display_options(settings: Settings, name: str) -> Mapping[str, Any] | None:
    """The options of a display; None when the settings don't use it."""
    return next((d.options for d in settings.displays if d.name == name), None)


def i2c(machine: Machine, settings: Settings) -> Finding:
    """What answers on the I2C bus of the OLED."""
    options = _display_options(settings, "oled")
    if options is None:
        return Finding("I2C", "not used by the settings", None)
    bus, wanted = int(options["bus"]), int(options["address"])
    if not machine.path(f"/dev/i2c-{bus}").exists():
        remedy = "sudo raspi-config nonint do_i2c 0 (0 is on)"
        if bus != 1:  # raspi-config knows no other
            remedy = (
                "add the overlay of that bus to /boot/firmware/config.txt and restart, or set "
                "bus = 1 under [displays.oled]"
            )
        return Finding("I2C", f"no /dev/i2c-{bus}", False, remedy)
    there = machine.i2c_addresses(bus)
    names = ", ".join(f"0x{address:02x}" for address in there) or "nothing answers"
    remedy = "" if wanted in there else f"check the wires of the OLED, expected at 0x{wanted:02x}"
    return Finding("I2C", names, wanted in there, remedy)


def spi(machine: Machine, settings: Settings) -> Finding:
    """Whether the SPI device of the MAX7219 is there."""
    options = _display_options(settings, "max7219")
    if options is None:
        return Finding("SPI", "not used by the settings", None)
    name = f"/dev/spidev0.{options['device']}"
    there = machine.path(name).exists()
    remedy = "" if there else "sudo raspi-config nonint do_spi 0 (0 is on)"
    return Finding("SPI", name if there else f"no {name}", there, remedy)


def libraries(machine: Machine, settings: Settings) -> Finding:
    """Whether the libraries of the displays on buses are installed."""
    needed = {"oled": oled.LIBRARIES, "max7219": max7219.LIBRARIES}
    wanted = [name for display in settings.displays for name in needed.get(display.name, ())]
    if not wanted:
        return Finding("libraries", "none is needed by the displays", None)
    missing = [name for name in wanted if not machine.has_module(name)]
    if missing:
        return Finding("libraries", f"no {', '.join(missing)}", False, installed_by(missing))
    return Finding("libraries", ", ".join(wanted))


def voice(machine: Machine, settings: Settings) -> Finding:
    """Whether the speaker's program is there and has the voice of the settings."""
    options = _display_options(settings, "speaker")
    if options is None:
        return Finding("voice", "not used by the settings", None)
    program, wanted = speaker.PROGRAM, str(options["voice"])
    if machine.run(program, "--version") is None:
        return Finding("voice", f"no {program}", False, f"sudo apt install {program}")
    if machine.run(program, "-q", "-v", wanted, "--", "1") is None:  # -q: without a sound
        remedy = f"set another voice under [displays.speaker]; {program} --voices lists them"
        return Finding("voice", f"{program} has no voice {wanted}", False, remedy)
    return Finding("voice", f"{program}, {wanted}")


def groups(machine: Machine, settings: Settings) -> Finding:
    """Whether this user may use the devices of the settings."""
    needed = set()
    if settings.camera.name in ("picamera", "webcam"):
        needed.add("video")
    if _display_options(settings, "speaker") is not None:
        needed.add("audio")
    buses = {wire.bus for its in settings.wires.values() for wire in its}
    needed |= {{"I2C": "i2c", "SPI": "spi"}.get(bus, "gpio") for bus in buses}
    if Pins(settings.gpio.factory).way == "mock":
        needed.discard("gpio")
    missing = sorted(needed - machine.groups())
    remedy = f"sudo usermod -aG {','.join(missing)} $USER, then log in again" if missing else ""
    found = f"in {', '.join(sorted(needed))}" if needed else "none is needed"
    if missing:
        found = f"not in {', '.join(missing)}"
    return Finding("groups", found, not missing, remedy)


def weights(machine: Machine, settings: Settings) -> Finding:
    """Whether the network's weights can be loaded."""
    from appliance.app import load_reader

    load_reader(settings.reader.weights)
    return Finding("weights", settings.reader.weights or "those that came with it")


def disk(machine: Machine, settings: Settings) -> Finding:
    """Whether there is room for the journal."""
    path = settings.journal.path
    if not path:
        return Finding("disk", "the journal is kept in memory", None)
    full_path = _full(path)
    if not machine.may_write(full_path):
        remedy = "run it with sudo, or as the service; or set another path under [journal]"
        return Finding("disk", f"{path} may not be written by this user", False, remedy)
    free = machine.free_megabytes(full_path)
    remedy = "" if free >= LEAST_FREE else "delete what isn't needed: sudo apt clean"
    return Finding("disk", f"{free:,.0f} MB free for {path}", free >= LEAST_FREE, remedy)


def journal(machine: Machine, settings: Settings) -> Finding:
    """Whether the journal is whole, and what it holds."""
    if not settings.journal.path:
        return Finding("journal", "kept in memory", None)
    path = _on(machine, settings.journal.path)
    try:
        stock = inspect(path)
    except JournalError as error:
        found, _, remedy = str(error).partition("; ")
        return Finding("journal", found, False, remedy)
    if stock is None:
        return Finding("journal", "none yet: the first reading begins it", None)
    held = f"readings: {stock.readings}, corrections: {stock.corrections}"
    return Finding("journal", f"whole; {held}")


def _on(machine: Machine, path: str) -> Path:
    """Where a path of the settings is on a machine."""
    return machine.path(_full(path))


def _full(path: str) -> str:
    """A path of the settings by its absolute name."""
    return str(expanded(path).absolute())


def throttling(machine: Machine, settings: Settings) -> Finding:
    """Whether the Pi was slowed down by heat or a weak power supply."""
    answer = machine.run("vcgencmd", "get_throttled")
    if answer is None or "=" not in answer:
        return Finding("power and heat", "not told by this machine", None)
    bits = int(answer.partition("=")[2], 16)
    troubles = [text for bit, text in THROTTLED.items() if bits >> bit & 1]
    if not troubles:
        return Finding("power and heat", "never throttled since the start")
    found, _, remedy = troubles[0].partition(": ")
    return Finding("power and heat", found, False, remedy)


def _made(
    check: Callable[[Machine, Settings], Finding], machine: Machine, settings: Settings
) -> Finding:
    """Make a check; what it raises is its finding."""
    try:
        return check(machine, settings)
    except ApplianceError as error:
        return Finding(check.__name__, str(error), False)
    except Exception as error:
        return Finding(check.__name__, f"can't be examined: {error}", False)

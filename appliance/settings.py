"""The settings file: checked once, at start, all faults at once; its text is made from the code."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any

from appliance.cameras import CAMERAS
from appliance.displays import DISPLAYS
from appliance.errors import SettingsError
from appliance.keys import Fault, Key, check, parameters, unknown
from appliance.registry import Registry
from appliance.service.pins import WAYS
from appliance.service.wires import Wire, clashes
from appliance.triggers import TRIGGERS

DEFAULT_FILE = Path("/etc/digit-appliance/config.toml")


@dataclass(frozen=True, slots=True)
class CameraChoice:
    """Which camera."""

    use: Annotated[str, Key("The camera.")] = "synthetic"


@dataclass(frozen=True, slots=True)
class TriggerChoice:
    """Which triggers."""

    use: Annotated[
        tuple[str, ...], Key("What says when to read; any number of them.", filled=True)
    ] = ("manual",)


@dataclass(frozen=True, slots=True)
class DisplayChoice:
    """Which displays."""

    use: Annotated[tuple[str, ...], Key("Where readings are shown; any number of them.")] = (
        "terminal",
    )


@dataclass(frozen=True, slots=True)
class ReaderSettings:
    """How to read."""

    weights: Annotated[
        str, Key("File of the classifier's weights; empty: those that came with it.", path=True)
    ] = ""


@dataclass(frozen=True, slots=True)
class LearningSettings:
    """What to learn from corrections."""

    use: Annotated[
        bool,
        Key("Read digits that are written like a corrected one as people said."),
    ] = True


@dataclass(frozen=True, slots=True)
class JournalSettings:
    """What to keep of the readings, and where."""

    path: Annotated[str, Key("File that keeps the readings; empty: in memory only.", path=True)] = (
        "/var/lib/digit-appliance/journal.sqlite3"
    )
    keep_readings: Annotated[
        int,
        Key(
            "Older readings than the newest so many are deleted.", minimum=1, maximum=1_000_000_000
        ),
    ] = 10_000
    keep_days: Annotated[
        float, Key("Readings older than so many days are deleted; 0: none is.", minimum=0)
    ] = 90.0
    keep_megabytes: Annotated[
        float, Key("The oldest readings go while the file is larger; 0: it may grow.", minimum=0)
    ] = 200.0


@dataclass(frozen=True, slots=True)
class PinSettings:
    """How to reach the pins of the header."""

    factory: Annotated[
        str,
        Key(
            "gpiozero's pin factory; empty: $GPIOZERO_PIN_FACTORY or lgpio; mock has no pins.",
            choices=WAYS,
        ),
    ] = ""


@dataclass(frozen=True, slots=True)
class PowerSettings:
    """What holding the button down does."""

    when: Annotated[
        str,
        Key(
            "When holding the button for 5 s switches the machine off: as a service, always or "
            "never. Otherwise it only ends the program.",
            choices=("service", "always", "never"),
        ),
    ] = "service"


@dataclass(frozen=True, slots=True)
class LogSettings:
    """What to log."""

    level: Annotated[
        str,
        Key("The least grave messages that are logged.", choices=("debug", "info", "warning")),
    ] = "info"


@dataclass(frozen=True, slots=True)
class Adapter:
    """An adapter that was chosen: its name, its class, and the settings for its constructor."""

    name: str
    make: Callable[..., Any]
    options: Mapping[str, Any] = field(default_factory=dict)

    @property
    def wires(self) -> list[Wire]:
        """Its wires; one without the method has none."""
        wires = getattr(self.make, "wires", None)
        return list(wires(**self.options)) if wires else []


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that the file may say, checked."""

    camera: Adapter
    triggers: tuple[Adapter, ...]
    displays: tuple[Adapter, ...]
    reader: ReaderSettings
    learning: LearningSettings
    journal: JournalSettings
    gpio: PinSettings
    power_off: PowerSettings
    log: LogSettings

    @property
    def wires(self) -> dict[str, list[Wire]]:
        """The wires of each chosen adapter that has some, by its section of the settings."""
        chosen = {"triggers": self.triggers, "displays": self.displays}
        found = {
            f"{section}.{adapter.name}": adapter.wires
            for section, adapters in chosen.items()
            for adapter in adapters
        }
        return {name: wires for name, wires in found.items() if wires}


PLAIN: dict[str, type] = {
    "reader": ReaderSettings,
    "learning": LearningSettings,
    "journal": JournalSettings,
    "gpio": PinSettings,
    "power_off": PowerSettings,
    "log": LogSettings,
}
"""Sections that hold keys only."""

CHOICES: dict[str, tuple[type, Registry]] = {
    "camera": (CameraChoice, CAMERAS),
    "triggers": (TriggerChoice, TRIGGERS),
    "displays": (DisplayChoice, DISPLAYS),
}
"""Sections that choose adapters; each adapter's own keys stand in [section.name]."""


def load(path: Path | None = None) -> Settings:
    """Read and check a settings file.

    path: None means /etc/digit-appliance/config.toml, or the defaults where that is absent.
    Raises SettingsError, which lists every fault with its key, value and what was expected.
    """
    if path is None:
        if not DEFAULT_FILE.exists():
            return parse("", "the defaults")
        path = DEFAULT_FILE
    try:
        return parse(path.read_bytes().decode("utf-8-sig"), str(path))
    except UnicodeDecodeError as error:
        raise SettingsError(
            f"{path}: not a text file (byte {error.start} isn't UTF-8); "
            "write a fresh one with: digit-appliance settings"
        ) from error
    except OSError as error:
        raise SettingsError(f"{path}: can't be read: {error.strerror}") from error


def parse(text: str, source: str) -> Settings:
    """Check the text of a settings file; `source` names it in the message of a SettingsError."""
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{source}: not valid TOML: {error}") from error
    except ValueError as error:  # Python's limit of whole numbers
        raise SettingsError(
            f"{source}: a number in it has thousands of digits; write a smaller one"
        ) from error
    except RecursionError as error:
        raise SettingsError(f"{source}: a list in it holds lists, hundreds deep") from error
    sections: dict[str, Any] = {}
    known = [*CHOICES, *PLAIN]
    faults = [unknown(name, table[name], name, known) for name in table if name not in known]
    for name, section in PLAIN.items():
        values, wrong = check(section, table.get(name, {}), name)
        faults += wrong
        sections[name] = section(**values)
    for name, (choice, registry) in CHOICES.items():
        sections[name], wrong = _chosen(name, choice, registry, table.get(name, {}))
        faults += wrong
    settings = Settings(**sections)
    told = [str(fault) for fault in faults]
    told += [f"{clash}: expected a pin for each" for clash in clashes(settings.wires)]
    if told:
        lines = "\n".join(f"  {fault}" for fault in told)
        count = "1 fault" if len(told) == 1 else f"{len(told)} faults"
        raise SettingsError(f"{source}: {count} in the settings:\n{lines}")
    return settings


def _chosen(name: str, choice: type, registry: Registry, table: object) -> tuple[Any, list[Fault]]:
    """Return the adapter or adapters that a section chooses, and the faults of the section.

    An adapter whose own keys are at fault isn't among them.
    """
    values, faults = check(choice, table, name, also=registry.names)
    if not isinstance(table, dict):
        return (), faults
    single = isinstance(values["use"], str)
    wanted: tuple[str, ...] = (values["use"],) if single else values["use"]
    if len(set(wanted)) < len(wanted):
        faults.append(Fault(f"{name}.use", list(wanted), "each name once"))
    adapters = {}
    # A section of an adapter that isn't chosen is checked too: a slip in it would show only later.
    for adapter in dict.fromkeys([*wanted, *(key for key in table if key in registry.names)]):
        try:
            make = registry.load(adapter)
            parameters(make)
        except SettingsError as error:
            faults.append(Fault(f"{name}.use", adapter, f"another; {error}"))
            continue
        options, wrong = check(make, table.get(adapter, {}), f"{name}.{adapter}")
        wrong = wrong or _unfit(make, options, f"{name}.{adapter}")
        faults += wrong
        if not wrong:
            adapters[adapter] = Adapter(adapter, make, options)
    chosen = tuple(adapters[adapter] for adapter in wanted if adapter in adapters)
    return (chosen[0] if single and chosen else chosen), faults


def _unfit(make: Callable[..., Any], options: Mapping[str, Any], place: str) -> list[Fault]:
    """The faults that an adapter finds in keys together; one without the method finds none."""
    unfit = getattr(make, "unfit", None)
    found: Mapping[str, str] = unfit(**options) if unfit else {}
    return [Fault(f"{place}.{key}", options[key], expected) for key, expected in found.items()]


def document() -> str:
    """Return a settings file that says what every key means; each stands at its default."""
    parts = [
        "# Settings of the digit appliance. Each key stands here with its default; to change one,\n"
        "# remove the # before it. Check the file with: digit-appliance settings --check FILE\n"
    ]
    for name, (choice, registry) in CHOICES.items():
        parts.append(_section(name, choice, f" Names: {', '.join(registry.builtin)}."))
        for adapter in registry.builtin:
            make = registry.load(adapter)
            if parameters(make):
                parts.append(_section(f"{name}.{adapter}", make))
    parts += [_section(name, section) for name, section in PLAIN.items()]
    return "\n".join(parts)


def _section(title: str, thing: Callable[..., object], more: str = "") -> str:
    lines = [f"[{title}]"]
    for parameter in parameters(thing):
        lines.append(f"# {parameter.key.meaning}{more} ({parameter.expected})")
        lines.append(f"#{parameter.name} = {_toml(parameter.default)}")
    return "\n".join(lines) + "\n"


def _toml(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        escaped = value.replace("\\", "\\\\").replace('"', '\\"')
        return f'"{escaped}"'
    if isinstance(value, tuple):
        return f"[{', '.join(_toml(item) for item in value)}]"
    return repr(value)

"""The composition root: settings in, the wired appliance out; the only place that chooses.

What brings much along (drawn scenes, rich) is loaded by its registry, when it is wanted: `read`
starts from here too, and somebody waits for it.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from appliance.cameras import CAMERAS
from appliance.cameras.pictures import Pictures
from appliance.daemon import Daemon
from appliance.displays import DISPLAYS
from appliance.displays.buzzer import Buzzer
from appliance.displays.log import Log
from appliance.displays.several import Several as SeveralDisplays
from appliance.journal.sqlite import SqliteJournal
from appliance.keys import collaborators
from appliance.lessons import Lessons
from appliance.memory import Glyphs, Labels, Memory
from appliance.network.classifier import Classifier
from appliance.network.fallback import load_or_fall_back
from appliance.network.heap import keep_freed_memory
from appliance.network.recogniser import Recogniser
from appliance.network.spotter import Spotter
from appliance.network.transcriber import Transcriber
from appliance.network.weights import shipped_path
from appliance.paths import expanded
from appliance.ports import Camera, Clock, Trigger
from appliance.reader import Reader
from appliance.service.clock import SystemClock
from appliance.service.notify import Notifier
from appliance.service.pins import Pins
from appliance.service.power import may_power_off, power_off
from appliance.settings import Adapter, JournalSettings, Settings
from appliance.triggers.interval import Interval
from appliance.triggers.manual import ANSWERS, Manual
from appliance.triggers.several import Several as SeveralTriggers
from appliance.values import in_one_line

DEMO_KEYS = "Enter: hold up the next one. c Enter: correct this one. q Enter: end."
"""Shown below each reading of a demo that has a keyboard."""

SECONDS_BETWEEN_SCENES = 2.0
"""In a demo that goes on by itself."""


def build(
    settings: Settings, clock: Clock | None = None, environment: Mapping[str, str] = os.environ
) -> Daemon:
    """Wire the appliance as the settings say.

    environment: says whether systemd started it, and wants to hear of it.

    Raises SettingsError, WeightsError, PinError, TriggerError or DisplayError when a part can't be
    had; a camera or journal that can't be had yet is the daemon's to wait for.
    """
    clock = clock or SystemClock()
    notifier = Notifier(environment, clock)
    has_keys = any(adapter.make is Manual for adapter in settings.triggers)
    offered: dict[str, object] = {
        "clock": clock,
        "pins": Pins(settings.gpio.factory),
        "answers": ANSWERS if has_keys else "",
    }
    reader, lessons = _lasting_reader(settings)
    triggers = [_make(adapter, offered) for adapter in settings.triggers]
    displays = {adapter.name: _make(adapter, offered) for adapter in settings.displays}
    if "terminal" not in displays:  # which says each reading already, in systemd's journal too
        displays.setdefault("log", Log())
    return Daemon(
        open_camera=lambda: _make(settings.camera, offered),
        trigger=triggers[0] if len(triggers) == 1 else SeveralTriggers(triggers, clock),
        display=SeveralDisplays({**displays, "systemd": notifier}),
        reader=reader,
        journal=_journal(settings.journal, clock),
        clock=clock,
        progress=notifier.progress,
        power_off=power_off if may_power_off(settings.power_off.when, environment) else None,
        lessons=lessons,
    )


def build_camera(settings: Settings, clock: Clock | None = None) -> Camera:
    """Open the camera of the settings alone. Raises CameraError."""
    camera: Camera = _make(settings.camera, {"clock": clock or SystemClock()})
    return camera


def build_buzzer(settings: Settings) -> Buzzer | None:
    """Open the buzzer of the settings alone; None when none is chosen. Raises PinError."""
    for adapter in settings.displays:
        if adapter.name == "buzzer":
            buzzer: Buzzer = _make(adapter, {"pins": Pins(settings.gpio.factory)})
            return buzzer
    return None


def build_demo(
    pictures: Sequence[str] = (), *, seed: int, auto: bool, times: int, weights: str = ""
) -> Daemon:
    """Wire the appliance without hardware, showing in the terminal.

    pictures: files or folders to read, each once; without any, scenes are drawn.
    seed: of the scenes; the same seed draws the same ones.
    auto: go on by itself, otherwise the Enter key is the button.
    times: readings after which an automatic demo ends; 0: it goes on, or shows each picture once.

    The terminal stands alone, not among `Several`: when it is gone the demo has to end.
    """
    clock = SystemClock()
    camera, caption, truth = _demo_camera(pictures, seed, clock)
    trigger: Trigger
    if isinstance(camera, Pictures):
        shown = min(times or len(camera.files), len(camera.files))
        trigger, hint = Interval(clock, 0, shown), ""
    elif auto:
        trigger, hint = Interval(clock, SECONDS_BETWEEN_SCENES, times), ""
    else:
        trigger, hint = Manual(sys.stdin), DEMO_KEYS
    classifier = _classifier(weights)
    memory = _memory(classifier)
    return Daemon(
        open_camera=lambda: camera,
        trigger=trigger,
        display=DISPLAYS.load("terminal")(hint=hint, caption=caption, answers=ANSWERS, truth=truth),
        reader=_reader(classifier, memory),
        journal=SqliteJournal(None, clock),
        clock=clock,
        lessons=Lessons(memory),
    )


def load_reader(weights: str = "") -> Reader:
    """Load the network and put the eye before it; empty takes the weights that came with it.

    Raises WeightsError.
    """
    return _reader(_classifier(weights))


def _classifier(weights: str) -> Classifier:
    return Classifier.load(expanded(weights) if weights else None)


def _reader(classifier: Classifier, memory: Memory | None = None) -> Reader:
    keep_freed_memory()  # one frame's for the next
    return Reader(classifier, Spotter.load(), Recogniser.load(), Transcriber.load(), memory)


def _memory(classifier: Classifier) -> Memory:
    return Memory(classifier.features, _ordinary_digits)


def _ordinary_digits() -> tuple[Glyphs, Labels]:
    from appliance.learning.ordinary import ordinary_digits  # noqa: PLC0415 (it draws)

    return ordinary_digits()


def _lasting_reader(settings: Settings) -> tuple[Reader, Lessons]:
    """Load the reader as `load_reader` does, but let copies beside the journal stand in.

    With it come the lessons that it learns by; where the settings forbid it, they teach nothing.
    """
    path = settings.journal.path
    state = expanded(path).parent if path else None

    def load(make: Callable[[Path], Any], wanted: Path | None, name: str) -> Any:
        shipped, copy = shipped_path(f"{name}.npz"), state and state / f"last-good-{name}.npz"
        return load_or_fall_back(make, wanted or shipped, shipped=shipped, copy=copy)

    chosen = settings.reader.weights
    wanted = expanded(chosen) if chosen else None
    classifier: Classifier = load(Classifier.load, wanted, "default")
    memory = _memory(classifier) if settings.learning.use else None
    reader = Reader(
        classifier,
        load(Spotter.load, None, "spotter"),
        load(Recogniser.load, None, "recogniser"),
        load(Transcriber.load, None, "transcriber"),
        memory,
    )
    return reader, Lessons(memory)


def _demo_camera(
    pictures: Sequence[str], seed: int, clock: Clock
) -> tuple[Camera, Callable[[], str], Callable[[], str] | None]:
    """Return the camera of a demo, what to write above each reading, and what it should say."""
    if pictures:
        files = Pictures(clock, tuple(pictures))
        return files, lambda: str(files.current), None
    scenes = CAMERAS.load("synthetic")(seed=seed, scenes="neat")

    def caption() -> str:
        return f"held up: {in_one_line(scenes.truth)}"

    return scenes, caption, lambda: str(scenes.truth)


def _journal(settings: JournalSettings, clock: Clock) -> SqliteJournal:
    path = expanded(settings.path) if settings.path else None
    return SqliteJournal(
        path, clock, settings.keep_readings, settings.keep_days, settings.keep_megabytes
    )


def _make(adapter: Adapter, offered: dict[str, object]) -> Any:
    return adapter.make(**adapter.options, **collaborators(adapter.make, offered))

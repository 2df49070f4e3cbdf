"""A setting's meaning, type and bounds, written beside the parameter that it fills.

An adapter says in its constructor which parameters are settings:

    def __init__(self, seed: Annotated[int, Key("Which drawings to hold up.", minimum=0)] = 0)

A parameter without a Key is a collaborator (a clock, a stream), which only the composition root
gives. The settings file is checked against these, and its documentation is generated from them.
"""

from __future__ import annotations

import difflib
import inspect
import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, get_args, get_origin, get_type_hints

from appliance.errors import PathError, SettingsError
from appliance.paths import expanded

EMPTY = '""'
"""An empty text, as it is written."""

KINDS = {bool: "true or false", int: "a whole number", float: "a number", str: "a text in quotes"}


@dataclass(frozen=True, slots=True)
class Key:
    """Marks a parameter as a setting.

    meaning: one sentence for the settings file.
    minimum, maximum: inclusive bounds of a number.
    choices: the only values allowed; none given means any.
    counts: how many items a list may have; none given means any number.
    filled: a list must have an item.
    path: it names a file or folder, see `expanded`; one that is no list's may be empty.
    """

    meaning: str
    minimum: float | None = None
    maximum: float | None = None
    choices: tuple[str | int, ...] = ()
    counts: tuple[int, ...] = ()
    filled: bool = False
    path: bool = False


@dataclass(frozen=True, slots=True)
class Parameter:
    """A setting as its constructor declares it: name, type, default, and its Key.

    type: bool, int, float, str or a tuple of one of these.
    """

    name: str
    type: Any
    default: Any
    key: Key

    @property
    def expected(self) -> str:
        """What may stand there, in words."""
        key, is_list = self.key, get_origin(self.type) is tuple
        words = f"{self._list}, each {KINDS[self._item]}" if is_list else KINDS[self._item]
        if key.choices:
            words += f", one of {', '.join(str(choice) or EMPTY for choice in key.choices)}"
        if key.path:
            words += ", a path"
        if key.minimum is not None and key.maximum is not None:
            words += f" from {key.minimum:,} to {key.maximum:,}"
        elif key.minimum is not None:
            words += f", at least {key.minimum:,}"
        elif key.maximum is not None:
            words += f", at most {key.maximum:,}"
        return words

    def accept(self, value: object) -> Any:
        """Return the value in the declared type; raises ValueError when it isn't acceptable."""
        if get_origin(self.type) is tuple:
            if not isinstance(value, list) or not self._counts(len(value)):
                raise ValueError(self.expected)
            return tuple(self._accept_one(item) for item in value)
        return self._accept_one(value)

    @property
    def _list(self) -> str:
        if self.key.counts:
            return f"a list of {' or '.join(map(str, self.key.counts))}"
        return "a list of one or more" if self.key.filled else "a list"

    def _counts(self, items: int) -> bool:
        counts = self.key.counts
        return items in counts if counts else items > 0 or not self.key.filled

    @property
    def _item(self) -> type:
        item: type = get_args(self.type)[0] if get_origin(self.type) is tuple else self.type
        return item

    def _accept_one(self, value: object) -> Any:
        if self._item is float and type(value) is int:
            try:
                value = float(value)
            except OverflowError as error:  # hundreds of digits
                raise ValueError(self.expected) from error
        if type(value) is not self._item or not self._within(value):
            raise ValueError(self.expected)
        return value

    def _within(self, value: Any) -> bool:
        key = self.key
        if key.choices and value not in key.choices:
            return False
        if isinstance(value, float) and not math.isfinite(value):
            return False
        in_list = get_origin(self.type) is tuple
        if key.path and (value or in_list) and not _is_path(value):
            return False
        return (key.minimum is None or value >= key.minimum) and (
            key.maximum is None or value <= key.maximum
        )


def _is_path(text: str) -> bool:
    try:
        expanded(text)
    except PathError:
        return False
    return True


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong with the settings: where, what stands there, what should."""

    place: str
    value: object
    expected: str

    def __str__(self) -> str:
        try:
            value = repr(self.value)
        except ValueError:  # Python's limit of whole numbers, which hexadecimal ones may pass
            value = "a number of thousands of digits"
        return f"{self.place} = {value}: expected {self.expected}"


def parameters(thing: Callable[..., object]) -> list[Parameter]:
    """Return the settings that a class or function declares, in its own order.

    Raises SettingsError when its annotations can't be read: it may be somebody else's.
    """
    target = thing.__init__ if inspect.isclass(thing) else thing
    try:
        hints = get_type_hints(target, include_extras=True)
    except Exception as error:
        name = getattr(thing, "__qualname__", repr(thing))
        raise SettingsError(f"{name}'s settings can't be told: {error}") from error
    found = []
    for name, parameter in inspect.signature(thing).parameters.items():
        declared, *notes = get_args(hints.get(name)) or (None,)
        found += [
            Parameter(name, declared, parameter.default, key)
            for key in notes
            if isinstance(key, Key)
        ]
    return found


def collaborators(thing: Callable[..., object], offered: Mapping[str, object]) -> dict[str, object]:
    """Pick from what is offered, by name, the parameters of `thing` that are no settings."""
    settings = {parameter.name for parameter in parameters(thing)}
    names = inspect.signature(thing).parameters.keys() - settings
    return {name: value for name, value in offered.items() if name in names}


def check(
    thing: Callable[..., object], table: object, place: str, also: Iterable[str] = ()
) -> tuple[dict[str, Any], list[Fault]]:
    """Check a table of the settings file against what `thing` declares.

    also: names that may stand in the table and are checked elsewhere.
    Returns the accepted values, defaults filled in, and every fault found.
    """
    if not isinstance(table, dict):
        return {}, [Fault(place, table, f"a section [{place}]")]
    known = {parameter.name: parameter for parameter in parameters(thing)}
    values = {name: parameter.default for name, parameter in known.items()}
    faults = []
    for name, value in table.items():
        if name in also:
            continue
        if name not in known:
            faults.append(unknown(f"{place}.{name}", value, name, [*known, *also]))
            continue
        try:
            values[name] = known[name].accept(value)
        except ValueError as error:
            faults.append(Fault(f"{place}.{name}", value, str(error)))
    return values, faults


def unknown(place: str, value: object, name: str, known: Iterable[str]) -> Fault:
    """Describe a name that means nothing, with the one that was probably meant."""
    names = sorted(known)
    near = difflib.get_close_matches(name, names, n=1, cutoff=0.6)
    if near:
        return Fault(place, value, f"a known name; did you mean {near[0]!r}?")
    return Fault(place, value, f"one of {', '.join(names)}" if names else "nothing here")

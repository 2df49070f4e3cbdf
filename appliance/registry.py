"""Adapters by name: imported only when they are chosen, and open to packages of others."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from appliance.errors import SettingsError

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint


@dataclass(frozen=True, slots=True)
class Registry:
    """The adapters of one kind.

    kind: what they are, in a message: "camera".
    group: entry point group through which another package adds one.
    builtin: name -> "module:Class".
    """

    kind: str
    group: str
    builtin: Mapping[str, str]

    @property
    def names(self) -> list[str]:
        """All names, ours first, then those that other packages add."""
        from importlib.metadata import entry_points  # noqa: PLC0415  # 40 ms

        others = entry_points(group=self.group).names
        return [*self.builtin, *sorted(others - self.builtin.keys())]

    def load(self, name: str) -> Callable[..., Any]:
        """Import an adapter's class.

        Raises SettingsError when there is none of that name, or when it can't be imported: whatever
        it fails with, for it may be somebody else's.
        """
        entry = self._entry(name)
        try:
            adapter: Callable[..., Any] = entry.load()
        except Exception as error:
            raise SettingsError(
                f"the {self.kind} {name!r} ({entry.value}) can't be imported: "
                f"{str(error) or type(error).__name__}"
            ) from error
        return adapter

    def _entry(self, name: str) -> EntryPoint:
        from importlib.metadata import EntryPoint, entry_points  # noqa: PLC0415

        if name in self.builtin:
            return EntryPoint(name, self.builtin[name], self.group)
        for entry in entry_points(group=self.group, name=name):
            return entry
        near = difflib.get_close_matches(name, self.names, n=1)
        hint = f"did you mean {near[0]!r}?" if near else f"there are {', '.join(self.names)}"
        raise SettingsError(f"there is no {self.kind} {name!r}; {hint}")

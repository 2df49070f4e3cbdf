"""Read and set a section's `use` in the settings file, for the installer. Needs only Python.

    settings_file.py get FILE SECTION          prints the names in use, one on each line
    settings_file.py set FILE SECTION NAMES    prints the file, changed to use NAMES (with commas)

Ends with 1 and a sentence when the file can't be read, or isn't written so that it can be changed.
"""

from __future__ import annotations

import json
import re
import sys
import tomllib
from pathlib import Path


def use_of(text: str, section: str) -> object:
    """What a section uses, whatever that is; None when it doesn't say."""
    table = tomllib.loads(text).get(section)
    return table.get("use") if isinstance(table, dict) else None


def names_of(use: object) -> list[str]:
    """The names in it."""
    if isinstance(use, str):
        return [use]
    return [str(name) for name in use] if isinstance(use, list) else []


def with_use(text: str, section: str, use: str | list[str]) -> str:
    """The text with another `use` in a section, its other lines as they are.

    Raises ValueError when it would then say anything else than it shall.
    """
    if use_of(text, section) == use:
        return text
    end_of_line = "\r" if "\r\n" in text else ""
    lines = text.split("\n")
    if not headers(lines, section):
        lines += [f"[{section}]{end_of_line}", ""]
    begin, end = place(lines, section)
    lines[begin:end] = [f"use = {json.dumps(use)}{end_of_line}"]
    changed = "\n".join(lines)
    says, shall_say = tomllib.loads(changed), tomllib.loads(text)
    shall_say.setdefault(section, {})["use"] = use
    if says != shall_say:
        raise ValueError("that isn't all that would change")
    return changed


def headers(lines: list[str], section: str = ".*") -> list[int]:
    """The lines that begin a section, or any."""
    return [n for n, line in enumerate(lines) if re.match(rf"\s*\[\s*{section}\s*\]\s*(#|$)", line)]


def place(lines: list[str], section: str) -> tuple[int, int]:
    """First line of a section's `use` and the line after it; the same twice: where to put one."""
    first = headers(lines, section)[0] + 1
    last = min((number for number in headers(lines) if number >= first), default=len(lines))
    for mark in (r"\s*use\s*=", "#use = "):  # set, or left to its default as `settings` writes it
        for begin in range(first, last):
            if re.match(mark, lines[begin]):
                return begin, end_of_value(lines, begin)
    return first, first


def end_of_value(lines: list[str], begin: int) -> int:
    """The line after the value that begins in a line: a list may take several."""
    for end in range(begin + 1, len(lines) + 1):
        try:
            tomllib.loads("\n".join([*lines[begin:end], ""]))
        except tomllib.TOMLDecodeError:
            continue
        return end
    return begin + 1


def main() -> None:
    """See above."""
    command, file, section, *names = sys.argv[1:]
    try:
        text = Path(file).read_bytes().decode("utf-8-sig")
        answer = "".join(f"{name}\n" for name in names_of(use_of(text, section)))
    except (OSError, ValueError) as error:
        raise SystemExit(f"{file} can't be read: {error}") from None
    if command == "set":
        use = names[0] if section == "camera" else names[0].split(",")
        try:
            answer = with_use(text, section, use)
        except ValueError:
            raise SystemExit(
                f"The installer can't change {section}.use in {file} as it is written there. "
                f"Write this under a line [{section}] and leave the option away:\n"
                f"  use = {json.dumps(use)}"
            ) from None
    sys.stdout.buffer.write(answer.encode())


if __name__ == "__main__":
    main()

"""Record a command in a pseudo-terminal and draw the end of what it showed as SVG.

    python scripts/record_demo.py docs/demo.svg digit-appliance demo

It presses Enter as often as READINGS asks for, then Ctrl-C, as a person would.
"""

from __future__ import annotations

import fcntl
import io
import os
import pty
import select
import struct
import sys
import termios
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from rich.console import Console
from rich.text import Text

from appliance.app import DEMO_KEYS

WIDTH, HEIGHT = 80, 60
READINGS = 2
HINT = DEMO_KEYS.encode()
PATIENCE_SECONDS = 60.0


def main(target: str, *command: str) -> int:
    """Record `command` into the file `target`."""
    shown = record(command)
    console = Console(width=WIDTH, record=True, file=io.StringIO(), force_terminal=True)
    console.print(Text.from_ansi(f"$ {' '.join(['scripts/demo', *command[2:]])}\n{shown}".rstrip()))
    svg = console.export_svg(title="digit-appliance")
    Path(target).write_text(svg)
    print(f"{target}: {len(svg):,} bytes")
    return 0


def record(command: Sequence[str]) -> str:
    """Run the command, press Enter for each further reading; returns all that it wrote."""
    child, terminal = pty.fork()
    if not child:
        os.environ |= {"TERM": "xterm-256color", "COLORTERM": "truecolor"}
        fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", HEIGHT, WIDTH, 0, 0))
        os.execvp(command[0], list(command))
    shown = b""
    for reading in range(1, READINGS + 1):
        shown = _read_until(terminal, shown, reading)
        os.write(terminal, b"\n" if reading < READINGS else b"\x03")
    os.waitpid(child, 0)
    return shown.decode().replace("\r", "")


def _read_until(terminal: int, shown: bytes, hints: int) -> bytes:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while shown.count(HINT) < hints:
        if time.monotonic() > deadline:
            _gave_up(shown)
        if select.select([terminal], [], [], 0.5)[0]:
            shown += _more(terminal) or _gave_up(shown)
    return shown


def _more(terminal: int) -> bytes:
    """What it shows next; nothing when the program has ended."""
    try:
        return os.read(terminal, 65536)
    except OSError:  # EIO: nobody has the other side any more
        return b""


def _gave_up(shown: bytes) -> NoReturn:
    raise SystemExit(f"the demo showed no reading:\n{shown.decode()}")


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))

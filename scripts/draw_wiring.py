"""Draws docs/wiring.svg: the 40-pin header with everything that the appliance can be given.

Run in the project's environment: .venv/bin/python scripts/draw_wiring.py
"""

from __future__ import annotations

from html import escape
from pathlib import Path

from appliance.service.wires import POSITIONS, Wire
from appliance.settings import parse

ROOT = Path(__file__).parent.parent

EXAMPLE = """\
[triggers]
use = ["button"]

[displays]
use = ["status_led", "leds", "seven_segment", "oled", "max7219", "buzzer"]

[displays.leds]
numbers = [5, 6, 12, 13]
"""
"""The settings that are drawn: everything at once, with the LEDs in binary."""

POWER = {1: "3V3", 17: "3V3", 2: "5V", 4: "5V"}
GROUND = {6, 9, 14, 20, 25, 30, 34, 39}
COLOURS = {"3V3": "#e8a33d", "5V": "#d9534f", "GND": "#444", "wire": "#2a7de1", "": "#bbb"}

LEGEND = {"3V3": "3V3", "5V": "5V", "GND": "GND", "wire": "leads to a part", "": "not used here"}
"""What the colours mean."""

STEP, TOP, MIDDLE, WIDTH = 30, 56, 430, 860
"""Pixels: from row to row, to the first one, to the header's middle, of the drawing."""


def draw() -> str:
    """The drawing as SVG."""
    wires = parse(EXAMPLE, "the example").wires
    used = {w.position: (part, w) for part, its in wires.items() for w in its if w.position}
    rows = [_pin(position, used) for position in range(1, 41)]
    height = TOP + 21 * STEP
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" '
            'font-family="sans-serif" font-size="12">',
            f'<rect width="{WIDTH}" height="{height}" fill="#fff"/>',
            f'<text x="{MIDDLE}" y="24" text-anchor="middle" font-size="16">'
            "The header, pin 1 at the corner of the board</text>",
            f'<rect x="{MIDDLE - 26}" y="{TOP - 16}" width="52" height="{20 * STEP + 8}" '
            'rx="4" fill="#222"/>',
            *rows,
            *_legend(height - 16),
            "</svg>\n",
        ]
    )


def _pin(position: int, used: dict[int, tuple[str, Wire]]) -> str:
    """A pin of the header and what stands beside it."""
    left = position % 2 == 1
    x, y = MIDDLE + (-12 if left else 12), TOP + (position - 1) // 2 * STEP
    name, words, more = _label(position, used)
    kind = name if name in COLOURS else "wire" if words else ""
    text = f"{name}: {words}" if words else name
    anchor, text_x = ("end", x - 22) if left else ("start", x + 22)
    return (
        f'<circle cx="{x}" cy="{y}" r="8" fill="{COLOURS[kind]}"/>'
        f'<text x="{x}" y="{y + 3}" text-anchor="middle" font-size="8" fill="#fff">'
        f"{position}</text>"
        f'<text x="{text_x}" y="{y + 4}" text-anchor="{anchor}">{escape(text)}'
        + (f'<tspan x="{text_x}" dy="11" font-size="9">{escape(more)}</tspan>' if more else "")
        + "</text>"
    )


def _legend(y: int) -> list[str]:
    """What the colours mean, in one row."""
    return [
        f'<circle cx="{x}" cy="{y}" r="8" fill="{COLOURS[kind]}"/>'
        f'<text x="{x + 14}" y="{y + 4}">{words}</text>'
        for x, (kind, words) in zip(range(150, WIDTH, 120), LEGEND.items(), strict=False)
    ]


def _label(position: int, used: dict[int, tuple[str, Wire]]) -> tuple[str, str, str]:
    """The name of a pin, where it leads, and what else belongs there: a resistor, ground."""
    if position in POWER or position in GROUND:
        return POWER.get(position, "GND"), "", ""
    number = next(number for number, place in POSITIONS.items() if place == position)
    if position not in used:
        return f"GPIO{number}", "", ""
    part, wire = used[position]
    name, (to, _, more) = part.partition(".")[2], wire.to.partition("; ")
    return f"GPIO{number}", to if to == name else f"{name}, {to}", more


if __name__ == "__main__":
    (ROOT / "docs" / "wiring.svg").write_text(draw())

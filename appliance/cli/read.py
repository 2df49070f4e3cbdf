"""`digit-appliance read`: the digits in picture files."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import click

from appliance.app import load_reader
from appliance.cameras.pictures import load_picture
from appliance.errors import PictureError
from appliance.values import Reading


@click.command(epilog="Example: digit-appliance read --json photo.jpg")
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object per picture and line.")
@click.option(
    "--weights", default="", help="The classifier's weights; the shipped ones when not given."
)
def read(paths: tuple[str, ...], as_json: bool, weights: str) -> int:
    """Read the handwritten digits in picture files.

    Any kind will do that OpenCV opens, of 8 or 16 bits.

    Exit status: 0 when every picture could be opened, 1 when some could not (the others are still
    read), 2 for wrong usage.
    """
    reader = load_reader(weights)
    failures = 0
    for path in paths:
        try:
            found = reader.read(load_picture(Path(path)))
        except PictureError as error:
            failures += 1
            _complain(path, error, as_json)
            continue
        print(json.dumps(as_object(path, found)) if as_json else _sentence(path, found), flush=True)
    return 1 if failures else 0


def as_object(source: str, reading: Reading) -> dict[str, Any]:
    """The reading as the command line promises it to scripts."""
    return {
        "source": source,
        "status": reading.status,
        "text": reading.text,
        "confidence": round(reading.confidence, 4),
        "reason": reading.reason,
        "digits": [
            {
                "digit": digit.digit,
                "confidence": round(digit.confidence, 4),
                "box": [digit.box.x, digit.box.y, digit.box.width, digit.box.height],
            }
            for digit in reading.digits
        ],
        "milliseconds": round(reading.milliseconds, 2),
    }


def _sentence(path: str, reading: Reading) -> str:
    if reading.status == "read":
        return f"{path}: {reading.text.replace(chr(10), ' / ')}  ({reading.confidence:.0%})"
    guess = reading.guess.replace("\n", " / ")
    perhaps = f", perhaps {guess}" if guess else ""
    return f"{path}: {reading.status}{perhaps}: {reading.reason}"


def _complain(path: str, error: PictureError, as_json: bool) -> None:
    print(f"digit-appliance: {error}", file=sys.stderr)
    if as_json:
        empty = as_object(path, Reading("nothing"))
        print(json.dumps({**empty, "error": str(error)}), flush=True)

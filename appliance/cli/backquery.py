"""`digit-appliance backquery`: what the network has in mind for a digit."""

from __future__ import annotations

from pathlib import Path

import click
import numpy as np
from rich.console import Console
from rich.progress import track

from appliance.cli.options import picture_option, weights_option
from appliance.cli.places import refuse_overwriting
from appliance.cli.sheets import enlarge, save_png, sheet
from appliance.errors import TrainingError
from appliance.network.backquery import STEPS, ascend, backquery_book
from appliance.network.book import BookNetwork, to_glyphs
from appliance.network.classifier import Classifier
from appliance.network.layers import Array
from appliance.network.losses import softmax
from appliance.network.network import Network


@click.command()
@click.option("--digit", type=click.IntRange(0, 9), help="Only this digit; else all ten.")
@weights_option
@picture_option("backquery.png")
def backquery(digit: int | None, weights: Path | None, out: Path) -> None:
    """Draw what the network has in mind for a digit.

    It is asked backwards.

    Weights of the book's network are run backwards layer by layer; for any other the picture is
    found by climbing from grey towards what the network prefers.

    \b
    Example:
      digit-appliance backquery --out digits.png
    """
    refuse_overwriting([weights], out)
    loaded = Classifier.load(weights).weights
    digits = list(range(10)) if digit is None else [digit]
    every, how = _pictures(loaded.network)
    pictures = every[digits]
    logits = loaded.network.predict(pictures.astype(np.float32))
    probabilities = softmax(logits, loaded.temperature)
    titles = [_title(*pair) for pair in zip(digits, probabilities, strict=True)]
    save_png(out, sheet([enlarge(picture) for picture in pictures], titles, min(5, len(digits))))
    click.echo(f"{out}: {how}; above each picture what the network says of it")


def _title(wanted: int, probabilities: Array) -> str:
    answer = int(probabilities.argmax())
    if answer > 9:
        return f"{wanted}, taken for no digit"
    return f"{wanted}, read as {answer} ({probabilities[answer]:.0%})"


def _pictures(network: Network) -> tuple[Array, str]:
    """Those of all digits, (10, 28, 28): run backwards when it can be done, else climb; and which.

    Of one alone the climb would take another way: roundings depend on how many there are.
    """
    try:
        book = BookNetwork.from_network(network)
    except TrainingError:
        console = Console(stderr=True)
        steps = track(range(STEPS), "climbing", console=console, transient=True)
        return ascend(network, np.arange(10), steps), "found by gradient ascent from grey"
    inputs = np.array([backquery_book(book, digit) for digit in range(10)])
    return to_glyphs(inputs), "the network run backwards, without what its layers lose on the way"

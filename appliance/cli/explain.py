"""`digit-appliance explain`: which pixels speak for the answer."""

from __future__ import annotations

import json
from pathlib import Path

import click
import cv2
import numpy as np

from appliance.cameras.pictures import load_picture
from appliance.cli.folders import picture_to_glyph
from appliance.cli.options import picture_option, weights_option
from appliance.cli.sheets import Picture, enlarge, heat_map, save_png, sheet
from appliance.network.classifier import Classifier
from appliance.network.explain import Evidence
from appliance.network.explain import explain as find_evidence
from appliance.network.layers import Array
from appliance.network.losses import softmax


@click.command()
@click.argument("picture", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@weights_option
@picture_option("evidence.png")
@click.option("--json", "as_json", is_flag=True, help="Print the evidence as JSON.")
def explain(picture: Path, weights: Path | None, out: Path, as_json: bool) -> None:
    """Draw which pixels of PICTURE, one digit, speak for the answer and against the runner-up.

    Red pixels speak for the answer, or against the runner-up; blue ones the other way.

    \b
    Example:
      digit-appliance explain seven.png --out evidence.png
    """
    loaded = Classifier.load(weights).weights
    pixels = load_picture(picture).pixels
    grey = pixels if pixels.ndim == 2 else cv2.cvtColor(pixels, cv2.COLOR_BGR2GRAY)
    glyph = picture_to_glyph(np.asarray(grey, np.uint8))
    evidence = find_evidence(loaded.network, glyph)
    probabilities = softmax(loaded.network.predict(glyph[None]), loaded.temperature)[0]
    save_png(out, _draw(glyph, evidence, probabilities))
    answer, other = evidence.answer, evidence.runner_up
    if as_json:
        result = {
            "source": str(picture),
            "answer": answer,
            "runner_up": other,
            "for_answer": np.round(evidence.for_answer, 4).tolist(),
            "against_runner_up": np.round(evidence.against_runner_up, 4).tolist(),
        }
        click.echo(json.dumps(result))
        return
    click.echo(f"{picture}: {answer} ({probabilities[answer]:.1%}), "
               f"runner-up {other} ({probabilities[other]:.1%})")  # fmt: skip
    click.echo(f"{out}: red speaks for {answer} or against {other}, blue the other way")


def _draw(glyph: Array, evidence: Evidence, probabilities: Array) -> Picture:
    """Lay the glyph and its three heat maps, in one scale, side by side."""
    maps = [evidence.for_answer, evidence.against_runner_up, evidence.together]
    scale = float(np.percentile(np.abs(maps)[:, glyph > 0], 98)) if glyph.any() else 1.0
    titles = [
        "the glyph",
        f"for {evidence.answer} ({probabilities[evidence.answer]:.1%})",
        f"against {evidence.runner_up} ({probabilities[evidence.runner_up]:.1%})",
        f"{evidence.answer} rather than {evidence.runner_up}",
    ]
    return sheet([enlarge(glyph), *(heat_map(values, scale) for values in maps)], titles, 4)

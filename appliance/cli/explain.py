"""`digit-appliance explain`: which pixels speak for the answer."""

from __future__ import annotations

import json
from pathlib import Path

import click
import numpy as np

from appliance.cli.folders import read_glyph
from appliance.cli.options import picture_option, weights_option
from appliance.cli.places import refuse_overwriting
from appliance.cli.sheets import Picture, enlarge, heat_map, save_png, sheet, with_line
from appliance.network.classifier import Classifier
from appliance.network.explain import Evidence
from appliance.network.explain import explain as find_evidence
from appliance.network.layers import Array
from appliance.values import Prediction


@click.command()
@click.argument("picture", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@weights_option
@picture_option("evidence.png")
@click.option("--json", "as_json", is_flag=True, help="Print the evidence as JSON.")
def explain(picture: Path, weights: Path | None, out: Path, as_json: bool) -> None:
    """Draw which pixels of a picture speak for the answer.

    PICTURE shows one digit. Red pixels speak for the answer, or against the runner-up; blue ones
    the other way.

    \b
    Example:
      digit-appliance explain seven.png --out evidence.png
    """
    refuse_overwriting([picture, weights], out)
    classifier, glyph = Classifier.load(weights), read_glyph(picture)
    evidence = find_evidence(classifier.weights.network, glyph)
    [prediction] = classifier.classify(glyph[None])
    save_png(out, _draw(glyph, evidence, prediction.probabilities))
    answer, other = evidence.answer, evidence.runner_up
    if as_json:
        result = {
            "source": str(picture),
            "answer": answer,
            "runner_up": other,
            "probabilities": [round(float(p), 4) for p in prediction.probabilities],
            "not_a_digit": round(prediction.not_a_digit, 4),
            "for_answer": np.round(evidence.for_answer, 4).tolist(),
            "against_runner_up": np.round(evidence.against_runner_up, 4).tolist(),
        }
        click.echo(json.dumps(result))
        return
    click.echo(f"{picture}: {_said(evidence, prediction)}")
    click.echo(f"{out}: red speaks for {answer} or against {other}, blue the other way")


def _said(evidence: Evidence, prediction: Prediction) -> str:
    """The answer and the runner-up, or that it is no digit, and which ones it is nearest to."""
    answer, other = evidence.answer, evidence.runner_up
    if prediction.not_a_digit > prediction.confidence:
        return (
            f"no digit ({prediction.not_a_digit:.1%}); of the digits it is nearest to {answer}, "
            f"then to {other}; more than one digit? cut one out"
        )
    sure, less = prediction.probabilities[[answer, other]]
    return f"{answer} ({sure:.1%}), runner-up {other} ({less:.1%})"


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
    page = sheet([enlarge(glyph), *(heat_map(values, scale) for values in maps)], titles, 4)
    return with_line(page, "red: for what is named above, blue: against it")

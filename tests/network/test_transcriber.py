"""The transcriber reads lines as a whole, whatever the light."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from appliance.errors import WeightsError
from appliance.network.context import SpaceToDepth
from appliance.network.convolution import Convolution
from appliance.network.ctc import most_likely
from appliance.network.layers import Layer
from appliance.network.network import Network
from appliance.network.transcriber import CLASSES, Transcriber, relative
from appliance.network.weights import shipped_path


@pytest.fixture(scope="module")
def transcriber() -> Transcriber:
    return Transcriber.load()


def strip(text: str, light: float = 1.0) -> NDArray[np.uint8]:
    page = np.full((36, 88 + 18 * len(text)), 210, np.uint8)
    for place, digit in enumerate(text):
        at = (38 + 18 * place, 29)
        cv2.putText(page, digit, at, cv2.FONT_HERSHEY_SIMPLEX, 0.95, 60, 2, cv2.LINE_AA)
    page = page[:, : 32 + (page.shape[1] - 32) // 4 * 4]
    return (page * light).astype(np.uint8)


def text_of(transcriber: Transcriber, page: NDArray[np.uint8]) -> str:
    return "".join(str(digit) for digit, _ in most_likely(transcriber.transcribe(page)))


def test_there_are_probabilities_for_each_column(transcriber: Transcriber) -> None:
    noise = np.random.default_rng(1).integers(0, 256, (36, 32 + 4 * 9), np.uint8)
    says = transcriber.transcribe(noise)
    assert says.shape == (9, len(CLASSES))
    assert np.exp(says).sum(axis=1) == pytest.approx(1)


@pytest.mark.parametrize("text", ["7", "35", "2024", "90210", "55555"])
@pytest.mark.parametrize("light", [1.0, 0.5, 0.2])
def test_lines_are_read_in_any_light(transcriber: Transcriber, text: str, light: float) -> None:
    assert text_of(transcriber, strip(text, light)) == text


def test_light_digits_are_read_as_well(transcriber: Transcriber) -> None:
    assert text_of(transcriber, 255 - strip("4702")) == "4702"


@pytest.mark.parametrize("grey", [0, 128, 255])
def test_bare_paper_says_nothing(transcriber: Transcriber, grey: int) -> None:
    assert text_of(transcriber, np.full((36, 160), grey, np.uint8)) == ""


def test_what_the_network_is_given_does_not_depend_on_the_light() -> None:
    bright, dark = (relative(strip("35", light)) for light in (1.0, 0.5))
    assert bright.dtype == np.float32
    assert bright.shape == strip("35").shape
    assert np.abs(bright - dark).max() < 0.4


def test_a_shadow_along_the_line_is_levelled(transcriber: Transcriber) -> None:
    page = strip("2024").astype(float)
    shaded = page * np.linspace(1, 0.25, page.shape[1])
    assert text_of(transcriber, shaded.astype(np.uint8)) == "2024"


@pytest.mark.parametrize("name", ["default.npz", "recogniser.npz", "spotter.npz"])
def test_another_networks_weights_are_refused(name: str) -> None:
    with pytest.raises(WeightsError, match="train-transcriber"):
        Transcriber.load(shipped_path(name))


@pytest.mark.parametrize(
    "layers",
    [
        [SpaceToDepth(2), Convolution(4, 11, 18)],
        [SpaceToDepth(36), Convolution(36 * 36, 11, 1)],
        [Convolution(1, 11, 40)],
        [SpaceToDepth(2), Convolution(4, 11, 1)],
    ],
    ids=["too many columns", "a strip as one block", "too large a kernel", "many rows"],
)
def test_a_network_for_other_strips_is_refused(
    transcriber: Transcriber, layers: list[Layer]
) -> None:
    with pytest.raises(WeightsError, match="36 pixels high"):
        Transcriber(replace(transcriber.weights, network=Network(layers)))

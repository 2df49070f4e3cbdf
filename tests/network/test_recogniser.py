"""The recogniser answers for windows of grey, whatever the light."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from appliance.errors import WeightsError
from appliance.network.layers import Reshape
from appliance.network.network import Network
from appliance.network.recogniser import CLASSES, Recogniser, relative_brightness
from appliance.network.weights import shipped_path


@pytest.fixture(scope="module")
def recogniser() -> Recogniser:
    return Recogniser.load()


def window(digit: str = "3", light: float = 1.0) -> NDArray[np.uint8]:
    page = np.full((48, 48), 210, np.uint8)
    cv2.putText(page, digit, (15, 36), cv2.FONT_HERSHEY_SIMPLEX, 1.05, 60, 3, cv2.LINE_AA)
    return (page * light).astype(np.uint8)


def test_probabilities_and_places_come_for_each_window(recogniser: Recogniser) -> None:
    noise = np.random.default_rng(1).integers(0, 256, (5, 48, 48), np.uint8)
    says, places = recogniser.recognise(noise)
    assert says.shape == (5, 11)
    assert says.sum(axis=1) == pytest.approx(1)
    assert places.shape == (5, 4)
    assert (places[:, 2:] > 0).all()
    assert np.abs(places[:, :2]).max() <= 0.5


def test_no_windows_are_no_answers(recogniser: Recogniser) -> None:
    says, places = recogniser.recognise(np.zeros((0, 48, 48), np.uint8))
    assert (says.shape, places.shape) == ((0, 11), (0, 4))


@pytest.mark.parametrize("light", [1.0, 0.5, 0.2])
def test_digits_are_recognised_in_any_light(recogniser: Recogniser, light: float) -> None:
    says, places = recogniser.recognise(np.stack([window(d, light) for d in "35"]))
    assert says.argmax(axis=1).tolist() == [3, 5]
    assert places[:, 2] == pytest.approx([1, 1], abs=0.25)


def test_a_moved_digit_is_found_where_it_is(recogniser: Recogniser) -> None:
    moved = np.roll(window(), (4, -5), axis=(0, 1))
    (_, before), (_, after) = (recogniser.recognise(w[None]) for w in (window(), moved))
    assert (after - before)[0, :2] == pytest.approx([-5 / 24, 4 / 24], abs=0.1)


def test_bare_paper_is_no_digit(recogniser: Recogniser) -> None:
    says, _ = recogniser.recognise(np.full((1, 48, 48), 200, np.uint8))
    assert says[0].argmax() == 10


def test_what_the_network_is_given_has_the_middles_mean_and_contrast() -> None:
    given = relative_brightness(window()[None])
    assert given.shape == (1, 48, 48, 1)
    assert given.dtype == np.float32
    assert np.abs(relative_brightness(window(light=0.5)[None]) - given).max() < 0.4


@pytest.mark.parametrize("name", ["default.npz", "spotter.npz"])
def test_another_networks_weights_are_refused(name: str) -> None:
    with pytest.raises(WeightsError, match="train-recogniser"):
        Recogniser.load(shipped_path(name))


def test_its_outputs_have_names() -> None:
    assert len(CLASSES) == 15


def test_a_network_for_other_windows_is_refused(recogniser: Recogniser) -> None:
    layers = [Reshape(46, 46, 1), *recogniser.weights.network.layers[1:]]
    with pytest.raises(WeightsError, match="48 pixels"):
        Recogniser(replace(recogniser.weights, network=Network(layers)))

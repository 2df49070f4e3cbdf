"""The project's networks as PyTorch modules and ONNX models, to be compared with; tests only."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper

from appliance.network.convolution import Convolution
from appliance.network.layers import Dense, Dropout, Flatten, Layer, MaxPool, ReLU, Reshape
from appliance.network.network import Network
from appliance.network.normalization import EPSILON, BatchNorm


class ToPicture(torch.nn.Module):
    """(N, 28, 28) -> (N, 1, 28, 28): PyTorch has channels first."""

    def forward(self, glyphs: torch.Tensor) -> torch.Tensor:
        """Add the channel axis."""
        return glyphs[:, None]


def to_torch(network: Network) -> torch.nn.Sequential:
    """Copy a network of this project into a PyTorch module with the same outputs."""
    modules: list[torch.nn.Module] = []
    shape: tuple[int, ...] = (28, 28)
    probe = np.zeros((1, 28, 28), np.float32)
    for layer in network.layers:
        modules.append(_module(layer, shape))
        probe = layer.forward(probe)
        if not isinstance(layer, Flatten):
            shape = probe.shape[1:]
    return torch.nn.Sequential(*modules)


def _module(  # noqa: PLR0911 (one per kind of layer)
    layer: Layer, shape: tuple[int, ...]
) -> torch.nn.Module:
    """Translate one layer; `shape` is that of the last picture, for the first dense layer."""
    match layer:
        case Reshape():
            return ToPicture()
        case Convolution():
            weights = layer.parameters["weights"]
            size, _, channels, kernels = weights.shape
            module = torch.nn.Conv2d(channels, kernels, size, bias="bias" in layer.parameters)
            return _filled(module, layer, weights.transpose(3, 2, 0, 1))
        case Dense():
            weights = layer.parameters["weights"]
            linear = torch.nn.Linear(*weights.shape, bias="bias" in layer.parameters)
            return _filled(linear, layer, _channels_first(weights, shape).T)
        case BatchNorm():
            channels = len(layer.parameters["shift"])
            kind = torch.nn.BatchNorm2d if len(shape) == 3 else torch.nn.BatchNorm1d
            return kind(channels, eps=EPSILON)
        case Dropout():
            return torch.nn.Dropout(layer.share)
        case ReLU():
            return torch.nn.ReLU()
        case MaxPool():
            return torch.nn.MaxPool2d(2)
        case Flatten():
            return torch.nn.Flatten()
    raise TypeError(f"{type(layer).__name__} has no translation")


def _filled(
    module: torch.nn.Conv2d | torch.nn.Linear, layer: Layer, weights: np.ndarray
) -> torch.nn.Module:
    module.weight.data = torch.from_numpy(np.ascontiguousarray(weights))
    if "bias" in layer.parameters:
        module.bias.data = torch.from_numpy(layer.parameters["bias"].copy())
    return module


def _channels_first(weights: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """Reorder a dense layer's rows when a picture (height, width, channels) was flattened."""
    if len(shape) != 3 or len(weights) != np.prod(shape):
        return weights
    return weights.reshape(*shape, -1).transpose(2, 0, 1, 3).reshape(weights.shape)


def to_onnx(network: Network) -> bytes:
    """Write a folded network as an ONNX model: `glyphs` (N, 28, 28) -> `logits`."""
    nodes, constants, name = [], [], "glyphs"
    shape: tuple[int, ...] = (28, 28)
    probe = np.zeros((1, 28, 28), np.float32)
    for index, layer in enumerate(network.layers):
        kind, arrays, attributes = _operator(layer, shape)
        inputs = [f"{index}.{number}" for number in range(len(arrays))]
        constants += [numpy_helper.from_array(a, i) for a, i in zip(arrays, inputs, strict=True)]
        nodes.append(helper.make_node(kind, [name, *inputs], [f"after {index}"], **attributes))
        name = f"after {index}"
        probe = layer.forward(probe)
        if not isinstance(layer, Flatten):
            shape = probe.shape[1:]
    nodes.append(helper.make_node("Identity", [name], ["logits"]))
    graph = helper.make_graph(
        nodes,
        "digits",
        [helper.make_tensor_value_info("glyphs", TensorProto.FLOAT, ["N", 28, 28])],
        [helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["N", probe.shape[-1]])],
        constants,
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    onnx.checker.check_model(model)
    return bytes(model.SerializeToString())


def _operator(
    layer: Layer, shape: tuple[int, ...]
) -> tuple[str, Sequence[np.ndarray], dict[str, object]]:
    """Give one layer as an operator: its name, its constants, its attributes."""
    match layer:
        case Reshape():
            return "Unsqueeze", [np.array([1])], {}
        case Convolution():
            weights = np.ascontiguousarray(layer.parameters["weights"].transpose(3, 2, 0, 1))
            return "Conv", [weights, layer.parameters["bias"]], {}
        case Dense():
            weights = _channels_first(layer.parameters["weights"], shape)
            return "Gemm", [np.ascontiguousarray(weights), layer.parameters["bias"]], {}
        case ReLU():
            return "Relu", [], {}
        case MaxPool():
            return "MaxPool", [], {"kernel_shape": [2, 2], "strides": [2, 2]}
        case Flatten():
            return "Flatten", [], {}
    raise TypeError(f"{type(layer).__name__} has no translation; fold the network first")

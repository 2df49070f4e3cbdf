"""Pieces that the networks trained on drawn scenes are put together from."""

from __future__ import annotations

from appliance.network.layers import Spec


def block(channels: int, kernels: int, size: int, *, pool: bool = True) -> tuple[Spec, ...]:
    """A convolution with what follows it."""
    return (
        {
            "kind": "Convolution",
            "channels": channels,
            "kernels": kernels,
            "size": size,
            "bias": False,
        },
        *(({"kind": "MaxPool"},) if pool else ()),
        {"kind": "BatchNorm", "channels": kernels},
        {"kind": "ReLU"},
    )


def even_block(channels: int, kernels: int, *, pool: bool = False) -> tuple[Spec, ...]:
    """A block of 3x3 that leaves height and width as they are, but for the pooling."""
    return ({"kind": "Pad", "margin": 1}, *block(channels, kernels, 3, pool=pool))

"""Weights files: `.npz` without pickle, with a header that says what the network is.

The entry `header` is JSON: format version, the layers' specifications, class names, temperature,
what the network was trained on and how well it did, and the SHA-256 of all arrays. The others are
the arrays, named `<layer>.<name>`, as float32 or float16.
"""

from __future__ import annotations

import ast
import hashlib
import io
import json
import os
import tempfile
import zipfile
from contextlib import suppress
from dataclasses import dataclass, field
from glob import escape
from pathlib import Path
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from appliance.errors import WeightsError
from appliance.network.context import SpaceToDepth
from appliance.network.convolution import Convolution
from appliance.network.layers import Array, Reshape
from appliance.network.network import Network, from_specs
from appliance.values import GLYPH_SIZE

FORMAT = "digit-appliance weights"
VERSION = 1
DIGITS = tuple("0123456789")
CLASSES = (*DIGITS, "not a digit")
LARGEST_FILE = 64 << 20
"""Bytes of all arrays together; refuses files that would fill the memory."""
HEADER = "header"
BLANK_BLOCKS = 24
"""Height and width, in blocks, of the blank picture that whole pictures' networks are tried on."""
NAME = 60
"""Characters of a file's name that its temporary files bear: each may have four bytes of 255."""

ABANDONED = 3600.0
"""Seconds after which a temporary file is nobody's any more."""


@dataclass(frozen=True, eq=False)
class Weights:
    """A trained network and what belongs to it.

    temperature: the logits are divided by it before softmax.
    classes: what its outputs mean, in order; empty: the digits, then perhaps not-a-digit.
    about: how it came to be, plain values: data, recipe, seed, accuracy, date.
    """

    network: Network
    temperature: float = 1.0
    about: dict[str, Any] = field(default_factory=dict)
    classes: tuple[str, ...] = ()


def shipped_path(name: str = "default.npz") -> Path:
    """Where a shipped file lies: in an installed wheel, else in the checkout."""
    package = Path(__file__).parent.parent
    installed = package / "weights" / name
    return installed if installed.is_file() else package.parent / "weights" / name


def save(path: Path, weights: Weights, dtype: str = "float32") -> None:
    """Write a weights file atomically; `dtype` is float32 or float16.

    Raises WeightsError when the arrays aren't finite in that type or the file can't be written.
    """
    with np.errstate(over="ignore"):  # what overflows is refused below, by name
        arrays = {
            name: array.astype(dtype, copy=False) for name, array in _named(weights.network).items()
        }
    for name, array in arrays.items():
        if not np.isfinite(array).all():
            raise WeightsError(f"{path}: not written: {name} isn't finite as {dtype}")
    header = {
        "format": FORMAT,
        "version": VERSION,
        "layers": weights.network.specs(),
        "classes": list(weights.classes or CLASSES[: _outputs(weights.network)]),
        "temperature": weights.temperature,
        "about": weights.about,
        "sha256": _digest(arrays),
    }
    text = np.frombuffer(json.dumps(header, indent=1).encode(), np.uint8)
    buffer = io.BytesIO()
    np.savez(buffer, **cast(dict[str, Any], {HEADER: text, **arrays}))
    try:
        write_atomically(path, buffer.getvalue())
    except OSError as error:
        raise WeightsError(f"{path}: can't be written ({error.strerror or error})") from error


def load(path: Path | None = None) -> Weights:
    """Read a weights file; None reads the shipped one.

    Raises WeightsError saying what was found when it is missing, damaged or of another kind.
    """
    path = shipped_path() if path is None else path
    try:
        return _load(path)
    except WeightsError:
        raise
    except OSError as error:
        raise WeightsError(f"{path}: can't be read ({error.strerror or error})") from error
    except Exception as error:  # zipfile, json and numpy raise a dozen kinds for damaged files
        what = str(error) or type(error).__name__
        raise WeightsError(
            f"{path}: damaged or no weights file ({what}); train again or take another copy"
        ) from error


def _load(path: Path) -> Weights:
    with path.open("rb") as file:
        data = file.read(LARGEST_FILE + 1)  # a device has no size
    if len(data) > LARGEST_FILE:
        raise WeightsError(f"{path}: larger than {LARGEST_FILE >> 20} MB, which is no weights file")
    if not data.startswith(b"PK"):
        raise WeightsError(f"{path}: not a weights file (.npz): it starts with {data[:8]!r}")
    entries = _entries(path, data)
    header = _header(path, entries.pop(HEADER, None))
    if _digest(entries) != header["sha256"]:
        raise WeightsError(f"{path}: its arrays aren't those it was written with; it is damaged")
    network = from_specs(header["layers"])
    _fill(path, network, entries)
    temperature = float(header["temperature"])
    if not 0.01 <= temperature <= 100:
        raise WeightsError(f"{path}: temperature is {temperature}, must be in 0.01..100")
    if _outputs(network) != len(header["classes"]):
        raise WeightsError(f"{path}: the network's outputs aren't the classes it names")
    classes = tuple(map(str, header["classes"]))
    return Weights(network, temperature, dict(header["about"]), classes)


def _entries(path: Path, data: bytes) -> dict[str, Array]:
    """Read all arrays of the archive, and no more than LARGEST_FILE of them."""
    entries: dict[str, Array] = {}
    left = LARGEST_FILE
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for item in archive.infolist():
            with archive.open(item) as source:
                content = source.read(left + 1)
            left -= len(content)
            if left < 0:
                raise WeightsError(f"{path}: unpacks to more than {LARGEST_FILE >> 20} MB")
            entries[item.filename.removesuffix(".npy")] = _array(content)
    return entries


def _array(content: bytes) -> Array:
    """Parse the .npy format, as numpy's `read_array` does, but without trusting the shape."""
    if content[:8] != b"\x93NUMPY\x01\x00":
        raise ValueError("an entry isn't a numpy array of format 1.0")
    start = 10 + int.from_bytes(content[8:10], "little")
    fields = ast.literal_eval(content[10:start].decode("latin1"))
    dtype = np.dtype(fields["descr"])
    if dtype not in (np.float16, np.float32, np.uint8) or fields["fortran_order"]:
        raise ValueError(f"an array is {fields['descr']}, must be float16 or float32")
    return np.frombuffer(content, dtype, offset=start).reshape(fields["shape"])


def _header(path: Path, entry: Array | None) -> dict[str, Any]:
    """Decode and check the header."""
    if entry is None:
        raise WeightsError(f"{path}: an .npz file, but not one of the appliance: it has no header")
    header: dict[str, Any] = json.loads(entry.astype(np.uint8).tobytes())
    if header["format"] != FORMAT:
        raise WeightsError(f"{path}: a file of {header['format']!r}, must be {FORMAT!r}")
    if header["version"] != VERSION:
        raise WeightsError(
            f"{path}: format version {header['version']}; this program reads {VERSION}: update it"
        )
    return header


def _fill(path: Path, network: Network, entries: dict[str, Array]) -> None:
    """Put the arrays into the network, when they are the ones that its layers need."""
    places = _named(network)
    if set(places) != set(entries):
        odd = sorted(set(places) ^ set(entries))
        raise WeightsError(f"{path}: its layers and arrays don't match: {', '.join(odd)}")
    for name, place in places.items():
        if place.shape != entries[name].shape:
            raise WeightsError(
                f"{path}: {name} is {entries[name].shape}, its layer needs {place.shape}"
            )
        place[...] = entries[name]
        if not np.isfinite(place).all():
            raise WeightsError(f"{path}: {name} holds NaN or infinite values")


def _named(network: Network) -> dict[str, Array]:
    """All arrays of a network by `<layer>.<name>`."""
    return {
        f"{index}.{name}": array
        for index, layer in enumerate(network.layers)
        for name, array in {**layer.parameters, **layer.statistics}.items()
    }


def _outputs(network: Network) -> int:
    """Compute something blank: the number of logits, of a glyph or a place of a picture.

    ValueError when the layers don't fit.
    """
    first = network.layers[0] if network.layers else None
    whole = isinstance(first, SpaceToDepth | Convolution)
    shape: tuple[int, ...] = (GLYPH_SIZE, GLYPH_SIZE)
    if whole:
        side = BLANK_BLOCKS * (first.block if isinstance(first, SpaceToDepth) else 1)
        shape = (side, side, channels_of(network))
    elif isinstance(first, Reshape):
        shape = first.shape
    logits = network.forward(np.zeros((1, *shape), np.float32))
    if logits.ndim != (4 if whole else 2) or len(logits) != 1:
        raise ValueError(f"the network gives {logits.shape} for a glyph, must give a row of logits")
    return int(logits.shape[-1])


def channels_of(network: Network) -> int:
    """Of the pictures that a network of whole pictures takes: what its first convolution needs."""
    area, taken = 1, 1
    for layer in network.layers:
        if isinstance(layer, SpaceToDepth):
            area = layer.block**2
        if isinstance(layer, Convolution):
            taken = int(layer.parameters["weights"].shape[2])
            break
    return max(1, taken // area)


def _digest(arrays: dict[str, Array]) -> str:
    """SHA-256 over names, types, shapes and bytes of the arrays, sorted by name."""
    digest = hashlib.sha256()
    for name in sorted(arrays):
        array: NDArray[Any] = np.ascontiguousarray(arrays[name])
        digest.update(f"{name} {array.dtype.str} {array.shape}".encode())
        digest.update(array.tobytes())
    return digest.hexdigest()


def write_atomically(path: Path, data: bytes) -> None:
    """Write a file so that even a power cut leaves the old content or the new, never a part.

    A link stays one: the file that it leads to is written. So does a device or a pipe, which is
    written to as it is.
    """
    if is_special(path):
        path.write_bytes(data)
        return
    path = followed(path)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=_beginning(path))
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        temporary.chmod(0o644)
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
    _sweep(path)


def _beginning(path: Path) -> str:
    """How the names of a file's temporary files begin; no longer than a name may be."""
    return f".{path.name[:NAME]}."


def is_special(path: Path) -> bool:
    """Whether something is there, and it is no regular file: a device, a pipe, a folder."""
    return path.exists() and not path.is_file()


def followed(path: Path) -> Path:
    """Where a link leads; one that leads back to itself is itself, where `resolve` would raise."""
    return Path(os.path.realpath(path))


def _sweep(path: Path) -> None:
    """Remove temporary files of that name, or one that begins like it, which a killed process left
    an hour ago or longer."""
    now = path.stat().st_mtime  # the folder's own time: the clock may be wrong
    for leftover in path.parent.glob(f"{escape(_beginning(path))}????????"):
        with suppress(OSError):  # another process may sweep, too
            if now - leftover.stat().st_mtime > ABANDONED:
                leftover.unlink()

"""The prepared form of a street network: one file that is read in a blink, with its hierarchy.

The file is numpy's ``.npz`` of plain arrays and one text of JSON; nothing in it is pickled, so reading one
runs no code of whoever made it. ``docs/streets.md`` lists the arrays.
"""

from __future__ import annotations

import json
import os
import zipfile
import zlib
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any, NoReturn

import numpy as np
import numpy.typing as npt

from geodata.matrix import contraction_order
from geodata.network import Dropped, Repair, StreetNetwork
from routing.errors import InvalidInput, Problem

SCHEMA = "kurir/network/1"
SUFFIX = ".npz"
EXPECTED = "a network as `kurir network import` and `fetch` write it (.npz)"
_DTYPES: dict[str, npt.DTypeLike] = {
    "lon": np.float64,
    "lat": np.float64,
    "tail": np.int32,
    "head": np.int32,
    "metres": np.int32,
    "seconds": np.float64,
    "road_class": np.int8,
    "bends": np.float64,
    "bend_start": np.int64,
    "named": np.int32,
    "order": np.int32,
}
_LISTS: dict[str, Any] = {"dropped": Dropped, "repairs": Repair}


def write_prepared(network: StreetNetwork, path: Path | str) -> Path:
    """Write a network with its contraction order to `path`, which should end in ``.npz``.

    Parameters
    ----------
    network
        Strongly connected; its order is worked out unless it has one.
    path
        Made or replaced as a whole: an interrupt leaves the old file or none.

    Returns
    -------
    Path
        The same.

    Raises
    ------
    OSError
        When the file cannot be written.
    """
    path = Path(path)
    if not len(network.order):
        network = replace(network, order=contraction_order(network))
    text = {
        "schema": SCHEMA,
        "name": network.name,
        "source": network.source,
        "classes": network.classes,
        "names": network.names,
        **{key: [asdict(each) for each in getattr(network, key)] for key in _LISTS},
    }
    arrays = {name: np.asarray(getattr(network, name), dtype) for name, dtype in _DTYPES.items()}
    part = path.with_name(f"{path.name}.part{os.getpid()}")
    try:
        with part.open("wb") as file:
            np.savez_compressed(
                file, allow_pickle=False, about=np.array(json.dumps(text, ensure_ascii=False)), **arrays
            )
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    return path


def read_prepared(path: Path | str) -> StreetNetwork:
    """Read a prepared network, ready for `geodata.matrix.prepare` without any work on its hierarchy's order.

    Raises
    ------
    InvalidInput
        When the file is no prepared network, is cut short, or its arrays do not fit together.
    """
    path = Path(path)
    try:
        with path.open("rb") as raw, np.load(raw, allow_pickle=False) as file:
            about = json.loads(str(file["about"]))
            arrays: dict[str, Any] = {name: np.asarray(file[name]) for name in _DTYPES}
        if about["schema"] != SCHEMA:
            _refuse(path.name, "schema", f"is {about['schema']!r}: expected {SCHEMA!r}")
        lists: dict[str, Any] = {key: tuple(kind(**each) for each in about[key]) for key, kind in _LISTS.items()}
        words: dict[str, Any] = {key: tuple(str(each) for each in about[key]) for key in ("classes", "names")}
        network = StreetNetwork(name=str(about["name"]), source=str(about["source"]), **arrays, **lists, **words)
    except InvalidInput:
        raise
    except (OSError, EOFError, ValueError, KeyError, TypeError, zlib.error, zipfile.BadZipFile) as error:
        _refuse(path.name, "", f"cannot be read ({error}): expected {EXPECTED}")
    _expect_fitting(network, path.name)
    return network


def _expect_fitting(network: StreetNetwork, file: str) -> None:
    """Refuse arrays that do not fit each other: a wrong index would be a wrong street, or worse."""
    nodes, edges = network.nodes, network.edges
    lengths = dict.fromkeys(("head", "metres", "seconds", "road_class"), edges)
    lengths |= {"lat": nodes, "order": nodes, "bend_start": edges + 1}
    for name, dtype in _DTYPES.items():
        array = getattr(network, name)
        if array.dtype != dtype or array.ndim != (2 if name == "bends" else 1):
            _refuse(file, name, f"holds {array.dtype} in {array.ndim} dimensions: expected {EXPECTED}")
    for name, length in lengths.items():
        if len(getattr(network, name)) != length:
            _refuse(file, name, f"has {len(getattr(network, name))} values: expected {length}")
    for name, end in {"tail": nodes, "head": nodes, "road_class": len(network.classes), "order": nodes}.items():
        array = getattr(network, name)
        if edges == 0 or array.min() < 0 or array.max() >= end:
            _refuse(file, name, f"points outside 0..{end - 1}: expected {EXPECTED}")
    starts, named = network.bend_start, network.named
    if starts[0] != 0 or np.diff(starts).min() < 0 or starts[-1] != len(network.bends):
        _refuse(file, "bend_start", f"does not follow the bends: expected {EXPECTED}")
    if len(np.unique(network.order)) != nodes:
        _refuse(file, "order", "names a node twice: expected every node once")
    if network.metres.min() < 1 or not network.seconds.min() >= 0.1:
        _refuse(file, "metres, seconds", "are not all positive: expected at least 1 m and 0.1 s")
    if len(named) not in (0, edges) or np.any((named < -1) | (named >= len(network.names))):
        _refuse(file, "named", f"does not fit the edges and names: expected {EXPECTED}")


def _refuse(where: str, field_name: str, message: str) -> NoReturn:
    raise InvalidInput([Problem(where, field_name, message)])

"""The street network an operator names on the command line."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from geodata.network import StreetNetwork

EMBEDDED = "embedded"


def street_network(name: str, *, speeds: Path | None = None) -> StreetNetwork:
    """Return the embedded network or the one of a file.

    Parameters
    ----------
    name
        ``embedded``, or a file in any form that `geodata.load_network` knows.
    speeds
        A CSV table of roads in place of the standard one, see `geodata.speeds.read_road_table`.

    Raises
    ------
    InvalidInput
        When a file is missing, or no street network or table.
    """
    from geodata.network import retimed
    from geodata.speeds import read_road_table
    from geodata.streets import embedded_network, load_network

    roads = None if speeds is None else read_road_table(speeds)
    if name != EMBEDDED:
        return load_network(name, roads=roads)
    return embedded_network() if roads is None else retimed(embedded_network(), roads)

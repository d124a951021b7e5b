"""The street network and the traffic that an operator names on the command line."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from geodata.network import StreetNetwork
    from routing.travel import TrafficClock

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


def traffic_given(file: Path, date: str, profile: str) -> TrafficClock:
    """Return a day's clock from a table of traffic: that of its weekday, or of the fasting month.

    Raises
    ------
    InvalidInput
        When the file is missing or no table of traffic.
    """
    from geodata.traffic import read_traffic, traffic_on

    table = read_traffic(file)
    return table[profile] if profile == "ramadan" else traffic_on(date, table)

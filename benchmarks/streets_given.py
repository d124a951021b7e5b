"""The street network an operator names on the command line."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from geodata.network import StreetNetwork

EMBEDDED = "embedded"


def street_network(name: str) -> StreetNetwork:
    """Return the embedded network or the one of a file.

    Raises
    ------
    InvalidInput
        When the file is missing or no street network.
    """
    from geodata.streets import embedded_network, load_network

    return embedded_network() if name == EMBEDDED else load_network(name)

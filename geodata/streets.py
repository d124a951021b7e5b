"""Where street networks come from: the embedded city, or a file."""

from __future__ import annotations

from pathlib import Path

from geodata.network import Dropped, StreetNetwork

__all__ = ["Dropped", "StreetNetwork", "embedded_network", "load_network"]


def embedded_network(seed: int = 1) -> StreetNetwork:
    """Return a synthetic network of the city: no file needed, the same for the same seed.

    Arterials follow the real corridors between the kelurahan, collectors divide the land between them,
    lanes reach the homes; see `geodata.synthetic`.

    Parameters
    ----------
    seed
        Where lanes and collectors lie; the corridors stay.
    """
    from geodata.synthetic import make_city

    return make_city(seed)


def load_network(path: Path | str) -> StreetNetwork:
    """Read a street network from a GraphML file as osmnx writes it, plain or gzipped.

    The file needs nodes with ``x`` and ``y`` in degrees and edges with ``highway``; ``length`` (metres)
    and ``geometry`` (a WKT line) are used where present, and lengths are computed where they are missing.
    Speeds follow the road class (`geodata.speeds`), never the file.

    Parameters
    ----------
    path
        The file.

    Returns
    -------
    StreetNetwork
        The largest strongly connected part that is open to motorcycles; the rest stands in `dropped`.

    Raises
    ------
    InvalidInput
        Naming the file, the element and what was expected.
    """
    from geodata.graphml import read_graphml

    return read_graphml(path)

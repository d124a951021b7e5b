"""Where street networks come from: the embedded city, or a file of any form that is known."""

from __future__ import annotations

from pathlib import Path

from geodata.network import Dropped, Repair, StreetNetwork
from geodata.speeds import ROADS, RoadTable

__all__ = ["Dropped", "Repair", "StreetNetwork", "embedded_network", "load_network"]


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


def load_network(path: Path | str, *, roads: RoadTable | None = None) -> StreetNetwork:
    """Read a street network from a file; its form follows from its name.

    ===============================  ==========================================================================
    ``.npz``                         prepared by `geodata.prepared.write_prepared`: read in a blink
    ``.osm``, ``.osm.gz``, ``.pbf``  OpenStreetMap, see `geodata.osm_files`
    ``.geojson``, ``.geojson.gz``    raw lines, put together where they miss each other, see `geodata.raw_ways`
    any other                        GraphML as osmnx writes it, plain or gzipped
    ===============================  ==========================================================================

    A GraphML file needs nodes with ``x`` and ``y`` in degrees and edges with ``highway``; ``length`` (metres),
    ``geometry`` (a WKT line) and ``name`` are used where present, and lengths are computed where they are missing.

    Parameters
    ----------
    path
        The file.
    roads
        Which road classes are open to motorcycles and how fast they are; the standard table
        (`geodata.speeds`) when None. Speeds come from the table, never from the file, but for a prepared
        one, which keeps those it was made with unless a table is given.

    Returns
    -------
    StreetNetwork
        The largest strongly connected part that is open to motorcycles; the rest stands in `dropped`.

    Raises
    ------
    InvalidInput
        Naming the file, the element and what was expected.
    """
    name = Path(path).name.lower()
    if name.endswith(".npz"):
        from geodata.network import retimed
        from geodata.prepared import read_prepared

        network = read_prepared(path)
        return network if roads is None else retimed(network, roads)
    roads = ROADS if roads is None else roads
    if name.removesuffix(".gz").endswith((".geojson", ".json")):
        from geodata.raw_ways import read_raw_ways

        return read_raw_ways(path, roads=roads)
    from geodata.osm_files import is_osm_file, read_osm_file

    if is_osm_file(path):
        return read_osm_file(path, roads=roads)
    from geodata.graphml import read_graphml

    return read_graphml(path, roads=roads)

"""How fast a motorcycle rides by class of road, and which roads are closed to it.

The classes are the ``highway`` words of OpenStreetMap. A free-flow trip across the city then averages
25-28 km/h, within the 22-30 km/h that riders' GPS (23 km/h door to door at night) and regional traffic
models (25-29 km/h) give for the Jakarta region; traffic by the time of day comes on top.
"""

from __future__ import annotations

SPEEDS: dict[str, float] = {
    "trunk": 33.0,
    "primary": 30.0,
    "secondary": 27.0,
    "tertiary": 25.0,
    "unclassified": 21.0,
    "residential": 18.0,
    "living_street": 14.0,
    "service": 14.0,
    "road": 16.0,
    "track": 12.0,
    "path": 10.0,
}
"""Free-flow km/h; a link (``primary_link``) is as fast as its class."""

CLOSED: frozenset[str] = frozenset(
    {
        "abandoned",
        "bridleway",
        "busway",
        "bus_guideway",
        "construction",
        "corridor",
        "cycleway",
        "elevator",
        "footway",
        "motorway",
        "pedestrian",
        "platform",
        "proposed",
        "raceway",
        "steps",
    }
)
"""Closed to motorcycles: toll roads by law, the rest by what they are."""

UNKNOWN = "road"
"""The class of a street whose ``highway`` word is missing or stands in neither table."""


def road_class(highway: str | None) -> str:
    """Return the class for a ``highway`` value: a word of `SPEEDS` or of `CLOSED`.

    Parameters
    ----------
    highway
        One word, or several as osmnx (``['residential', 'service']``) and other tools
        (``residential;service``) write them when they merge segments: the first known word counts.
    """
    for word in (highway or "").strip("[] ").replace(";", ",").split(","):
        known = word.strip("'\" ").removesuffix("_link")
        if known in SPEEDS or known in CLOSED:
            return known
    return UNKNOWN

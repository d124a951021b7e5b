"""Where a cluster lies, in words that people in the city use."""

from __future__ import annotations

from collections import Counter

from geodata.gazetteer import nearest_kelurahan
from routing.model import Day
from routing.plan import Cluster


def kelurahan_around(day: Day, cluster: Cluster) -> str:
    """Return the one or two kelurahan with most of the cluster's doors; nothing for doors outside the city."""
    members = set(cluster.requests)
    doors = {request.place for request in day.requests if request.id in members}
    near = (nearest_kelurahan(day.places[door].lon, day.places[door].lat) for door in sorted(doors))
    counts = Counter(each.name for each in near if each is not None)
    return ", ".join(name for name, _ in counts.most_common(2))

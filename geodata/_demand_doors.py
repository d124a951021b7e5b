"""Where a seeded day happens: the hub, kelurahan offices, and homes beside streets."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from geodata._doors import Door
from geodata._draws import Draws
from geodata.gazetteer import HUB, KELURAHAN, Kelurahan
from routing.model import Place

if TYPE_CHECKING:
    from geodata.network import StreetNetwork

_THROUGH_ROADS = frozenset({"trunk", "primary", "secondary"})
_ASIDE_DEGREES = 0.0003
"""Homes lie up to this far (about 33 m) from a corner of the street network."""
_STREETS: tuple[str, ...] = (
    *("Anggrek", "Bougenville", "Cempaka", "Dahlia", "Flamboyan", "Kenanga", "Mawar", "Melati", "Salak", "Jambu"),
    *("Rambutan", "Mangga", "Duku", "Merpati", "Kutilang", "Elang", "Cendana", "Jati", "Beringin", "Pahlawan"),
)


class DemandDoors:
    """Makes up the day's places; `doors` is all of them, the hub's first."""

    def __init__(self, network: StreetNetwork, draws: Draws) -> None:
        self.doors = [Door(Place("hub", *HUB), address="Drive-thru Disdukcapil", kelurahan="Cilenggang")]
        self._network = network
        self._draws = draws
        self._corners = _corners_by_kelurahan(network)
        self._weights = [(each, each.weight) for each in KELURAHAN if len(self._corners[each.code])]
        self._offices: dict[str, int] = {}
        self._homes = 0

    def home(self) -> int:
        """Make up a home and return its index."""
        self._homes += 1
        return self._add(f"H{self._homes:04d}", self._draws.step(45, 120, 15))

    def stand(self, rider: str) -> int:
        """Make up where a rider starts from home, and return its index."""
        return self._add(f"home-{rider}", 0)

    def office(self) -> int:
        """Return the index of a kelurahan's office."""
        kelurahan = self._draws.one_of(self._weights)
        if kelurahan.code not in self._offices:
            self._offices[kelurahan.code] = len(self.doors)
            node = _nearest_node(self._network, kelurahan.lon, kelurahan.lat)
            lon, lat = self._network.point(node)
            access = 120 + 15 * (len(self._offices) % 5)
            place = Place("office-" + kelurahan.name.lower().replace(" ", "-"), round(lon, 6), round(lat, 6), access)
            self.doors.append(Door(place, kelurahan.name, f"Kantor Kelurahan {kelurahan.name}"))
        return self._offices[kelurahan.code]

    def _add(self, name: str, access: int) -> int:
        draws = self._draws
        kelurahan = draws.one_of(self._weights)
        lon, lat = self._network.point(draws.member(self._corners[kelurahan.code]))
        lon += (2 * draws.share() - 1) * _ASIDE_DEGREES
        lat += (2 * draws.share() - 1) * _ASIDE_DEGREES
        address = f"Jl. {draws.member(_STREETS)} No. {1 + draws.below(120)}"
        address += f", RT {1 + draws.below(9):02d}/RW {1 + draws.below(14):02d}"
        place = Place(name, round(lon, 6), round(lat, 6), access)
        self.doors.append(Door(place, kelurahan.name, address))
        return len(self.doors) - 1


def _corners_by_kelurahan(network: StreetNetwork) -> dict[str, list[int]]:
    """Return the corners on quieter streets of each kelurahan.

    A corner belongs to the kelurahan whose point is nearest, measured in the size of the kelurahan: the
    gazetteer knows points and areas, no borders.
    """
    quiet = _quiet_corners(network)
    reach = [_squared_km(network, each)[quiet] / each.area_km2 for each in KELURAHAN]
    nearest = np.argmin(reach, axis=0)
    inside = np.min(reach, axis=0) <= 1.0
    return {each.code: quiet[inside & (nearest == number)].tolist() for number, each in enumerate(KELURAHAN)}


def _quiet_corners(network: StreetNetwork) -> npt.NDArray[np.int64]:
    """Return the nodes at which no through road ends."""
    loud = np.array([name in _THROUGH_ROADS for name in network.classes])[network.road_class]
    mask = np.ones(network.nodes, dtype=bool)
    mask[network.tail[loud]] = False
    mask[network.head[loud]] = False
    return np.flatnonzero(mask if mask.any() else ~mask)


def _squared_km(network: StreetNetwork, kelurahan: Kelurahan) -> npt.NDArray[np.float64]:
    return _squared_km_to(network, kelurahan.lon, kelurahan.lat)


def _squared_km_to(network: StreetNetwork, lon: float, lat: float) -> npt.NDArray[np.float64]:
    """Return squared kilometres from each node; flat, as the city spans 0.15 degrees near the equator."""
    east = (network.lon - lon) * 110.64
    north = (network.lat - lat) * 110.58
    return np.asarray(east * east + north * north)


def _nearest_node(network: StreetNetwork, lon: float, lat: float) -> int:
    return int(np.argmin(_squared_km_to(network, lon, lat)))

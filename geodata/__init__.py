"""The city: its facts, streets and travel times, its days, and how a plan looks on its map."""

from geodata.gazetteer import HUB, KECAMATAN, KELURAHAN, OUTLINE, Kelurahan, find_kelurahan
from geodata.matrix import PreparedNetwork, prepare
from geodata.places import Snapped, snap, travel_between
from geodata.streets import Dropped, StreetNetwork, embedded_network, load_network

__all__ = [
    "HUB",
    "KECAMATAN",
    "KELURAHAN",
    "OUTLINE",
    "Dropped",
    "Kelurahan",
    "PreparedNetwork",
    "Snapped",
    "StreetNetwork",
    "embedded_network",
    "find_kelurahan",
    "load_network",
    "prepare",
    "snap",
    "travel_between",
]

"""The city: its facts, streets and travel times, its days, and how a plan looks on its map."""

from geodata.dayfolder import DayFolder, load_day, read_day_folder, write_day_folder
from geodata.demand import example_day, seeded_day
from geodata.export import to_geodataframe, write_outputs
from geodata.gazetteer import HUB, KECAMATAN, KELURAHAN, OUTLINE, Kelurahan, find_kelurahan
from geodata.matrix import PreparedNetwork, prepare
from geodata.places import Snapped, snap, travel_between
from geodata.streets import Dropped, StreetNetwork, embedded_network, load_network

__all__ = [
    "HUB",
    "KECAMATAN",
    "KELURAHAN",
    "OUTLINE",
    "DayFolder",
    "Dropped",
    "Kelurahan",
    "PreparedNetwork",
    "Snapped",
    "StreetNetwork",
    "embedded_network",
    "example_day",
    "find_kelurahan",
    "load_day",
    "load_network",
    "prepare",
    "read_day_folder",
    "seeded_day",
    "snap",
    "to_geodataframe",
    "travel_between",
    "write_day_folder",
    "write_outputs",
]

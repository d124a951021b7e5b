"""The city: its facts, streets and travel times, its days, and how a plan looks on its map."""

from geodata.addresses import AddressMatch, Candidate, find_address
from geodata.day_writing import write_day_folder
from geodata.dayfolder import DayFolder, load_day, read_day_folder
from geodata.demand import example_day, seeded_day
from geodata.demand_map import demand_by_kelurahan, draw_demand, kelurahan_areas, write_demand
from geodata.export import to_geodataframe, write_outputs
from geodata.frames import street_frame
from geodata.gazetteer import HUB, KECAMATAN, KELURAHAN, OUTLINE, Kelurahan, find_kelurahan
from geodata.gpx import write_gpx
from geodata.map_links import trip_links
from geodata.matrix import PreparedNetwork, prepare
from geodata.places import Snapped, snap, travel_between
from geodata.prepared import write_prepared
from geodata.speeds import read_road_table
from geodata.street_names import StreetNames, read_street_names, street_names
from geodata.streets import Dropped, Repair, StreetNetwork, embedded_network, load_network
from geodata.traffic import read_traffic, traffic_on

__all__ = [
    "HUB",
    "KECAMATAN",
    "KELURAHAN",
    "OUTLINE",
    "AddressMatch",
    "Candidate",
    "DayFolder",
    "Dropped",
    "Kelurahan",
    "PreparedNetwork",
    "Repair",
    "Snapped",
    "StreetNames",
    "StreetNetwork",
    "demand_by_kelurahan",
    "draw_demand",
    "embedded_network",
    "example_day",
    "find_address",
    "find_kelurahan",
    "kelurahan_areas",
    "load_day",
    "load_network",
    "prepare",
    "read_day_folder",
    "read_road_table",
    "read_street_names",
    "read_traffic",
    "seeded_day",
    "snap",
    "street_frame",
    "street_names",
    "to_geodataframe",
    "traffic_on",
    "travel_between",
    "trip_links",
    "write_day_folder",
    "write_demand",
    "write_gpx",
    "write_outputs",
    "write_prepared",
]

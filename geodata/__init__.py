"""The city: its facts, streets and travel times, its days, and how a plan looks on its map."""

from geodata.gazetteer import HUB, KECAMATAN, KELURAHAN, OUTLINE, Kelurahan, find_kelurahan

__all__ = ["HUB", "KECAMATAN", "KELURAHAN", "OUTLINE", "Kelurahan", "find_kelurahan"]

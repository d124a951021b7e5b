"""The tables of a day folder and their columns."""

from __future__ import annotations

REQUESTS, DRIVERS = "requests.csv", "drivers.csv"
REQUEST_REQUIRED = ("id", "kind")
REQUEST_OPTIONAL = (
    *("place", "lon", "lat", "kelurahan", "kecamatan", "address", "access", "documents", "windows", "service"),
    *("priority", "skills", "ready_at", "due_at_hub", "round_trip_of"),
)
DRIVER_REQUIRED = ("id", "shift", "capacity")
PLACE_COLUMNS = ("lon", "lat", "kelurahan", "kecamatan", "address")
DRIVER_OPTIONAL = (
    "start",
    *(f"start_{name}" for name in PLACE_COLUMNS),
    "end",
    *(f"end_{name}" for name in PLACE_COLUMNS),
    *("skills", "max_trips", "max_stops", "max_distance", "breaks", "cost_run", "cost_km", "cost_hour"),
)
DRIVER_ALIASES = {name: f"start_{name}" for name in PLACE_COLUMNS}
"""In the drivers' table a plain ``lon,lat`` or ``kelurahan`` says where the run starts."""
DRIVER_LIMITS = ("max_trips", "max_stops", "max_distance")
DRIVER_COSTS = ("cost_run", "cost_km", "cost_hour")

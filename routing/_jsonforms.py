"""The shapes of ``day.json`` and ``plan.json``, for pydantic; imported only when a file is read."""

from __future__ import annotations

from typing import Any, Literal, NotRequired

from pydantic import ConfigDict, TypeAdapter, with_config
from typing_extensions import TypedDict

_strict = with_config(ConfigDict(extra="forbid"))
Pair = tuple[int, int]


@_strict
class PlaceForm(TypedDict):
    id: str
    lon: float
    lat: float
    access: NotRequired[int]


@_strict
class RequestForm(TypedDict):
    id: str
    kind: Literal["pickup", "return"]
    place: int
    documents: NotRequired[int]
    windows: list[Pair]
    service: NotRequired[int]
    priority: NotRequired[int]
    skills: NotRequired[list[str]]
    ready_at: NotRequired[int | None]
    due_at_hub: NotRequired[int | None]
    round_trip_of: NotRequired[str | None]


@_strict
class VisitForm(TypedDict):
    type: Literal["start", "hub", "stop", "break", "end"]
    place: int
    arrive: int
    begin: int
    end: int
    load_after: int
    lane: NotRequired[int | None]
    requests: NotRequired[list[str]]
    loaded: NotRequired[list[str]]
    unloaded: NotRequired[list[str]]


@_strict
class DriverForm(TypedDict):
    id: str
    start: int
    end: int | None
    shift: Pair
    capacity: int
    skills: NotRequired[list[str]]
    max_trips: NotRequired[int | None]
    max_stops: NotRequired[int | None]
    max_distance: NotRequired[int | None]
    breaks: NotRequired[list[tuple[int, int, int]]]
    cost_run: NotRequired[int]
    cost_km: NotRequired[int]
    cost_hour: NotRequired[int]
    history: NotRequired[list[VisitForm]]


@_strict
class HubForm(TypedDict):
    place: int
    windows: list[Pair]
    lanes: NotRequired[int | None]
    base: NotRequired[int]
    per_document: NotRequired[int]
    processing: NotRequired[int]


@_strict
class CostsForm(TypedDict):
    unserved_base: NotRequired[int]
    unserved_per_priority: NotRequired[int]
    tariff_min: NotRequired[int]
    tariff_km: NotRequired[int]
    fairness: NotRequired[int]


@_strict
class DayForm(TypedDict):
    schema: Literal["kurir/day/1"]
    date: str
    places: list[PlaceForm]
    requests: list[RequestForm]
    drivers: list[DriverForm]
    hub: HubForm
    traffic: NotRequired[list[Pair]]
    costs: NotRequired[CostsForm]
    now: NotRequired[int | None]
    one_stop_per_door: NotRequired[bool]
    matrix: NotRequired[str | None]


@_strict
class RunForm(TypedDict):
    driver: str
    visits: list[VisitForm]
    metres: int
    paid_seconds: int
    cost: int


@_strict
class UnservedForm(TypedDict):
    request: str
    code: str
    message: str


@_strict
class CostForm(TypedDict):
    total: int
    runs: int
    distance: int
    time: int
    unserved: int
    point_to_point: int


@_strict
class ClusterForm(TypedDict):
    name: str
    requests: list[str]


@_strict
class PlanForm(TypedDict):
    schema: Literal["kurir/plan/1"]
    runs: list[RunForm]
    unserved: list[UnservedForm]
    cost: CostForm
    clusters: NotRequired[list[ClusterForm]]
    seed: NotRequired[int]
    iterations: NotRequired[int]
    seconds: NotRequired[float]
    version: NotRequired[str]


ADAPTERS: dict[str, TypeAdapter[Any]] = {"day": TypeAdapter(DayForm), "plan": TypeAdapter(PlanForm)}

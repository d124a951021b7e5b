"""vrp-cli 1.22 (reinterpretcat's vrp) by its own Python package: reloads are its own, release times are not."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from importlib import import_module
from typing import TYPE_CHECKING, Any

from benchmarks.peers.answer import Answer, Leg, Runs, Terms, Unsupported
from benchmarks.peers.batches import Batch, batches
from benchmarks.peers.slots import Slot, Slots, slots_of

if TYPE_CHECKING:
    from routing import Day

RELOADS = 6
"""Times a vehicle may load again within one part of a shift whose driver may make any number of trips."""
PARTS = "shifts in up to {parts} parts, cut where returns become ready"
MIDNIGHT = datetime(2000, 1, 1, tzinfo=UTC)
PROFILE = "riders"


def solve(day: Day, terms: Terms) -> Answer:
    """Return vrp-cli's runs; it takes no seed and tells nothing on the way.

    Raises
    ------
    Unsupported
        Where pickups and returns of a door must share a stop.
    """
    if day.one_stop_per_door and {request.kind for request in day.requests} == {"pickup", "return"}:
        raise Unsupported("a pickup and a return in one stop")
    # By name: it is installed where somebody wants it, and its wheels do not fit every Python.
    vrp_cli: Any = import_module("vrp_cli")
    stops = _of_one_kind(day, batches(day))
    fleet = slots_of(day, stops)
    places = [day.hub.place, *(stop.place for stop in stops)]
    answer = json.loads(
        vrp_cli.solve_pragmatic(
            problem=json.dumps(problem_of(stops, fleet)),
            matrices=[json.dumps(_matrix(day, places))],
            config=json.dumps(config_of(terms)),
        )
    )
    return Answer(_runs(answer, fleet, stops), (), fleet.given_up(PARTS))


def _of_one_kind(day: Day, stops: Sequence[Batch]) -> tuple[Batch, ...]:
    """Return the batches with pickups and returns apart: a job with both is one thing carried from here to there."""
    kinds = {request.id: request.kind for request in day.requests}
    service = {request.id: request.service for request in day.requests}
    found = []
    for stop in stops:
        for kind in ("return", "pickup"):
            own = tuple(each for each in stop.requests if kinds[each] == kind)
            if own:
                access = day.places[stop.place].access
                delivery, pickup = (stop.delivery, 0) if kind == "return" else (0, stop.pickup)
                lasts = access + sum(service[each] for each in own)
                found.append(replace(stop, requests=own, delivery=delivery, pickup=pickup, service=lasts))
    return tuple(found)


def problem_of(stops: Sequence[Batch], fleet: Slots) -> dict[str, Any]:
    """Return the problem in vrp-cli's own form, location 0 the hub."""
    # What leaving somebody out costs is a value; where all are alike it would say nothing, and is refused if it is 0.
    by_value = ("maximize-value",) if len({stop.penalty for stop in stops}) > 1 else ()
    jobs = [_job(number, stop, fleet, valued=bool(by_value)) for number, stop in enumerate(stops)]
    return {
        "plan": {"jobs": [job for job in jobs if job]},
        "fleet": {
            "vehicles": [_vehicle(number, slot) for number, slot in enumerate(fleet.slots)],
            "profiles": [{"name": PROFILE}],
        },
        "objectives": [[{"type": each}] for each in (*by_value, "minimize-unassigned", "minimize-cost")],
    }


def _job(number: int, stop: Batch, fleet: Slots, *, valued: bool) -> dict[str, Any]:
    """Return the job, or nothing where it is ready in no part of the day."""
    part = fleet.first_part(stop)
    if part == len(fleet.cuts):
        return {}
    place = {
        "location": {"index": number + 1},
        "duration": stop.service,
        "times": [[_moment(earliest), _moment(latest)] for earliest, latest in stop.windows],
    }
    kind, amount = ("deliveries", stop.delivery) if stop.delivery else ("pickups", stop.pickup)
    value = {"value": float(stop.penalty)} if valued and stop.penalty else {}
    skills = {"skills": {"allOf": [_skill(part)]}} if part else {}
    return {"id": str(number), kind: [{"places": [place], "demand": [amount]}], **skills, **value}


def _vehicle(number: int, slot: Slot) -> dict[str, Any]:
    hub = {"index": 0}
    starts, ends = (_moment(moment) for moment in slot.window)
    shift: dict[str, Any] = {"start": {"earliest": starts, "location": hub}, "end": {"latest": ends, "location": hub}}
    reloads = RELOADS if slot.max_trips is None else slot.max_trips - 1
    if reloads:
        shift["reloads"] = [{"location": hub, "duration": 0}] * reloads
    limits = {} if slot.max_distance is None else {"limits": {"maxDistance": slot.max_distance}}
    driver = slot.driver
    return {
        "typeId": f"type-{number}",
        "vehicleIds": [str(number)],
        "profile": {"matrix": PROFILE},
        "costs": {
            "fixed": float(driver.cost_run),
            "distance": driver.cost_km / 1000,
            "time": driver.cost_hour / 3600,
        },
        "shifts": [shift],
        "capacity": [driver.capacity],
        # A skill for each part of the day that has begun: what is ready in it may be carried from then on.
        "skills": [_skill(part) for part in range(1, slot.part + 1)],
        **limits,
    }


def _skill(part: int) -> str:
    return f"part-{part}"


def _moment(seconds: int) -> str:
    return (MIDNIGHT + timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%SZ")


def _matrix(day: Day, places: list[int]) -> dict[str, Any]:
    return {
        "profile": PROFILE,
        "travelTimes": day.travel.seconds[places][:, places].ravel().tolist(),
        "distances": day.travel.metres[places][:, places].ravel().tolist(),
    }


def config_of(terms: Terms) -> dict[str, Any]:
    """Return vrp-cli's settings; it counts whole seconds."""
    return {
        "termination": {"maxTime": math.ceil(terms.seconds)},
        "environment": {"parallelism": {"numThreadPools": terms.threads, "threadsPerPool": 1}},
    }


def _runs(answer: dict[str, Any], fleet: Slots, stops: Sequence[Batch]) -> Runs:
    legs: dict[int, Sequence[Leg]] = {}
    for tour in answer["tours"]:
        order: list[Leg] = []
        for stop in tour["stops"]:
            for activity in stop["activities"]:
                if activity["type"] == "reload":
                    order.append(())
                elif activity["type"] in ("delivery", "pickup"):
                    order.append(stops[int(activity["jobId"])].requests)
        legs[int(tour["vehicleId"])] = order
    return fleet.runs(legs)

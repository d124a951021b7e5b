"""Every call of the dispatcher as one JSON object in and one out, for a service in front of it.

``{"call": "add", "requests": [...], "at": 30600}`` gives what `Dispatcher.add` returns; a call that is refused gives
``{"error": code, "problems": [...]}`` and changes nothing.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from routing.errors import InvalidInput, Problem, RoutingError
from routing.live import events as e

if TYPE_CHECKING:
    from routing.live.dispatcher import Dispatcher


def answer(live: Dispatcher, text: str) -> str:
    """Make the call that `text` asks for; return its answer as JSON text, never an exception for bad input."""
    try:
        return _answered(live, _object(text))
    except InvalidInput as error:
        problems = [{"where": each.where, "field": each.field, "message": each.message} for each in error.problems]
        return json.dumps({"error": error.code, "problems": problems}, ensure_ascii=False)
    except RoutingError as error:
        return json.dumps({"error": error.code, "problems": [{"message": str(error)}]}, ensure_ascii=False)


def _object(text: str) -> dict[str, Any]:
    try:
        form = json.loads(text)
    except ValueError as error:
        raise _refused("", f"is no JSON ({error}): expected one object") from None
    if not isinstance(form, dict):
        raise _refused("", "is no object: expected one with a `call`")
    return form


def _refused(name: str, message: str) -> InvalidInput:
    return InvalidInput([Problem("call", name, message)])


def _answered(live: Dispatcher, form: dict[str, Any]) -> str:
    name = form.pop("call", None)
    if name in _TELLING:
        kind, tell = _TELLING[name]
        return tell(live, e.from_json(kind, json.dumps(form)))
    if name in _ASKING:
        return _ASKING[name](live, form)
    known = ", ".join(sorted([*_TELLING, *_ASKING]))
    raise _refused("call", f"is {name!r}: expected one of {known}")


def _add_place(live: Dispatcher, event: Any) -> str:
    index = live.add_place(
        event.place,
        seconds_from=event.seconds_from,
        seconds_to=event.seconds_to,
        metres_from=event.metres_from,
        metres_to=event.metres_to,
    )
    return json.dumps({"place": index})


def _progress(live: Dispatcher, event: Any) -> str:
    return live.progress(event.driver, event.step, event.at, event.place, requests=event.requests).to_json()


_TELLING: dict[str, tuple[str, Callable[[Any, Any], str]]] = {
    "add": ("added", lambda live, event: live.add(*event.requests, at=event.at).to_json()),
    "cancel": ("cancelled", lambda live, event: live.cancel(event.id, at=event.at).to_json()),
    "change": ("changed", lambda live, event: live.change_to(event.request, at=event.at).to_json()),
    "add_place": ("place_added", _add_place),
    "add_driver": ("driver_added", lambda live, event: live.add_driver(event.driver, at=event.at).to_json()),
    "driver_off": (
        "driver_off",
        lambda live, event: live.driver_off(event.id, event.at, documents_back_at=event.documents_back_at).to_json(),
    ),
    "document_ready": ("document_ready", lambda live, event: live.document_ready(event.id, event.at).to_json()),
    "progress": ("progress", _progress),
    "lane_closed": (
        "lane_closed",
        lambda live, event: live.lane_closed(event.lane, event.at, until=event.until).to_json(),
    ),
    "lane_opened": ("lane_opened", lambda live, event: live.lane_opened(event.lane, event.at).to_json()),
    "tick": ("ticked", lambda live, event: live.tick(event.at).to_json()),
}


def _replan(live: Dispatcher, form: dict[str, Any]) -> str:
    given: dict[str, Any] = {
        name: form.get(name) for name in ("seconds", "iterations", "seed") if form.get(name) is not None
    }
    _expect_only(form, "seconds", "iterations", "seed")
    for name, value in given.items():
        if isinstance(value, bool) or not isinstance(value, (int, float) if name == "seconds" else int) or value < 0:
            raise _refused(name, f"is {value!r}: expected a number from 0 up")
    return live.replan(**given).to_json()


def _quote(live: Dispatcher, form: dict[str, Any]) -> str:
    _expect_only(form, "request", "at", "slots")
    wanted = e.from_json("added", json.dumps({"requests": [form.get("request")], "at": form.get("at")}))
    if not isinstance(wanted, e.Added):
        raise _refused("request", "is missing: expected a request")
    slots = form.get("slots")
    windows = None if slots is None else wanted.requests[0].replace(windows=tuple(map(tuple, slots))).windows
    return live.quote(wanted.requests[0], at=wanted.at, slots=windows).to_json()


def _next_stops(live: Dispatcher, form: dict[str, Any]) -> str:
    _expect_only(form, "driver")
    return live.next_stops(str(form.get("driver"))).to_json()


def _late(live: Dispatcher, form: dict[str, Any]) -> str:
    _expect_only(form)
    late = [{"code": each.code, "id": each.id, "seconds": each.seconds} for each in live.late()]
    return json.dumps({"late": late})


def _plan(live: Dispatcher, form: dict[str, Any]) -> str:
    _expect_only(form)
    return live.plan().to_json()


def _day(live: Dispatcher, form: dict[str, Any]) -> str:
    """The day without its matrix, which is the one that the service has."""
    _expect_only(form)
    return live.day().to_json()


def _day_and_plan(live: Dispatcher, form: dict[str, Any]) -> str:
    _expect_only(form)
    day, plan = live.day_and_plan()
    return f'{{"day": {day.to_json()}, "plan": {plan.to_json()}}}'


def _expect_only(form: dict[str, Any], *names: str) -> None:
    for name in form.keys() - set(names):
        raise _refused(name, f"is not known: expected {', '.join(names) or 'nothing'}")


_ASKING: dict[str, Callable[[Dispatcher, dict[str, Any]], str]] = {
    "plan": _plan,
    "day": _day,
    "day_and_plan": _day_and_plan,
    "late": _late,
    "next_stops": _next_stops,
    "quote": _quote,
    "replan": _replan,
}

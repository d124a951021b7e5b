"""One HTML page that shows a plan without any network: map, timelines, figures, what is left out."""

from __future__ import annotations

import base64
import datetime
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files

from geodata.around import kelurahan_around
from geodata.backdrop import Backdrop
from geodata.colours import run_colour
from geodata.figures import key_figures
from geodata.legs import Leg, Line, StreetPaths, leg_lines
from geodata.page_data import page_data
from geodata.visit_rows import Labels, clock, requests_by_id
from routing.model import Day
from routing.plan import Plan, Run
from routing.visits import Visit

SCRIPTS = (
    "page_data.js",
    "page_state.js",
    "page_geometry.js",
    "page_moment.js",
    "page_view.js",
    "page_ground.js",
    "page_tiles.js",
    "page_runs.js",
    "page_marks.js",
    "page_map.js",
    "page_hands.js",
    "page_filter.js",
    "page_clock.js",
    "page_itinerary.js",
    "page_timeline.js",
    "page.js",
)
"""One script in the page, in parts, each of which may use what stands before it; only their functions look ahead."""

TILES = "https://tile.openstreetmap.org/{z}/{x}/{y}.png"
"""Street tiles, fetched only when asked for on the page. Their servers answer pages that come from a web
server, not from a file, because the usage policy wants to know who asks."""

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


def page_html(
    day: Day,
    plan: Plan,
    *,
    street_paths: StreetPaths | None = None,
    lines: Mapping[Leg, Line] | None = None,
    backdrop: Backdrop | None = None,
    labels: Labels | None = None,
    tiles: str = TILES,
) -> str:
    """Return the page ``plan.html``: self-contained, nothing is fetched unless street tiles are asked for.

    Parameters
    ----------
    street_paths
        Where legs run; None draws straight lines.
    lines
        The legs' lines where they are known already (`geodata.legs.leg_lines`); then `street_paths` is
        not asked.
    backdrop
        The streets behind the runs; None draws none.
    labels
        Addresses by request id.
    tiles
        Address of street tiles with ``{z}``, ``{x}`` and ``{y}``.
    """
    from jinja2.utils import htmlsafe_json_dumps

    from geodata.manifest import environment

    if lines is None:
        lines = leg_lines(day, plan, street_paths)
    data = page_data(day, plan, lines=lines, backdrop=backdrop, labels=labels or {}, tiles=tiles)
    script = "\n".join(_asset(name) for name in SCRIPTS)
    template = environment().get_template("page.html.j2")
    return template.render(
        day=day,
        plan=plan,
        figures=key_figures(day, plan),
        runs=[_run_summary(run, index) for index, run in enumerate(plan.runs)],
        unserved=_unserved(day, plan, labels or {}),
        clusters=_clusters(day, plan),
        date=_date_in_words(day.date),
        clock=lambda seconds: clock(seconds, with_seconds=False),
        credit=backdrop.credit if backdrop else "",
        tiles_origin="/".join(tiles.split("/")[:3]),
        style=_asset("page.css"),
        script=script,
        script_hash=_hash(script),
        data=htmlsafe_json_dumps(data, separators=(",", ":"), allow_nan=False),
    )


def _asset(name: str) -> str:
    return files("geodata").joinpath(name).read_text(encoding="utf-8")


def _hash(script: str) -> str:
    """Return what a content security policy calls this script, so that no other one runs on the page."""
    return "sha256-" + base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()


def _date_in_words(date: str) -> str:
    given = datetime.date.fromisoformat(date)
    return f"{_DAYS[given.weekday()]}, {given.day} {_MONTHS[given.month - 1]} {given.year}"


@dataclass(frozen=True)
class _RunSummary:
    driver: str
    colour: str
    leaves: str
    ends: str
    stops: int
    trips: int
    km: float


def _run_summary(run: Run, index: int) -> _RunSummary:
    return _RunSummary(
        driver=run.driver,
        colour=run_colour(index),
        leaves=clock(run.visits[0].end, with_seconds=False),
        ends=clock(run.visits[-1].end, with_seconds=False),
        stops=len(run.stops),
        trips=sum(1 for _ in run.trips()),
        km=run.metres / 1000,
    )


@dataclass(frozen=True)
class _UnservedRow:
    request: str
    kind: str
    documents: int
    address: str
    priority: int
    windows: tuple[str, ...]
    code: str
    message: str


def _unserved(day: Day, plan: Plan, labels: Labels) -> list[_UnservedRow]:
    requests = requests_by_id(day)
    return [
        _UnservedRow(
            request=each.request,
            kind=requests[each.request].kind,
            documents=requests[each.request].documents,
            address=labels.get(each.request) or day.places[requests[each.request].place].id,
            priority=requests[each.request].priority,
            windows=tuple(_span(window) for window in requests[each.request].windows),
            code=each.code,
            message=each.message.removeprefix(f"{each.request}: "),
        )
        for each in plan.unserved
    ]


def _span(window: tuple[int, int]) -> str:
    return "–".join(clock(moment, with_seconds=False) for moment in window)


@dataclass(frozen=True)
class _ClusterRow:
    name: str
    requests: int
    around: str
    documents: int
    drivers: tuple[str, ...]
    first: str
    last: str


def _clusters(day: Day, plan: Plan) -> list[_ClusterRow]:
    documents = {request.id: request.documents for request in day.requests}
    served: dict[str, tuple[str, Visit]] = {
        request: (run.driver, visit) for run in plan.runs for visit in run.stops for request in visit.requests
    }
    rows = []
    for cluster in plan.clusters:
        stops = [served[each] for each in cluster.requests if each in served]
        begins = [visit.begin for _, visit in stops]
        rows.append(
            _ClusterRow(
                name=cluster.name,
                requests=len(cluster.requests),
                around=kelurahan_around(day, cluster),
                documents=sum(documents[each] for each in cluster.requests),
                drivers=tuple(dict.fromkeys(driver for driver, _ in stops)),
                first=clock(min(begins), with_seconds=False) if begins else "",
                last=clock(max(begins), with_seconds=False) if begins else "",
            )
        )
    return rows

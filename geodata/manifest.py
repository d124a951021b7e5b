"""What each driver takes along, in Bahasa Indonesia: text that pastes into a chat, and pages that print."""

from __future__ import annotations

import datetime
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from geodata.file_names import numbered_file
from geodata.visit_rows import Labels, VisitRow, clock, promised_window, requests_by_id, visit_rows
from routing.model import Day, Place, Request
from routing.plan import Plan, Run

if TYPE_CHECKING:
    from jinja2 import Environment

TITLE = "MANIFES KURIR DUKCAPIL"
"""The first line of every manifest; by it an old one is recognised and removed."""

PRINT_FILE = "cetak.html"
"""All manifests in one file, each beginning on a new sheet."""

_DAYS = ("Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu")
_MONTHS = (
    "Januari",
    "Februari",
    "Maret",
    "April",
    "Mei",
    "Juni",
    "Juli",
    "Agustus",
    "September",
    "Oktober",
    "November",
    "Desember",
)
_NOTABLE_WAIT = 60
"""Seconds; a shorter wait is not worth a line."""


@dataclass(frozen=True)
class Step:
    """One line of a manifest with what belongs to it.

    Attributes
    ----------
    number
        Its position in the run, from 1.
    heading
        When, what and where, in one line.
    details
        What to do there, a line each.
    link
        A map link, or an empty string where the driver is there already.
    kind
        The visit's type.
    """

    number: int
    heading: str
    details: tuple[str, ...]
    link: str
    kind: str


@dataclass(frozen=True)
class Manifest:
    """All that one driver is told.

    Attributes
    ----------
    driver, date
        Who, and the day in words.
    totals
        Pairs of a name and its value.
    steps
        The visits in order.
    """

    driver: str
    date: str
    totals: tuple[tuple[str, str], ...]
    steps: tuple[Step, ...]

    def text(self) -> str:
        """Return the manifest as plain text, lines ending in a line feed."""
        head = [("Kurir", self.driver), ("Tanggal", self.date), *self.totals]
        lines = [TITLE, *(f"{name}: {value}" for name, value in head), ""]
        for step in self.steps:
            lines.append(f"{step.number}. {step.heading}")
            lines += [f"   {detail}" for detail in step.details]
            if step.link:
                lines.append(f"   {step.link}")
            lines.append("")
        return "\n".join(lines)


def write_manifests(day: Day, plan: Plan, folder: Path | str, *, labels: Labels | None = None) -> list[Path]:
    """Write a text file per driver and one file that prints them all.

    Parameters
    ----------
    folder
        Made if it is not there. Manifests of an earlier plan in it are removed; other files stay.
    labels
        Addresses by request id.

    Returns
    -------
    list of Path
        The files written.
    """
    from geodata.export import write_text

    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    manifests = driver_manifests(day, plan, labels=labels)
    _remove_earlier(folder)
    written = [
        write_text(folder / numbered_file(number, manifest.driver, ".txt"), manifest.text())
        for number, manifest in enumerate(manifests, start=1)
    ]
    return [*written, write_text(folder / PRINT_FILE, print_html(manifests))]


def _remove_earlier(folder: Path) -> None:
    for path in folder.glob("*.txt"):
        with path.open("rb") as file:
            ours = file.readline().rstrip() == TITLE.encode()
        if ours:
            path.unlink()


def driver_manifests(day: Day, plan: Plan, *, labels: Labels | None = None) -> list[Manifest]:
    """Return the manifest of each run, in the plan's order."""
    rows_of: dict[int, list[VisitRow]] = {}
    for row in visit_rows(day, plan, labels=labels):
        rows_of.setdefault(row.run, []).append(row)
    requests = requests_by_id(day)
    return [_manifest(day, run, rows_of[index], requests) for index, run in enumerate(plan.runs)]


def print_html(manifests: Sequence[Manifest]) -> str:
    """Return all manifests as one HTML document that prints each on sheets of its own."""
    return environment().get_template("manifest.html.j2").render(manifests=manifests, title=TITLE)


def environment() -> Environment:
    """Return the templates of this package; everything put into them is escaped."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    return Environment(
        loader=PackageLoader("geodata", ""),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def map_link(place: Place) -> str:
    """Return a link that opens directions in a phone's map: from where it is, by what its user usually rides."""
    return f"https://www.google.com/maps/dir/?api=1&destination={place.lat:.5f},{place.lon:.5f}"


def one_line(text: str) -> str:
    """Return `text` without line breaks, control and direction characters, so that it cannot imitate other lines."""
    kept = (" " if unicodedata.category(each) in ("Cc", "Zl", "Zp", "Zs") else each for each in text)
    return " ".join("".join(each for each in kept if unicodedata.category(each) not in ("Cf", "Cs")).split())


def _manifest(day: Day, run: Run, rows: Sequence[VisitRow], requests: Mapping[str, Request]) -> Manifest:
    drops = {request: row.order for row in rows for request in row.visit.requests}
    steps = tuple(
        Step(
            number=row.order + 1,
            heading=_heading(row),
            details=tuple(_details(row, requests, drops)),
            link=map_link(row.place) if _goes_elsewhere(rows, row.order) else "",
            kind=row.visit.type,
        )
        for row in rows
    )
    return Manifest(
        driver=one_line(run.driver), date=date_in_words(day.date), totals=tuple(_totals(run, requests)), steps=steps
    )


def _goes_elsewhere(rows: Sequence[VisitRow], order: int) -> bool:
    return order > 0 and rows[order].visit.place != rows[order - 1].visit.place


def _heading(row: VisitRow) -> str:
    begin, end = _hours(row.visit.begin), _hours(row.visit.end)
    where = one_line(row.address)
    match row.visit.type:
        case "start":
            return f"{end} BERANGKAT dari {where}"
        case "end":
            return f"{begin} SELESAI di {where}"
        case "break":
            return f"{begin}-{end} ISTIRAHAT {_minutes(row.visit.end - row.visit.begin)} menit"
        case "hub":
            lane = "" if row.visit.lane is None else f", jalur {row.visit.lane + 1}"
            return f"{begin}-{end} LOKET DRIVE-THRU{lane}"
        case _:
            return f"{begin} {where}"


def _details(row: VisitRow, requests: Mapping[str, Request], drops: Mapping[str, int]) -> Iterator[str]:
    visit = row.visit
    if visit.type == "stop":
        yield from _door(row, promised_window(visit, requests))
    if visit.begin - visit.arrive >= _NOTABLE_WAIT and visit.type != "break":
        waiting = "antre" if visit.type == "hub" else "tunggu"
        yield f"Tiba {_hours(visit.arrive)}, {waiting} sampai {_hours(visit.begin)}"
    if visit.type == "stop":
        yield from _documents("ANTAR", [each for each in visit.requests if requests[each].kind == "return"], requests)
        yield from _documents("AMBIL", [each for each in visit.requests if requests[each].kind == "pickup"], requests)
    if visit.type == "hub":
        in_order = sorted(visit.loaded, key=lambda each: drops.get(each, 0))
        yield from _documents("SERAHKAN", visit.unloaded, requests)
        yield from _documents("MUAT (urut pengantaran)", in_order, requests)
    if visit.type in ("stop", "hub"):
        yield f"Bawaan setelah ini: {visit.load_after} dokumen"


def _door(row: VisitRow, window: tuple[int, int] | None) -> Iterator[str]:
    parts = [] if row.address == row.place.id else [f"Titik: {one_line(row.place.id)}"]
    if window:
        parts.append(f"Jam janji: {_hours(window[0])}-{_hours(window[1])}")
    if parts:
        yield " | ".join(parts)


def _documents(what: str, ids: Sequence[str], requests: Mapping[str, Request]) -> Iterator[str]:
    if ids:
        total = sum(requests[each].documents for each in ids)
        listed = ", ".join(f"{one_line(each)} ({requests[each].documents})" for each in ids)
        yield f"{what} {total} dokumen: {listed}"


def _totals(run: Run, requests: Mapping[str, Request]) -> Iterator[tuple[str, str]]:
    served = [requests[each] for each in run.requests]
    pauses = [visit.end - visit.begin for visit in run.visits if visit.type == "break"]
    yield "Jam", f"{_hours(run.visits[0].end)}-{_hours(run.visits[-1].end)}"
    yield "Perhentian", f"{len(run.stops)} titik dalam {sum(1 for _ in run.trips())} ritase"
    yield "Ambil", f"{sum(each.documents for each in served if each.kind == 'pickup')} dokumen dari warga"
    yield "Antar", f"{sum(each.documents for each in served if each.kind == 'return')} dokumen ke warga"
    yield "Loket", f"{sum(1 for visit in run.visits if visit.type == 'hub')} kali"
    yield "Jarak", f"{run.metres / 1000:.1f} km".replace(".", ",")
    yield "Istirahat", f"{len(pauses)} kali, {_minutes(sum(pauses))} menit" if pauses else "tidak ada"


def _hours(seconds: int) -> str:
    return clock(seconds, with_seconds=False)


def _minutes(seconds: int) -> int:
    return round(seconds / 60)


def date_in_words(date: str) -> str:
    """Return an ISO date in Bahasa Indonesia.

    Examples
    --------
    >>> date_in_words("2025-11-24")
    'Senin, 24 November 2025'
    """
    given = datetime.date.fromisoformat(date)
    return f"{_DAYS[given.weekday()]}, {given.day} {_MONTHS[given.month - 1]} {given.year}"

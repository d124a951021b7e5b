"""``kurir address``: what addresses mean, one or a table of them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from benchmarks.terminal import DONE, NO, ended_well, say, say_json, tell

if TYPE_CHECKING:
    from geodata.address_tables import AddressRow
    from geodata.addresses import AddressMatch, Candidate
    from geodata.street_names import StreetNames


def address(
    text: Annotated[str | None, typer.Argument(metavar="TEXT", help="An address, in quotes.")] = None,
    *,
    file: Annotated[
        Path | None, typer.Option("--file", metavar="CSV", help="A table with a column 'address' or 'alamat'.")
    ] = None,
    network: Annotated[
        str | None, typer.Option("--network", metavar="FILE", help="Streets by name from this street network.")
    ] = None,
    streets: Annotated[
        Path | None, typer.Option("--streets", metavar="CSV", help="Streets by name: name, lon, lat; many rows each.")
    ] = None,
    out: Annotated[Path | None, typer.Option("--out", "-o", metavar="CSV", help="Where to write a table.")] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON object; everything else goes to standard error.")
    ] = False,
) -> None:
    """Say what an address means: the place, how exactly and how surely, or all places that it may mean.

    \b
    kurir address "RT 02/RW 05 Pd. Benda, Pamulang"
    kurir address "Jl. Ceger Raya 40, Jurangmangu Timur" --network city.npz
    kurir address --file requests.csv -o placed.csv

    \b
    Exit code 1 where an address is not found: ambiguous, outside the city, or no place at all.
    """  # noqa: D301
    with ended_well():
        code = _run(text, file, _known_streets(network, streets), out=out, as_json=as_json)
    raise typer.Exit(code)


def _run(text: str | None, file: Path | None, streets: StreetNames | None, *, out: Path | None, as_json: bool) -> int:
    from geodata.address_tables import AddressRow, find_addresses, outcome_counts
    from geodata.addresses import find_address

    if (text is None) == (file is None):
        raise _refused("TEXT", "one of TEXT and --file is needed: expected an address in quotes, or a CSV file")
    if file is None:
        match = find_address(text or "", streets=streets)
        rows = [AddressRow("", match)]
        if out is None and not as_json:
            say("\n".join(_lines(match)))
    else:
        rows = find_addresses(file, streets=streets)
    counts = outcome_counts(rows)
    _write(rows, counts, out=out, as_json=as_json, plain=file is not None)
    return DONE if counts["found"] == len(rows) else NO


def _write(rows: list[AddressRow], counts: dict[str, int], *, out: Path | None, as_json: bool, plain: bool) -> None:
    """Write the table where it was asked for, and the counts of a table to standard error."""
    from geodata.address_tables import matches_csv
    from geodata.export import write_text

    if out is not None:
        write_text(out, matches_csv(rows), encoding="utf-8-sig")
    if as_json:
        say_json({"counts": counts, "addresses": [_record(each) for each in rows]})
    elif plain:
        if out is None:
            say(matches_csv(rows).replace("\r\n", "\n").rstrip("\n"))
        tell(f"{len(rows)} addresses: " + ", ".join(f"{count} {outcome}" for outcome, count in counts.items()))


def _known_streets(network: str | None, streets: Path | None) -> StreetNames | None:
    from geodata.street_names import read_street_names, street_names

    if network is not None and streets is not None:
        raise _refused("--streets", "is given with --network: expected one of them")
    if streets is not None:
        return read_street_names(streets)
    if network is None:
        return None
    from benchmarks.streets_given import street_network

    known = street_names(street_network(network))
    if not len(known):
        tell(f"{network} has no names of streets: places are those of kelurahan")
    return known


def _refused(field: str, message: str) -> Exception:
    from routing.errors import InvalidInput, Problem

    return InvalidInput([Problem("", field, message)])


def _lines(match: AddressMatch) -> list[str]:
    if match.place is not None:
        place = match.place
        return [
            f"{place.kelurahan.name}, {place.kelurahan.kecamatan} ({place.kelurahan.code})",
            f"lon, lat     {place.lon}, {place.lat}  {_how_exact(place)}",
            f"confidence   {place.confidence:.0%}",
            *([f"parts        {_parts(match)}"] if _parts(match) else []),
        ]
    return [
        f"{match.outcome}: it {match.message}" if match.message else match.outcome,
        *(f"  {each}: {each.lon}, {each.lat}  {_how_exact(each)}" for each in match.candidates),
    ]


def _how_exact(place: Candidate) -> str:
    what = f"on {place.street}" if place.street else "middle of the kelurahan"
    return f"{what}, within {place.uncertainty_metres:,.0f} m"


def _parts(match: AddressMatch) -> str:
    parts = match.parts
    named = (("RT", parts.rt), ("RW", parts.rw), ("block", parts.block), ("no.", parts.number), ("km", parts.km))
    return ", ".join(f"{name} {value}" for name, value in named if value)


def _record(each: AddressRow) -> dict[str, Any]:
    from dataclasses import asdict

    match = each.match
    return {
        "row": int(each.row) if each.row else None,
        "address": match.text,
        "outcome": match.outcome,
        "message": match.message,
        "parts": asdict(match.parts),
        "candidates": [
            {
                "kelurahan": place.kelurahan.name,
                "kecamatan": place.kelurahan.kecamatan,
                "code": place.kelurahan.code,
                "lon": place.lon,
                "lat": place.lat,
                "within_metres": place.uncertainty_metres,
                "confidence": place.confidence,
                "street": place.street,
            }
            for place in match.candidates
        ],
    }

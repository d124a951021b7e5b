"""An address as people write it here, to a place: kelurahan, street where it is known, and how sure that is.

An address that fits several places is answered with all of them, never with a guess.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from geodata._address_names import (
    AREAS,
    EVERYDAY,
    PARENTS,
    STRONG,
    SURELY_ELSEWHERE,
    TRAILING,
    WITHIN,
    Mention,
    mentions,
)
from geodata._address_words import AddressParts, Word, read_words
from geodata.gazetteer import KELURAHAN, Kelurahan, kelurahan_radius
from geodata.street_names import StreetNames, StreetPoint

__all__ = ["AddressMatch", "AddressParts", "Candidate", "Outcome", "find_address"]

Outcome = Literal["found", "ambiguous", "outside", "unknown"]
"""``found``: one place. ``ambiguous``: several fit, or what is said contradicts itself. ``outside``: another city's.
``unknown``: nothing in it names a place."""

SURE = 0.6
"""Least confidence of a place that is found; below it the address is ambiguous."""


@dataclass(frozen=True)
class Candidate:
    """A place that an address may mean.

    Attributes
    ----------
    kelurahan
        With its name, kecamatan and code.
    lon, lat
        Degrees, EPSG:4326: on the street, else a point well inside the kelurahan.
    uncertainty_metres
        The door lies within this distance: every mapped point of the street in that kelurahan, or nine
        in ten points of the kelurahan.
    confidence
        0..1: how surely the words mean this kelurahan.
    street
        The street's name on the map; empty where the point is the kelurahan's.
    """

    kelurahan: Kelurahan
    lon: float
    lat: float
    uncertainty_metres: float
    confidence: float
    street: str = ""

    def __str__(self) -> str:
        return f"{self.kelurahan.name} ({self.kelurahan.kecamatan})"


@dataclass(frozen=True)
class AddressMatch:
    """What an address means.

    Attributes
    ----------
    text
        As given.
    outcome
        See `Outcome`.
    candidates
        The places it may mean, the likeliest first: exactly one when found, none when outside or unknown.
    parts
        RT, RW, block, number and the like.
    message
        What was understood, or what is missing and what to write, in a sentence.
    """

    text: str
    outcome: Outcome
    candidates: tuple[Candidate, ...]
    parts: AddressParts
    message: str

    @property
    def place(self) -> Candidate | None:
        """The place, or None where it is not found."""
        return self.candidates[0] if self.outcome == "found" else None


@dataclass(frozen=True)
class _Hypothesis:
    """A kelurahan that is named, and how the other names fit to it."""

    kelurahan: Kelurahan
    confidence: float
    confirmed: bool
    against: tuple[str, ...]
    is_kecamatan_too: bool

    @property
    def holds(self) -> bool:
        return not self.against and not self.is_kecamatan_too and self.confidence >= SURE


def find_address(text: str, *, kelurahan: Kelurahan | None = None, streets: StreetNames | None = None) -> AddressMatch:
    """Return what an address means.

    Parameters
    ----------
    text
        For instance ``Jl. Raya Serpong KM 16, Kel. Cilenggang, Kec. Serpong``.
    kelurahan
        Where it is known to lie: then only the street is looked for in the text.
    streets
        Streets by name (`geodata.street_names`); without them a place is the kelurahan's.

    Examples
    --------
    >>> find_address("RT 02/RW 05 Pd. Benda, Pamulang").place.kelurahan.name
    'Pondok Benda'
    >>> find_address("Jl. Melati 5, Serpong").outcome
    'ambiguous'
    """
    parts, words = read_words(text)
    outcome, candidates, message = _settled(words, mentions(words)) if kelurahan is None else _given(kelurahan)
    if streets is not None:
        candidates = _on_streets(candidates, _street_phrases(parts, words), streets)
        if outcome == "unknown" and (somewhere := _streets_alone(parts.streets, streets)):
            outcome, candidates = "ambiguous", somewhere
            message = f"names a street but no kelurahan: expected which kelurahan, perhaps {_listed(candidates)}"
    if outcome == "found":
        message = _found_message(candidates[0], message)
    return AddressMatch(text, outcome, tuple(candidates), parts, message)


def _given(kelurahan: Kelurahan) -> tuple[Outcome, list[Candidate], str]:
    return "found", [_candidate(kelurahan, 1.0)], ""


def _settled(words: Sequence[Word], named: Sequence[Mention]) -> tuple[Outcome, list[Candidate], str]:
    strong = [each for each in named if each.strong and each.phrase != "region"]
    ours = [each for each in strong if not each.names("outside") and not each.names("area")]
    elsewhere, old_regency = _elsewhere(words, named), _says_tangerang(words)
    strange = _strange_kecamatan(words, named)
    hypotheses = sorted(_hypotheses(ours), key=lambda each: -each.confidence)
    holding = [each for each in hypotheses if each.holds]
    best = holding[0] if len(holding) == 1 else None
    if elsewhere or (old_regency and strange):
        where = elsewhere or strange
        if best is not None and best.confirmed:
            return _contradiction([best], f"but names {where}, too")
        return "outside", [], f"names {where}, outside Tangerang Selatan: expected an address in the city"
    beyond = next((each for each in ours if each.further), None)
    if best is not None and not strange and beyond is None:
        return _single(best, old_regency)
    only_kecamatan = all(each.is_kecamatan_too for each in hypotheses) and any(each.names("begun") for each in ours)
    if hypotheses and not only_kecamatan:
        return _several(hypotheses, strange) if beyond is None else _no_such(beyond)
    if old_regency and not ours:
        return "outside", [], f"names {old_regency}, not Kota Tangerang Selatan: expected an address in the city"
    return _partial(named, ours, strange)


def _single(best: _Hypothesis, old_regency: str) -> tuple[Outcome, list[Candidate], str]:
    if not old_regency:
        return "found", [_candidate(best.kelurahan, best.confidence)], ""
    if best.confirmed:
        # The city was part of the regency until 2008, and both names are still in use.
        return "found", [_candidate(best.kelurahan, best.confidence * 0.85)], f"although it says {old_regency}"
    return _contradiction([best], f"but says {old_regency}")


def _no_such(mention: Mention) -> tuple[Outcome, list[Candidate], str]:
    """Return what a name that no kelurahan bears may mean: the one it begins with, or one beside that."""
    begun = [each for each in KELURAHAN if mention.means("kelurahan", each.name)]
    options = begun + [each for each in _in_kecamatan(each.kecamatan for each in begun) if each not in begun]
    named = f"names Kel. {mention.text.title()} {mention.further.title()}, which is no kelurahan"
    return _asked_back(named, options)


def _several(hypotheses: Sequence[_Hypothesis], strange: str) -> tuple[Outcome, list[Candidate], str]:
    first = hypotheses[0]
    if strange:
        return _contradiction(hypotheses, f"but {strange} is no kecamatan of Tangerang Selatan")
    if all(each.is_kecamatan_too and not each.against for each in hypotheses):
        name = first.kelurahan.name
        rest = [each for each in _in_kecamatan([name]) if each != first.kelurahan]
        candidates = [_candidate(first.kelurahan, 0.3), *(_candidate(each, 0.7 / len(rest)) for each in rest)]
        expected = f"expected 'Kel. {name}', or which kelurahan of the kecamatan: {_names(rest)}"
        return "ambiguous", candidates, f"names {name}, a kelurahan and a kecamatan: {expected}"
    against = list(dict.fromkeys(each for hypothesis in hypotheses for each in hypothesis.against))
    others = [each for each in against if each != first.kelurahan.name]
    return _contradiction(hypotheses, f"but also {' and '.join(map(repr, others))}" if others else "not surely enough")


def _contradiction(hypotheses: Sequence[_Hypothesis], why: str) -> tuple[Outcome, list[Candidate], str]:
    candidates = [_candidate(each.kelurahan, min(each.confidence, 1.0) / 2) for each in hypotheses]
    message = f"names {_names(each.kelurahan for each in hypotheses)} {why}: expected one kelurahan and its kecamatan"
    return "ambiguous", candidates, message


def _partial(named: Sequence[Mention], ours: Sequence[Mention], strange: str) -> tuple[Outcome, list[Candidate], str]:
    """Return what a kecamatan, the beginning of a name, an estate or the name of a street hints at."""
    begun = [name for each in ours for name in each.names("begun") if not each.names("kecamatan")]
    kecamatan = list(dict.fromkeys(name for each in ours for name in each.names("kecamatan")))
    hinted = list(dict.fromkeys(name for each in named if not each.strong for name in each.names("kelurahan")))
    if begun:
        options = [each for each in KELURAHAN if each.name in begun]
        options = [each for each in options if each.kecamatan in kecamatan] or options
        what = "gives only the beginning of several names"
    elif kecamatan:
        options = _in_kecamatan(kecamatan)
        what = f"names kecamatan {' and '.join(kecamatan)} but no kelurahan"
    elif hinted or _hinted_kecamatan(named):
        options = [each for each in KELURAHAN if each.name in hinted]
        options += [each for each in _in_kecamatan(_hinted_kecamatan(named)) if each not in options]
        what = "names a street, an estate or a landmark but no kelurahan"
    elif strange:
        return "outside", [], f"names {strange}, which is no kecamatan of Tangerang Selatan"
    else:
        return "unknown", [], "names no place of Tangerang Selatan: expected at least the kelurahan"
    options.sort(key=lambda each: each.name not in hinted)
    return _asked_back(what, options)


def _asked_back(what: str, options: Sequence[Kelurahan]) -> tuple[Outcome, list[Candidate], str]:
    candidates = [_candidate(each, 0.5 / len(options)) for each in options]
    return "ambiguous", candidates, f"{what}: expected which kelurahan, {_names(options)}"


def _hypotheses(ours: Sequence[Mention]) -> Iterable[_Hypothesis]:
    for kelurahan in KELURAHAN:
        naming = [each for each in ours if each.means("kelurahan", kelurahan.name)]
        if naming:
            yield _hypothesis(kelurahan, naming, ours)


def _hypothesis(kelurahan: Kelurahan, naming: Sequence[Mention], ours: Sequence[Mention]) -> _Hypothesis:
    base = max(naming, key=lambda each: each.weight("kelurahan", kelurahan.name))
    others = [each for each in ours if each is not base]
    confirming = [each for each in others if each.means("kecamatan", kelurahan.kecamatan)]
    parent = PARENTS.get(kelurahan.kecamatan, "")
    against = tuple(
        each.text.title()
        for each in others
        if each not in confirming
        and not each.means("kelurahan", kelurahan.name)
        and not each.means("begun", kelurahan.name)
        and not each.means("kecamatan", parent)
        and not _outweighed(each, base, confirming)
    )
    weight = base.weight("kelurahan", kelurahan.name)
    sure = 1 - (1 - weight) * 0.3 if confirming else weight * (0.88 if _under(parent, others) else 0.93)
    double = bool(base.names("kecamatan")) and not confirming
    return _Hypothesis(kelurahan, round(sure, 3), bool(confirming), against, double)


def _outweighed(other: Mention, base: Mention, confirming: Sequence[Mention]) -> bool:
    """Whether another name is part of a street's or an estate's, as what is plainly written elsewhere shows."""
    if not confirming or base.strength <= WITHIN:
        return False
    labelled = any(each.phrase == "kecamatan" for each in confirming)
    return other.strength <= TRAILING or (labelled and other.strength <= WITHIN and bool(other.names("kecamatan")))


def _under(parent: str, others: Sequence[Mention]) -> bool:
    return any(each.means("kecamatan", parent) for each in others)


def _elsewhere(words: Sequence[Word], named: Sequence[Mention]) -> str:
    """Return the place outside the city that an address names, empty where it names none."""
    for each in named:
        if each.names("outside") and each.strength > (TRAILING if _may_be_a_streets(each) else STRONG):
            return f"{each.text.title()} ({each.names('outside')[0]})"
    return next((each for each in _regions(words) if not each.startswith(("tangerang", "banten"))), "").title()


def _may_be_a_streets(mention: Mention) -> bool:
    """Whether the name of another place is one that streets and estates bear."""
    return mention.text in EVERYDAY or not SURELY_ELSEWHERE.issuperset(mention.names("outside"))


def _says_tangerang(words: Sequence[Word]) -> str:
    """Return Kota or Kabupaten Tangerang where it is named as such, which this city is not."""
    found = any(each.startswith("tangerang") and not each.startswith("tangerang selatan") for each in _regions(words))
    return "Kota or Kabupaten Tangerang" if found else ""


def _regions(words: Sequence[Word]) -> list[str]:
    stretches: dict[int, list[str]] = {}
    for word in words:
        if word.phrase == "region":
            stretches.setdefault(word.segment, []).append(word.text)
    return [" ".join(stretch) for stretch in stretches.values()]


def _strange_kecamatan(words: Sequence[Word], named: Sequence[Mention]) -> str:
    """Return the name after ``Kec.`` that is none we know, empty where there is none."""
    for index, word in enumerate(words):
        if word.phrase == "kecamatan" and word.first and not any(each.first == index for each in named):
            return f"Kec. {word.text.title()}"
    return ""


def _hinted_kecamatan(named: Sequence[Mention]) -> list[str]:
    areas = [kecamatan for each in named for area in each.names("area") for kecamatan in AREAS[area]]
    weak = [name for each in named if not each.strong for name in each.names("kecamatan")]
    return list(dict.fromkeys(areas + weak))


def _in_kecamatan(names: Iterable[str]) -> list[Kelurahan]:
    wanted = set(names)
    return [each for each in KELURAHAN if each.kecamatan in wanted]


def _candidate(kelurahan: Kelurahan, confidence: float) -> Candidate:
    lon, lat = round(kelurahan.lon, 6), round(kelurahan.lat, 6)
    return Candidate(kelurahan, lon, lat, round(kelurahan_radius(kelurahan)), round(confidence, 3))


def _street_phrases(parts: AddressParts, words: Sequence[Word]) -> list[str]:
    """Return what may name a street, the nearest last: lanes after streets, or the first words where none says Jl."""
    if parts.streets:
        return list(parts.streets)
    return [" ".join(word.text for word in words if word.segment == 0 and word.phrase == "bare")]


def _on_streets(candidates: Sequence[Candidate], phrases: Sequence[str], streets: StreetNames) -> list[Candidate]:
    """Return the candidates moved onto their street where it is known there, and those first."""
    moved = [_on_street(each, phrases, streets) for each in candidates]
    return sorted(moved, key=lambda each: not each.street)


def _on_street(candidate: Candidate, phrases: Sequence[str], streets: StreetNames) -> Candidate:
    for phrase in reversed(phrases):
        point = streets.within(phrase, candidate.kelurahan)
        if point is not None and point.metres < candidate.uncertainty_metres:
            return _at(candidate, point)
    return candidate


def _at(candidate: Candidate, point: StreetPoint) -> Candidate:
    return replace(
        candidate,
        lon=round(point.lon, 6),
        lat=round(point.lat, 6),
        uncertainty_metres=round(point.metres),
        street=point.name,
    )


def _streets_alone(phrases: Sequence[str], streets: StreetNames) -> list[Candidate]:
    for phrase in reversed(phrases):
        found = streets.anywhere(phrase)
        if found:
            return [_at(_candidate(kelurahan, 0.5 / len(found)), point) for kelurahan, point in found]
    return []


def _found_message(found: Candidate, remark: str) -> str:
    where = f"on {found.street}, {found}" if found.street else f"the middle of {found}"
    return f"{where}, within {found.uncertainty_metres:,.0f} m" + (f", {remark}" if remark else "")


def _names(kelurahan: Iterable[Kelurahan], most: int = 12) -> str:
    names = [each.name for each in kelurahan]
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more


def _listed(candidates: Sequence[Candidate], most: int = 6) -> str:
    more = f" and {len(candidates) - most} more" if len(candidates) > most else ""
    return " or ".join(str(each) for each in candidates[:most]) + more

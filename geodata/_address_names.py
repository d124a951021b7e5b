"""Names of places within the words of an address, also misspelt: kelurahan, kecamatan, estates, neighbours."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Literal

from geodata._address_words import Phrase, Word, name_key
from geodata.gazetteer import ALSO_WRITTEN, KECAMATAN, KELURAHAN

Kind = Literal["kelurahan", "kecamatan", "begun", "area", "outside"]
"""What a name may mean; ``begun`` is the beginning of several kelurahan's names, an ``area`` spans several."""

LONGEST_NAME = 4
"""Words of the longest name."""

RESEMBLES = 0.4
"""Similarity from which a word may be the garbled second half of a name: Parigi Bru."""

TIE = 0.09
"""A misspelt name may mean whatever is no more than this less similar than what it is closest to."""

CUT = 0.95
"""Similarity of a name some of whose words are cut short."""

CLOSE, CLOSE_LABELLED, CLOSE_SHORT = 0.84, 0.75, 0.8
"""Least similarity of a misspelt name: bare, after its label, and of five or six letters with the same first."""

SURELY_ELSEWHERE = frozenset({"Kabupaten Tangerang", "Kota Tangerang", "Jakarta", "Depok", "Bogor"})
EVERYDAY = frozenset({"limo", "pinang", "larangan", "parung"})
"""After the name of a street only neighbours count as another city, and of those not these: Jl. Jeruk Limo."""

PARENTS = {"Ciputat Timur": "Ciputat", "Serpong Utara": "Serpong"}
"""Kecamatan whose people still write the name of the one they were split from."""

AREAS: dict[str, tuple[str, ...]] = {
    "bsd": ("Serpong", "Setu"),
    "bumi serpong damai": ("Serpong", "Setu"),
    "bintaro": ("Pondok Aren", "Ciputat Timur"),
    "bintaro jaya": ("Pondok Aren", "Ciputat Timur"),
    "alam sutera": ("Serpong Utara",),
    "graha raya": ("Serpong Utara", "Pondok Aren"),
    "puspiptek": ("Setu",),
}
"""Estates and quarters that span several kelurahan: they hint at kecamatan and settle nothing."""

_NEIGHBOURS = {
    "Kabupaten Tangerang": (
        "cisauk, pagedangan, kelapa dua, legok, curug sangereng, panongan, gading serpong, pakulonan barat, "
        "lengkong kulon, bojong nangka, bencongan, cihuni, cijantra, situ gadung, suradita, sampora, cibogo, dangdang, "
        "mekar wangi, balaraja, cikupa, tigaraksa, kosambi, teluknaga, sepatan, pasar kemis"
    ),
    "Kota Tangerang": (
        "ciledug, larangan, pinang, cipondoh, karang tengah, karawaci, batuceper, cibodas, periuk, neglasari, "
        "jatiuwung, kunciran, paninggilan, kreo, pondok bahar, parung serab, sudimara, panunggangan, cikokol"
    ),
    "Jakarta": (
        "jakarta, jakarta selatan, jakarta pusat, jakarta timur, jakarta barat, jakarta utara, pesanggrahan, "
        "kebayoran lama, kebayoran baru, cilandak, jagakarsa, lebak bulus, pondok pinang, pondok labu, ulujami, "
        "petukangan, petukangan utara, petukangan selatan, pasar minggu, pasar rebo"
    ),
    "Depok": "depok, cinere, sawangan, bojongsari, limo, pondok petir, gandul, pangkalan jati, pancoran mas",
    "Bogor": "bogor, gunung sindur, parung, rumpin, ciseeng, cibinong, parung panjang",
    "another city": (
        "bekasi, bandung, cirebon, semarang, surabaya, yogyakarta, jogja, solo, surakarta, malang, medan, palembang, "
        "makassar, denpasar, serang, cilegon, pandeglang, rangkasbitung, karawang, cikarang, sukabumi, cianjur, "
        "lampung, padang, pekanbaru, balikpapan, samarinda, pontianak, banjarmasin, manado"
    ),
    "another province": "jawa barat, jawa tengah, jawa timur, dki, dki jakarta, bali, sumatera utara, riau",
}
"""Names just outside the city, which an address there bears, and large cities."""

_LOOKALIKES = frozenset({"keuangan"})
"""Everyday words a letter away from a kelurahan's name."""

_COMMON = frozenset({"sawah", "muncul", "rengas", "babakan", "setu", "buaran"})
"""Kelurahan whose names are everyday words: within the name of a street or a hamlet they are no hint."""

_STRENGTH: dict[Phrase, float] = {
    "kelurahan": 1.0,
    "kecamatan": 1.0,
    "region": 1.0,
    "bare": 0.95,
    "hamlet": 0.6,
}
WITHIN, TRAILING = 0.85, 0.75
"""Strength of a bare mention after other words, and after the name of a street or an estate."""

_TRAILING_WORD, _WEAK = 0.6, 0.25
_STREET_ENDS = frozenset({"raya", "utama", "boulevard"})
"""Words that make a street's name of a place's, also without ``Jl.``: Jelupang Raya."""

_FURTHER = ("barat", "timur", "utara", "selatan", "tengah", "baru", "lama", "indah", "jaya")
"""Words that make another kelurahan's name of one's."""

STRONG = 0.5
"""From here on a mention may settle a place."""


@dataclass(frozen=True)
class Reading:
    """One thing that a mention may mean."""

    kind: Kind
    name: str
    similarity: float


@dataclass(frozen=True)
class Mention:
    """A name found in an address.

    Attributes
    ----------
    text
        As written, short forms written out.
    first, last
        The words it covers, as indices.
    phrase
        What it stands in.
    strength
        0..1: how much its position says that it is meant as the place.
    readings
        What it may mean, most similar first; more than one where the name means several things or is
        misspelt halfway between two.
    further
        A word after the name of a kelurahan that makes it another, which none bears: Kel. Rempoa Timur.
    """

    text: str
    first: int
    last: int
    phrase: Phrase
    strength: float
    readings: tuple[Reading, ...]
    further: str = ""

    @property
    def strong(self) -> bool:
        """Whether it may settle a place."""
        return self.strength >= STRONG

    def weight(self, kind: Kind, name: str) -> float:
        """Return how surely it means `name`, 0..1; 0 where it does not mean it."""
        found = (reading.similarity for reading in self.readings if (reading.kind, reading.name) == (kind, name))
        return self.strength * (1 - 2 * (1 - next(found, 0.0))) if self.means(kind, name) else 0.0

    def means(self, kind: Kind, name: str) -> bool:
        """Whether it may mean this."""
        return any((reading.kind, reading.name) == (kind, name) for reading in self.readings)

    def names(self, kind: Kind) -> tuple[str, ...]:
        """Return the names of one kind that it may mean."""
        return tuple(reading.name for reading in self.readings if reading.kind == kind)


def mentions(words: Sequence[Word]) -> tuple[Mention, ...]:
    """Return the names in an address, in its order, none overlapping another; longer ones and closer ones first."""
    found = [each for each in _windows(words) if each.readings]
    chosen: list[Mention] = []
    for each in sorted(found, key=_value, reverse=True):
        if all(each.last < other.first or each.first > other.last for other in chosen):
            chosen.append(each)
    taken = {index for each in chosen for index in range(each.first, each.last + 1)}
    chosen = [_with_longer_names(each, words) if each.last + 1 not in taken else each for each in chosen]
    return tuple(sorted(chosen, key=lambda each: each.first))


def _with_longer_names(mention: Mention, words: Sequence[Word]) -> Mention:
    """Return a mention that may mean a longer name, too, where the word after it resembles the rest of one."""
    from rapidfuzz.distance import OSA

    following = _following(words, mention.last)
    if not following:
        return mention
    longer = [
        Reading("kelurahan", each.name, CUT)
        for name in mention.names("kelurahan")
        for each in KELURAHAN
        if each.name.startswith(f"{name} ")
        and OSA.normalized_similarity(following, each.name.removeprefix(f"{name} ").casefold()) >= RESEMBLES
    ]
    if longer:
        return replace(mention, readings=(*mention.readings, *longer))
    called_one = mention.phrase == "kelurahan" and mention.names("kelurahan")
    further = max(OSA.normalized_similarity(following, each) for each in _FURTHER) >= CLOSE_LABELLED
    return replace(mention, further=following) if called_one and further else mention


def _value(mention: Mention) -> float:
    return len(name_key(mention.text)) * (1 - 3 * (1 - mention.readings[0].similarity))


def _windows(words: Sequence[Word]) -> Iterator[Mention]:
    for first in range(len(words)):
        for last in range(first, min(first + LONGEST_NAME, len(words))):
            if words[last].segment != words[first].segment:
                break
            yield _mention(words, first, last)


def _mention(words: Sequence[Word], first: int, last: int) -> Mention:
    head = words[first]
    labelled: Phrase = head.phrase if head.first else "bare" if head.phrase in _LABELS else head.phrase
    text = " ".join(word.text for word in words[first : last + 1])
    strength = _strength(head, labelled, text)
    following = _following(words, last)
    if labelled == "bare" and following in _STREET_ENDS:
        strength = _WEAK
    readings = _readings(text, labelled, fuzzy=strength >= STRONG)
    return Mention(text, first, last, labelled, strength, readings)


def _following(words: Sequence[Word], last: int) -> str:
    """Return the word after `last` in its segment, empty where there is none."""
    after = words[last + 1] if last + 1 < len(words) else None
    return after.text if after is not None and after.segment == words[last].segment else ""


_LABELS: frozenset[Phrase] = frozenset({"kelurahan", "kecamatan", "region"})


def _strength(head: Word, labelled: Phrase, text: str) -> float:
    if labelled in ("street", "housing", "landmark"):
        trailing = TRAILING if " " in text else _TRAILING_WORD
        return trailing if head.own and labelled != "landmark" else _WEAK
    if labelled == "hamlet":
        return _WEAK if head.own == 0 and name_key(text) in _COMMON else _STRENGTH["hamlet"]
    return _STRENGTH[labelled] if head.first or head.phrase in _LABELS else WITHIN


@cache
def _readings(text: str, labelled: Phrase, *, fuzzy: bool) -> tuple[Reading, ...]:
    """Return what words may mean here, exact meanings alone where there are any."""
    key = name_key(text)
    if not key or key.isdigit() or key in _LOOKALIKES:
        return ()
    table = [entry for entry in _names() if _may_be(entry[1], entry[2], labelled)]
    found = tuple(Reading(kind, name, 1.0) for known, kind, name in table if known == key)
    if not found and fuzzy:
        found = _cut_short(text, labelled) or _close(key, table, labelled)
    as_labelled = tuple(reading for reading in found if reading.kind == labelled)
    return as_labelled if labelled == "kecamatan" and as_labelled else found


def _may_be(kind: Kind, name: str, labelled: Phrase) -> bool:
    """Whether a label admits a name; a kelurahan called a kecamatan is still one, and Kel. Serpong Utara is none."""
    if labelled == "kelurahan":
        return kind in ("kelurahan", "begun", "outside") or (kind == "kecamatan" and name in PARENTS)
    if labelled == "region":
        return kind == "outside"
    return not (labelled == "kecamatan" and kind in ("begun", "area"))


def _cut_short(text: str, labelled: Phrase) -> tuple[Reading, ...]:
    """Return the names whose words `text` gives, some of them cut short: Cemp. Putih."""
    words = text.split()
    if len(words) < 2 or not all(len(word) >= 3 for word in words):
        return ()
    names: list[tuple[Kind, str]] = [("kelurahan", each.name) for each in KELURAHAN]
    names += [("kecamatan", each) for each in KECAMATAN]
    fitting = [(kind, name) for kind, name in names if _may_be(kind, name, labelled) and _cut(words, _spaced(name))]
    return tuple(Reading(kind, name, CUT) for kind, name in fitting)


def _cut(words: Sequence[str], whole: Sequence[str]) -> bool:
    if len(words) != len(whole) or not all(full.startswith(word) for word, full in zip(words, whole, strict=True)):
        return False
    return any(word == full for word, full in zip(words, whole, strict=True))


def _spaced(name: str) -> list[str]:
    return name.replace("Jurangmangu", "Jurang Mangu").casefold().split()


def _close(key: str, table: Sequence[tuple[str, Kind, str]], labelled: Phrase) -> tuple[Reading, ...]:
    from rapidfuzz.distance import OSA

    least = CLOSE_LABELLED if labelled in ("kelurahan", "kecamatan") else CLOSE
    best: dict[tuple[Kind, str], float] = {}
    surest = 0.0
    for known, kind, name in table:
        if kind in ("outside", "area") or len(known) < 5:
            continue
        short = min(len(known), len(key)) <= 6
        needed = CLOSE_SHORT if short and labelled not in ("kelurahan", "kecamatan") else least
        similarity = OSA.normalized_similarity(key, known, score_cutoff=needed - TIE)
        if similarity > 0 and not (short and key[0] != known[0]):
            best[kind, name] = max(similarity, best.get((kind, name), 0.0))
            surest = max(surest, similarity if similarity >= needed else 0.0)
    order = sorted(best.items(), key=lambda item: -item[1])
    return tuple(Reading(kind, name, value) for (kind, name), value in order if surest and value >= surest - TIE)


@cache
def _names() -> tuple[tuple[str, Kind, str], ...]:
    """Return every known name as (key, kind, name)."""
    table: list[tuple[str, Kind, str]] = [(name_key(each.name), "kelurahan", each.name) for each in KELURAHAN]
    table += [(name_key(written), "kelurahan", _registered(meant)) for written, meant in ALSO_WRITTEN.items()]
    table += [(name_key(each), "kecamatan", each) for each in KECAMATAN]
    table += [(name_key(begun), "begun", name) for begun, names in _beginnings().items() for name in names]
    table += [(name_key(each), "area", each) for each in AREAS]
    table += [(name_key(each), "outside", where) for where, names in _NEIGHBOURS.items() for each in names.split(", ")]
    return tuple(table)


def _registered(plain: str) -> str:
    return next(each.name for each in KELURAHAN if each.name.casefold().replace(" ", "") == plain)


def _beginnings() -> dict[str, list[str]]:
    """Return the first words that several kelurahan share and that are no name of their own: Pondok Cabe."""
    shared: dict[str, list[str]] = {}
    for each in KELURAHAN:
        words = _spaced(each.name)
        for count in range(1, len(words)):
            shared.setdefault(" ".join(words[:count]), []).append(each.name)
    too_common = {each.name.casefold() for each in KELURAHAN} | {"pondok", "jurang"}
    return {begun: ends for begun, ends in shared.items() if len(ends) > 1 and begun not in too_common}

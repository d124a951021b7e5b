"""The words of an address: what stands beside the names, and the words that the names are made of.

Nothing here knows a place. A text becomes its parts (RT, RW, block, number, kilometre, postcode) and a list of
words, each with the phrase it stands in: after ``Kel.``, after ``Jl.``, after ``Perum``, after ``dekat``, or bare.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

Phrase = Literal["bare", "kelurahan", "kecamatan", "region", "street", "housing", "hamlet", "landmark"]
"""What a word stands in: bare, or after a word that says what follows."""

LONGEST = 500
"""Characters of a text that are looked at."""

_OPENERS: dict[Phrase, str] = {
    "kelurahan": "kel kelurahan ds desa",
    "kecamatan": "kec kecamatan",
    "region": "kota kodya kotamadya kab kabupaten prov provinsi propinsi",
    "street": "jl jln jalan gg gang lorong",
    "housing": (
        "perum perumahan komplek kompleks komp villa vila cluster klaster griya graha taman puri apartemen apartment "
        "apt ruko rukan rusun residence bukit permata pesona"
    ),
    "hamlet": "kp kampung kamp dusun",
    "landmark": (
        "pasar stasiun terminal kampus universitas uin rs rsud rsu rsia sd sdn smp smpn sma sman smk smkn mall masjid "
        "mesjid mushola musholla gereja kantor polsek polres puskesmas sekolah klinik spbu toko warung dekat dkt depan "
        "dpn belakang blkg samping seberang sebelah situ danau"
    ),
}
_OPENER: dict[str, Phrase] = {word: phrase for phrase, words in _OPENERS.items() for word in words.split()}
_ASIDE: frozenset[Phrase] = frozenset({"street", "housing", "hamlet", "landmark"})
"""Phrases whose words name something of their own, until a break or a label."""

_SHORT = {
    "pd": "pondok",
    "pdk": "pondok",
    "pnd": "pondok",
    "brt": "barat",
    "bar": "barat",
    "tim": "timur",
    "tmr": "timur",
    "tmur": "timur",
    "utr": "utara",
    "sel": "selatan",
    "kcg": "kacang",
    "gd": "gudang",
    "rw": "rawa",
    "tangsel": "tangerang selatan",
    "serut": "serpong utara",
    "ciptim": "ciputat timur",
    "jurbar": "jurangmangu barat",
    "jurtim": "jurangmangu timur",
    "pambar": "pamulang barat",
    "pamtim": "pamulang timur",
    "jkt": "jakarta",
    "jaksel": "jakarta selatan",
    "jakbar": "jakarta barat",
    "jaktim": "jakarta timur",
    "jakpus": "jakarta pusat",
    "jakut": "jakarta utara",
}
"""Short forms of the words that names are made of. ``RW`` before a number is gone before this is looked at."""

_GENERIC_WORDS = "raya dalam besar baru lama utama permai indah asri jaya taman desa kampung no"
_GENERIC = frozenset(_GENERIC_WORDS.split())
"""Words of a street's or an estate's name that do not keep a place's name from being its own: Jl. Raya Serpong."""

_NUMBER_WORD = r"(?:no|nomor|nomer|nmr)"
_PARTS = {
    "rt_rw": re.compile(r"\brt\s*/\s*rw[\s.:]*(?P<rt>\d{1,3})\s*[/-]\s*(?P<rw>\d{1,3})\b"),
    "rt_and_rw": re.compile(r"\brt[\s.:]*(?P<rt>\d{1,3})\s*[/,-]?\s*(?:rw[\s.:]*)(?P<rw>\d{1,3})\b"),
    "rt_slash": re.compile(r"\brt[\s.:]*(?P<rt>\d{1,3})\s*[/-]\s*(?P<rw>\d{1,3})\b"),
    "rt": re.compile(r"\brt[\s.:]*(?P<rt>\d{1,3})\b"),
    "rw": re.compile(r"\brw[\s.:]*(?P<rw>\d{1,3})\b"),
    "km": re.compile(r"\bkm[\s.:]*(?P<km>\d{1,3}(?:[.,]\d)?)\b"),
    "block": re.compile(
        r"\bblo[ck]k?\b[\s.:]*(?P<block>(?:[ivx]{1,4}\s(?=[a-z]))?(?:[a-z]{1,3}\b\s?\d*|[a-z]{0,3}\d+[a-z]?)(?:[./-]\w{1,4})*)"
    ),
    "number": re.compile(rf"\b{_NUMBER_WORD}\b[\s.:]*(?P<number>\d{{1,4}}[a-z]?(?:[/-]\w{{1,4}})?)\b"),
    "postcode": re.compile(r"\b(?P<postcode>\d{5})\b(?![-.,]?\d)"),
}
_TOKEN = re.compile(r"[a-z0-9]+|[,;:\n()/|]|\s[-\u2013\u2014]\s")


@dataclass(frozen=True)
class AddressParts:
    """What an address says beside the names of places; empty where it says nothing.

    Attributes
    ----------
    rt, rw
        Numbers of the neighbourhood, without leading zeros.
    block, number
        Within an estate or a street.
    km
        Kilometre post of a long road.
    postcode
        Five digits.
    streets
        Names after ``Jl.``, ``Gg.`` and the like, as written, without them.
    """

    rt: str = ""
    rw: str = ""
    block: str = ""
    number: str = ""
    km: str = ""
    postcode: str = ""
    streets: tuple[str, ...] = ()


@dataclass(frozen=True)
class Word:
    """A word of an address.

    Attributes
    ----------
    text
        Lower case, short forms written out.
    phrase
        What it stands in.
    own
        How many words of the phrase stand before it that are not generic: none right after ``Jl. Raya``.
    segment
        Number of the stretch between breaks (commas, numbers, labels) that it stands in.
    first
        Whether it is the first of its phrase.
    """

    text: str
    phrase: Phrase
    own: int
    segment: int
    first: bool


def read_words(text: str) -> tuple[AddressParts, tuple[Word, ...]]:
    """Return the parts of an address and its words."""
    plain = unicodedata.normalize("NFKD", text[:LONGEST]).encode("ascii", "ignore").decode().casefold()
    plain = plain.replace("'", "").replace("`", "")
    found: dict[str, str] = {}
    for pattern in _PARTS.values():
        match = pattern.search(plain)
        if match is not None:
            for name, value in match.groupdict().items():
                found.setdefault(name, value.strip().upper().lstrip("0") if name in ("rt", "rw") else value.strip())
        plain = pattern.sub(" , ", plain)
    words = tuple(_words(plain))
    return AddressParts(**found, streets=tuple(_streets(words))), words


def _words(plain: str) -> Iterator[Word]:
    phrase: Phrase = "bare"
    own, segment, first = 0, 0, True
    for written in _TOKEN.findall(plain):
        opened = _opens(written, phrase)
        if not written[0].isalnum() or opened is not None:
            # A colon belongs to its label: "Kel: Buaran".
            if written == ":" and first:
                continue
            phrase, own, segment, first = opened or "bare", 0, segment + 1, True
            continue
        if written.isdigit() and phrase in _ASIDE and own:
            # The number of the house or of the street ends its name.
            yield Word(written, phrase, own, segment, False)
            phrase, own, segment, first = "bare", 0, segment + 1, True
            continue
        for each in _SHORT.get(written, _modern(written)).split():
            yield Word(each, phrase, own, segment, first)
            own += each not in _GENERIC
            first = False


def _opens(token: str, phrase: Phrase) -> Phrase | None:
    """Return the phrase that `token` opens here; an estate or a landmark within a street's name opens none."""
    opened = _OPENER.get(token)
    if opened in ("housing", "landmark", "hamlet") and phrase in ("street", "housing", "hamlet", "kelurahan"):
        return None
    return opened


def _modern(token: str) -> str:
    """Return a word of the spelling before 1972 in today's; only ``tj``, ``dj`` and ``oe`` tell of it."""
    if "tj" in token or "dj" in token:
        token = token.replace("tj", "\0").replace("dj", "\1").replace("j", "y").replace("\0", "c").replace("\1", "j")
    return token.replace("oe", "u") if token.startswith("oe") or token.endswith("oe") else token


def _streets(words: tuple[Word, ...]) -> Iterator[str]:
    stretches: dict[int, list[str]] = {}
    for word in words:
        if word.phrase == "street":
            stretches.setdefault(word.segment, []).append(word.text)
    yield from (" ".join(stretch) for stretch in stretches.values())


def name_key(text: str) -> str:
    """Return what two spellings of a name have in common: letters and digits, doubled letters once."""
    letters = "".join(letter for letter in text.casefold() if letter.isalnum())
    return re.sub(r"([a-z])\1+", r"\1", letters)

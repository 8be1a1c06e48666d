"""The fourteen components of a service standard in structured form, without Django.

Six belong to the delivery of the service and must be published, eight to its making
(PermenPANRB 15/2014). Their codes are those of the checklist `standar-pelayanan/uu-25-2009`, so
that completeness is that instrument's figure and nothing of our own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from scoring.text import Text

DELIVERY = {
    "persyaratan": Text("Persyaratan", "Requirements"),
    "prosedur": Text("Sistem, mekanisme, dan prosedur", "Procedure"),
    "jangka-waktu": Text("Jangka waktu penyelesaian", "Completion time"),
    "biaya": Text("Biaya/tarif", "Fee"),
    "produk": Text("Produk pelayanan", "Product of the service"),
    "pengaduan": Text("Penanganan pengaduan, saran, dan masukan", "Complaints and suggestions"),
}
MAKING = {
    "dasar-hukum": Text("Dasar hukum", "Legal basis"),
    "sarana": Text("Sarana, prasarana, dan/atau fasilitas", "Facilities"),
    "kompetensi": Text("Kompetensi pelaksana", "Competence of the staff"),
    "pengawasan": Text("Pengawasan internal", "Internal supervision"),
    "jumlah-pelaksana": Text("Jumlah pelaksana", "Number of staff"),
    "jaminan-pelayanan": Text("Jaminan pelayanan", "Service guarantee"),
    "jaminan-keamanan": Text("Jaminan keamanan dan keselamatan", "Guarantee of safety"),
    "evaluasi-kinerja": Text("Evaluasi kinerja pelaksana", "Evaluation of the staff"),
}
TITLES = DELIVERY | MAKING
"""Every component by its code, in the order of a decree's annex."""
LISTS = (
    "persyaratan", "dasar-hukum", "sarana", "kompetensi", "pengawasan", "jaminan-pelayanan",
    "jaminan-keamanan", "evaluasi-kinerja",
)  # fmt: skip
"""The components that are plain lists of sentences."""
LONGEST_LINE, MOST_LINES, LARGEST = 500, 60, 10**12


class TimeUnit(StrEnum):
    MINUTES = "minutes"
    HOURS = "hours"
    WORKDAYS = "workdays"
    DAYS = "days"


UNITS = {
    TimeUnit.MINUTES: Text("menit", "minutes"),
    TimeUnit.HOURS: Text("jam", "hours"),
    TimeUnit.WORKDAYS: Text("hari kerja", "working days"),
    TimeUnit.DAYS: Text("hari kalender", "calendar days"),
}


class Malformed(ValueError):
    """Data that is no standard: what is wrong, and in which component."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(f"{TITLES[code].id}: {sentence}" if code in TITLES else sentence)
        self.code, self.sentence = code, sentence


@dataclass(frozen=True, slots=True)
class Span:
    """A time: how many, of what; `note` says from when it counts."""

    amount: int
    unit: TimeUnit
    note: str = ""

    def written(self, language: str = "id") -> str:
        told = f"{self.amount} {UNITS[self.unit].in_language(language)}"
        return f"{told}, {self.note}" if self.note else told


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the procedure: what happens, who does it, how long it takes."""

    step: str
    who: str = ""
    span: Span | None = None


@dataclass(frozen=True, slots=True)
class Fee:
    item: str
    amount: int
    """In rupiah."""

    @property
    def written(self) -> str:
        return rupiah(self.amount)


@dataclass(frozen=True, slots=True)
class Fees:
    """Free, or a table; `free` is None while nobody has said it."""

    free: bool | None = None
    rows: tuple[Fee, ...] = ()
    basis: str = ""

    @property
    def is_known(self) -> bool:
        return self.free is True or bool(self.rows)


@dataclass(frozen=True, slots=True)
class Channel:
    channel: str
    address: str = ""


@dataclass(frozen=True, slots=True)
class Staff:
    """How many work on it, and how many the workload analysis (ABK) asks for."""

    number: int | None = None
    needed: int | None = None
    note: str = ""

    @property
    def short(self) -> int:
        """How many are missing; 0 where one of the two is not known."""
        if self.number is None or self.needed is None:
            return 0
        return max(self.needed - self.number, 0)


@dataclass(frozen=True)
class Components:
    """One standard. What is empty is not there yet."""

    lists: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    procedure: tuple[Step, ...] = ()
    time: Span | None = None
    fees: Fees = Fees()
    product: str = ""
    complaints: tuple[Channel, ...] = ()
    staff: Staff = Staff()

    @classmethod
    def read(cls, data: Mapping[str, Any]) -> Components:
        """From what is kept or imported. Raises Malformed for what is no standard."""
        if unknown := set(data) - set(TITLES):
            raise Malformed("", f"Komponen “{sorted(unknown)[0]}” tidak dikenal.")
        return cls(
            lists={code: _lines(code, data.get(code, ())) for code in LISTS},
            procedure=tuple(_step(row) for row in _rows("prosedur", data.get("prosedur"))),
            time=_span("jangka-waktu", data.get("jangka-waktu")),
            fees=_fees(data.get("biaya")),
            product=_text("produk", data.get("produk", "")),
            complaints=tuple(
                Channel(
                    _text("pengaduan", row.get("channel", "")),
                    _text("pengaduan", row.get("address", "")),
                )
                for row in _rows("pengaduan", data.get("pengaduan"))
            ),
            staff=_staff(data.get("jumlah-pelaksana")),
        )

    def data(self) -> dict[str, Any]:
        """As it is kept, exported and published: plain lists, dicts, texts and whole numbers."""
        told: dict[str, Any] = {code: list(self.lists.get(code, ())) for code in LISTS}
        told["prosedur"] = [
            {"step": one.step, "who": one.who, **_spanned(one.span)} for one in self.procedure
        ]
        told["jangka-waktu"] = (
            {**_spanned(self.time), "note": self.time.note} if self.time else None
        )
        told["biaya"] = {
            "free": self.fees.free,
            "rows": [{"item": row.item, "amount": row.amount} for row in self.fees.rows],
            "basis": self.fees.basis,
        }
        told["produk"] = self.product
        told["pengaduan"] = [
            {"channel": one.channel, "address": one.address} for one in self.complaints
        ]
        told["jumlah-pelaksana"] = {
            "number": self.staff.number,
            "needed": self.staff.needed,
            "note": self.staff.note,
        }
        return {code: told[code] for code in TITLES}

    def has(self, code: str) -> bool:
        """Whether a component says anything."""
        match code:
            case "prosedur":
                return bool(self.procedure)
            case "jangka-waktu":
                return self.time is not None
            case "biaya":
                return self.fees.is_known
            case "produk":
                return bool(self.product)
            case "pengaduan":
                return bool(self.complaints)
            case "jumlah-pelaksana":
                return self.staff.number is not None
        return bool(self.lists.get(code))

    @property
    def missing(self) -> tuple[str, ...]:
        return tuple(code for code in TITLES if not self.has(code))

    def lines(self, code: str, language: str = "id") -> tuple[str, ...]:
        """A component as sentences, for papers, comparison and open data."""
        match code:
            case "prosedur":
                return tuple(_step_written(one, language) for one in self.procedure)
            case "jangka-waktu":
                return (self.time.written(language),) if self.time else ()
            case "biaya":
                return _fees_written(self.fees, language)
            case "produk":
                return (self.product,) if self.product else ()
            case "pengaduan":
                return tuple(
                    f"{one.channel}: {one.address}" if one.address else one.channel
                    for one in self.complaints
                )
            case "jumlah-pelaksana":
                return _staff_written(self.staff, language)
        return self.lists.get(code, ())


def rupiah(amount: int) -> str:
    """`Rp50.000`"""
    return f"Rp{amount:,}".replace(",", ".")


def _spanned(span: Span | None) -> dict[str, Any]:
    return {
        "amount": span.amount if span else None,
        "unit": span.unit.value if span else "",
    }


def _step_written(step: Step, language: str) -> str:
    more = [part for part in (step.who, step.span.written(language) if step.span else "") if part]
    return f"{step.step} ({', '.join(more)})" if more else step.step


def _fees_written(fees: Fees, language: str) -> tuple[str, ...]:
    if not fees.is_known:
        return ()
    told = charges(fees, language)
    if not fees.basis:
        return told
    basis = f"{Text('Dasar', 'Basis').in_language(language)}: {fees.basis}"
    return (*told, basis) if fees.rows else (f"{told[0]}. {basis}",)


def charges(fees: Fees, language: str = "id") -> tuple[str, ...]:
    """What a citizen pays, without the rule that it rests on."""
    if not fees.is_known:
        return ()
    rows = tuple(f"{row.item}: {row.written}" for row in fees.rows)
    return rows or (Text("Gratis", "Free").in_language(language),)


def _staff_written(staff: Staff, language: str) -> tuple[str, ...]:
    if staff.number is None:
        return ()
    told = f"{staff.number} {Text('orang', 'people').in_language(language)}"
    return (f"{told}. {staff.note}" if staff.note else told,)


# ---- Reading -------------------------------------------------------------------------------------


def _text(code: str, value: Any) -> str:
    if value is None:
        return ""
    if not isinstance(value, str):
        raise Malformed(code, "seharusnya teks.")
    text = " ".join(value.split())
    if len(text) > LONGEST_LINE:
        raise Malformed(code, f"satu baris paling panjang {LONGEST_LINE} karakter.")
    return text


def _lines(code: str, value: Any) -> tuple[str, ...]:
    if isinstance(value, str):
        value = value.splitlines()
    if not isinstance(value, Sequence):
        raise Malformed(code, "seharusnya daftar kalimat.")
    lines = tuple(text for one in value if (text := _text(code, one)))
    if len(lines) > MOST_LINES:
        raise Malformed(code, f"paling banyak {MOST_LINES} baris.")
    return lines


def _rows(code: str, value: Any) -> list[Mapping[str, Any]]:
    rows = [] if value is None else value
    if not isinstance(rows, list) or not all(isinstance(row, Mapping) for row in rows):
        raise Malformed(code, "seharusnya daftar baris.")
    if len(rows) > MOST_LINES:
        raise Malformed(code, f"paling banyak {MOST_LINES} baris.")
    return rows


def _count(code: str, value: Any, least: int = 0) -> int | None:
    if value is None or value == "":
        return None
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= LARGEST:
        raise Malformed(code, f"“{value}” bukan bilangan bulat mulai {least}.")
    return value


def _span(code: str, value: Any) -> Span | None:
    if not value:
        return None
    if not isinstance(value, Mapping):
        raise Malformed(code, "seharusnya jumlah dan satuannya.")
    amount, unit = _count(code, value.get("amount"), 1), value.get("unit") or ""
    if amount is None:
        return None
    if unit not in set(TimeUnit):
        raise Malformed(code, "pilih satuannya: menit, jam, hari kerja, atau hari kalender.")
    return Span(amount, TimeUnit(unit), _text(code, value.get("note", "")))


def _step(row: Mapping[str, Any]) -> Step:
    text = _text("prosedur", row.get("step", ""))
    if not text:
        raise Malformed("prosedur", "ada langkah tanpa uraian.")
    return Step(text, _text("prosedur", row.get("who", "")), _span("prosedur", row))


def _fees(value: Any) -> Fees:
    if not value:
        return Fees()
    if not isinstance(value, Mapping) or value.get("free") not in (True, False, None):
        raise Malformed("biaya", "seharusnya gratis, atau tabel tarif.")
    rows = []
    for row in _rows("biaya", value.get("rows")):
        item, amount = _text("biaya", row.get("item", "")), _count("biaya", row.get("amount"))
        if not item or amount is None:
            raise Malformed("biaya", "setiap tarif memerlukan nama dan jumlah rupiahnya.")
        rows.append(Fee(item, amount))
    free = value.get("free")
    if free and rows:
        raise Malformed("biaya", "tertulis gratis, tetapi ada tabel tarif. Pilih salah satu.")
    return Fees(free, tuple(rows), _text("biaya", value.get("basis", "")))


def _staff(value: Any) -> Staff:
    if not value:
        return Staff()
    if not isinstance(value, Mapping):
        raise Malformed("jumlah-pelaksana", "seharusnya jumlah orang.")
    code = "jumlah-pelaksana"
    return Staff(
        _count(code, value.get("number")),
        _count(code, value.get("needed")),
        _text(code, value.get("note", "")),
    )

"""Finding a service by the words that people use.

Pure Python and no dependency: an index of stems, built once, that forgives affixes, synonyms,
unfinished words and typing errors. What it knows of language is data, in `everyday.yaml`.

The stemmer is our own and light. PySastrawi carries a dictionary under a licence that forbids
commercial use; Snowball's Indonesian, without a dictionary, takes `penerbitan` to `erbit` and
`terbit` to `terbit`, which is the pair that matters most here. Ours restores the letter that a
prefix swallowed, and the exceptions of administrative language stand in `everyday.yaml`.
"""

from __future__ import annotations

import math
import re
import unicodedata
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from heapq import nsmallest
from pathlib import Path

import yaml

LONGEST_QUESTION = 200
"""Characters of a question that are read: what comes after is a story."""

MOST_WORDS = 24
"""Words of a question that count, so that many short ones cost no more than others."""

WEIGHTS = {"name": 4.0, "everyday": 4.0, "product": 2.0, "about": 1.2, "unit": 0.8, "needs": 0.3}
"""What a word weighs by where it stands; a requirement the least (all ask for a KTP)."""

SATURATION = 1.2
"""As k in BM25: a word of this weight has half its full worth."""

LIGHT, NEARBY, GUESSED = 0.25, 0.5, 0.8
"""What counts less than a word as it was typed: a doing word, a related one, a mended one."""

THE_ACT = "@act"
"""The one term of all doing words: that a thing is given is true of nearly all."""

MOST_DEMANDED, MOST_STRANGE, STRANGE = 3, 2, 0.6
"""So many known words of a question must be found for a full score; so many that no service has
are held against it, each with this share of the rarest known one."""

FEWEST, STRONG = 0.35, 0.5
"""A hit has at least this share of the question's worth, and of that of the best hit."""

LOOK_ALIKES = 200
"""How many words that share most letters are compared with a mistyped one."""

CANDIDATES = 60
"""How many of the best are looked at as phrases."""

WORD = re.compile(r"[a-z]+|\d+")
VOWELS = frozenset("aiueo")


@dataclass(frozen=True, slots=True)
class Entry:
    """A service, as far as its search is concerned."""

    key: int
    name: str
    everyday: tuple[str, ...]
    product: str
    about: str
    unit: str
    requirements: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Hit:
    """A service that fits; the score lies above 0 and grows with the fit."""

    key: int
    score: float


@dataclass(frozen=True, slots=True)
class Found:
    """What was found; the question as it was read when its spelling was mended, else "";
    and, when nothing fits, names and words that could be meant."""

    hits: tuple[Hit, ...]
    corrected: str
    near: tuple[str, ...]


_DATA = yaml.safe_load(Path(__file__).with_name("everyday.yaml").read_text(encoding="utf-8"))
FILLER = frozenset(_DATA["filler"].split())
ACTS = frozenset(_DATA["acts"].split())
PLACES = frozenset(_DATA["places"].split())
ROOTS = frozenset((_DATA["roots"] + " " + _DATA["whole"]).split())


# ---- Words ---------------------------------------------------------------------------------------


def words(text: str) -> list[str]:
    """Words and numbers in small letters without accents; a lone letter is none (e-KTP is KTP)."""
    plain = unicodedata.normalize("NFKD", text).lower()
    plain = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return [word for word in WORD.findall(plain) if len(word) > 1 or word.isdigit()]


def _is_root(word: str) -> bool:
    """Long enough for a root: three letters and two syllables, or known to be one."""
    return (len(word) >= 3 and sum(c in VOWELS for c in word) >= 2) or word in ROOTS


NASALS = (
    # The prefix, and what it may have swallowed before a vowel; the first is the rule.
    ("meny", "sc"), ("peny", "sc"), ("meng", " k"), ("peng", " k"), ("mem", "pm"), ("pem", "pm"),
    ("men", "tn"), ("pen", "tn"), ("per", " r"), ("ber", " r"), ("ter", " r"),
)  # fmt: skip
PLAIN = ("me", "pe", "di")
POSSESSIVE = ("nya", "na")  # the second is Sundanese, as is -keun below
SPOKEN = (("nge", " k"), ("ng", " k"), ("ny", "sc"))


def _without_prefix(word: str) -> str:
    """One prefix less, the swallowed letter restored; the word itself when it has none."""
    for prefix, swallowed in (*NASALS, *SPOKEN):
        if not word.startswith(prefix):
            continue
        rest = word[len(prefix) :]
        if prefix in ("meng", "peng") and rest[:1] == "e" and rest[1:] in ROOTS:
            return rest[1:]  # penge-sah-an: a root of one syllable
        if rest[:1] in VOWELS:
            several = [(letter + rest).strip() for letter in swallowed]
            known = [root for root in several if root in ROOTS]
            rest = known[0] if known else several[0]
        if _is_root(rest):
            return rest
    for prefix in PLAIN:
        if word.startswith(prefix) and _is_root(rest := word[len(prefix) :]):
            return rest
    return word


@lru_cache(maxsize=30_000)
def stem(word: str) -> str:
    """The root of an Indonesian word, near enough that forms of one word meet.

    penerbitan, diterbitkan, terbit: terbit. A wrong root does no harm while it is wrong in the same
    way everywhere, and while it is not the root of another word.
    """
    if len(word) < 4 or word in ROOTS or word.isdigit():
        return word
    for suffix in POSSESSIVE:
        rest = word.removesuffix(suffix)
        if rest != word and (_is_root(rest) or (len(rest) > 1 and not VOWELS & set(rest))):
            word = rest  # also of an abbreviation: ktpnya
            break
    if word in ROOTS:
        return word
    nominal = word.startswith(("pe", "ke"))
    verbal = word.startswith(("me", "di", "ng", "ny"))
    for suffix in ("keun", "kan", "an", "in", "i"):
        rest = word[: -len(suffix)]
        if not word.endswith(suffix) or not _is_root(rest):
            continue
        if suffix == "kan" and (nominal or rest + "k" in ROOTS):
            continue  # pendidik-an, not pendidi-kan
        spoken = suffix == "in" and len(rest) > 4
        if suffix in ("in", "i") and not (verbal or spoken or rest in ROOTS or rest in ACTS):
            continue  # bikin-in is spoken, but mesin has no suffix
        if suffix == "an" and word.startswith("ke") and _is_root(rest[2:]):
            rest = rest[2:]  # ke- is a prefix only together with -an
        word = rest
        break
    for _ in range(2):
        if word in ROOTS:
            break
        word = _without_prefix(word)
    return word


def stems(spelled: Sequence[str]) -> tuple[str, ...]:
    return tuple(map(stem, spelled))


def _phrases() -> dict[tuple[str, ...], str]:
    """Stems of each way to say a thing: the one name for it, its first way."""
    found: dict[tuple[str, ...], str] = {}
    for first, *others in _DATA["same"]:
        name = "".join(stems(words(first)))
        for phrase in (first, *others):
            found.setdefault(stems(words(phrase)), name)
    return found


PHRASES = _phrases()
LONGEST_PHRASE = max(map(len, PHRASES))
ACT_STEMS = frozenset(map(stem, ACTS))


def _term(word: str) -> str:
    """The term of one word: of all doing words the same."""
    root = stem(word)
    return THE_ACT if root in ACT_STEMS else PHRASES.get((root,), root)


AKIN = {_term(word): tuple(map(_term, others)) for word, others in _DATA["akin"].items()}
SPELLINGS = frozenset(
    word
    for text in (
        _DATA["filler"], _DATA["acts"], *_DATA["akin"],
        *(way for ways in _DATA["same"] for way in ways),
    )
    for word in words(text)
    if len(word) > 2
)  # fmt: skip
"""Every word of the file: a typing error may have been meant for one of them."""


def _named(chain: Sequence[str]) -> Iterator[tuple[int, int, str]]:
    """The longest known phrases, from the left: where each begins, where it ends, its one name."""
    at = 0
    while at < len(chain):
        for end in range(min(len(chain), at + LONGEST_PHRASE), at, -1):
            if name := PHRASES.get(tuple(chain[at:end])):
                yield at, end, name
                at = end
                break
        else:
            at += 1


@lru_cache(maxsize=4_000)
def terms_of(text: str) -> tuple[str, ...]:
    """The terms of a text of a service: its stems without filler, and the names of its phrases."""
    spelled = words(text)
    chain = stems(spelled)
    found = [
        THE_ACT if root in ACT_STEMS else root
        for word, root in zip(spelled, chain, strict=True)
        if word not in FILLER
    ]
    found += [name for at, end, name in _named(chain) if (name,) != chain[at:end]]
    return tuple(found)


# ---- Spelling ------------------------------------------------------------------------------------


KEYS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
ALIKE = "aiueo fpvb kqgc dt szcx gj iy wu nm lr"
"""Letters that are taken for one another by ear; neighbours on the keys are so by the thumb."""


def _close() -> frozenset[str]:
    found = {a + b for group in ALIKE.split() for a in group for b in group}
    for row, below in zip(KEYS, (*KEYS[1:], ""), strict=True):
        for at, key in enumerate(row):
            for other in (*row[at + 1 : at + 2], *below[max(at - 1, 0) : at + 1]):
                found |= {key + other, other + key}
    return frozenset(found)


CLOSE = _close()


def slips(a: str, b: str, most: int) -> int:
    """Letters wrong, missing, too many or swapped with their neighbour; `most + 1` when more.

    A letter for one that is neither near it nor sounds like it counts twice: pesawat (aeroplane) is
    no slip of perawat (nurse).
    """
    if abs(len(a) - len(b)) > most:
        return most + 1
    before: list[int] = []
    row = list(range(len(b) + 1))
    for i, letter in enumerate(a, 1):
        older, before = before, row
        row = [i]
        for j, other in enumerate(b, 1):
            changed = 0 if letter == other else 1 if letter + other in CLOSE else 2
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + changed)
            if i > 1 and j > 1 and letter == b[j - 2] and a[i - 2] == other:
                cost = min(cost, older[j - 2] + 1)
            row.append(cost)
        if min(row) > most and min(before) >= most:
            return most + 1
    return row[-1]


def _pairs(word: str) -> set[str]:
    marked = f"^{word}$"
    return {marked[i : i + 2] for i in range(len(marked) - 1)}


class Spelling:
    """The words that are known, and the nearest of them to one that is not."""

    def __init__(self, known: dict[str, int]) -> None:
        """`known`: how often each word stands in the services."""
        self.known = known
        self.ordered = sorted(known)
        by_pair: defaultdict[str, list[int]] = defaultdict(list)
        for at, word in enumerate(self.ordered):
            for pair in sorted(_pairs(word)):
                by_pair[pair].append(at)
        self._by_pair = {pair: tuple(found) for pair, found in by_pair.items()}

    def beginning_with(self, start: str, most: int) -> list[str]:
        """Known words that begin so: the frequent first, at most so many."""
        at = bisect_left(self.ordered, start)
        found = []
        while at < len(self.ordered) and self.ordered[at].startswith(start):
            found.append(self.ordered[at])
            at += 1
        return sorted(found, key=lambda word: (-self.known[word], word))[:most]

    def nearest(self, word: str, most: int | None = None) -> list[str]:
        """Known words at the least distance that is forgiven; none when all are too far."""
        if most is None:
            most = 0 if len(word) < 3 else 1 if len(word) < 8 else 2
        if not most or len(word) > 25:
            return []
        pairs = _pairs(word)
        shared: Counter[int] = Counter()
        for pair in pairs:
            shared.update(self._by_pair.get(pair, ()))
        # A slip spoils at most two pairs, a swap three.
        needed = max(1, len(pairs) - 3 * most)
        likely = [(-count, at) for at, count in shared.items() if count >= needed]
        best: list[tuple[int, bool, int, str]] = []
        limit = most
        for _, at in nsmallest(LOOK_ALIKES, likely):
            other = self.ordered[at]
            if abs(len(other) - len(word)) > limit or not self._forgiven(word, other):
                continue
            distance = slips(word, other, limit)
            if distance <= limit:
                limit = distance
                best.append((distance, word[0] != other[0], -self.known[other], other))
        best.sort()
        return [row[3] for row in best if row[:2] == best[0][:2]][:3]

    @staticmethod
    def _forgiven(word: str, other: str) -> bool:
        """Of three letters only a swap (kpt for ktp) or a doubled one; else hardly the first."""
        if len(word) <= 3 or len(other) <= 3:
            return sorted(word) == sorted(other) or (len(word) == 4 and set(word) == set(other))
        return word[0] == other[0] or word[1::-1] == other[:2] or len(word) > 7

    def split(self, word: str) -> tuple[str, str] | None:
        """Two known words written as one (aktalahir), the longest first one."""
        for at in range(len(word) - 2, 1, -1):
            if (
                word[:at] in self.known
                and word[at:] in self.known
                and (len(word) > 5 and min(at, len(word) - at) > 1)
            ):
                return word[:at], word[at:]
        return None


# ---- The index -----------------------------------------------------------------------------------


@dataclass(slots=True)
class Asked:
    """One thing that was asked for: terms of which any will do, and what each is worth."""

    ways: dict[str, float]
    weight: float = 1.0
    either: bool = False
    """No way is rarer than another: a word that is not finished yet."""


class Index:
    """All services of a portal, ready to be searched. Built once; nothing in it changes."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self._entries = tuple(entries)
        self._phrases: list[tuple[frozenset[str], ...]] = []
        postings: defaultdict[str, list[tuple[int, float]]] = defaultdict(list)
        spelled: Counter[str] = Counter()
        for at, entry in enumerate(self._entries):
            weight: defaultdict[str, float] = defaultdict(float)
            for field, texts in (
                ("name", (entry.name,)),
                ("everyday", entry.everyday),
                ("product", (entry.product,)),
                ("about", (entry.about,)),
                ("unit", (entry.unit,)),
                ("needs", entry.requirements),
            ):
                terms = {term for text in texts for term in terms_of(text)}
                for term in terms:
                    weight[term] += WEIGHTS[field]
                for text in texts:
                    spelled.update(set(words(text)))
            for term, total in weight.items():
                postings[term].append((at, total / (total + SATURATION)))
            phrases = {frozenset(terms_of(text)) for text in (entry.name, *entry.everyday)}
            self._phrases.append(tuple(sorted(phrases - {frozenset()}, key=sorted)))
        self._postings = {term: tuple(found) for term, found in postings.items()}
        self._rarity = {term: self._rarity_of(len(found)) for term, found in self._postings.items()}
        known = dict.fromkeys(SPELLINGS, 0)
        known.update((word, n) for word, n in spelled.items() if len(word) > 2)
        self._spelling = Spelling(known)

    def find(self, question: str, limit: int = 20) -> Found:
        """The services that fit, the best first; the same question has always the same answer."""
        read = question[:LONGEST_QUESTION]
        spelled = words(read)[:MOST_WORDS]
        typing = bool(spelled) and not read[-1:].isspace()
        mended, guesses, unfinished = self._mended(spelled, typing)
        asked = self._asked(mended, guesses, unfinished)
        corrected = " ".join(mended) if mended != spelled else ""
        scored = self._scored(asked)
        hits = [Hit(self._entries[at].key, round(score, 6)) for score, at in scored[:limit]]
        near = () if hits else self._near(spelled, asked)
        return Found(tuple(hits), corrected if hits else "", near)

    def _rarity_of(self, services: int) -> float:
        """What a word is worth that stands in so many services, as in BM25."""
        return math.log(1 + (len(self._entries) - services + 0.5) / (services + 0.5))

    # -- Reading the question

    def _knows(self, word: str) -> bool:
        root = stem(word)
        return (
            word.isdigit()
            or word in PLACES
            or word in self._spelling.known
            or root in self._postings
            or (root,) in PHRASES
            or root in ACT_STEMS
        )

    def _mended(
        self, spelled: list[str], typing: bool
    ) -> tuple[list[str], set[str], tuple[str, ...]]:
        """The words with typing errors mended, which of them are so, and how the last goes on."""
        mended: list[str] = []
        guesses: set[str] = set()
        unfinished: tuple[str, ...] = ()
        for at, word in enumerate(spelled):
            last = typing and at == len(spelled) - 1
            if self._knows(word):
                mended.append(word)
            elif last and (longer := self._spelling.beginning_with(word, 30)):
                unfinished = tuple(longer)
                mended.append(word)
            elif nearest := self._spelling.nearest(word):
                mended.append(nearest[0])
                guesses.add(nearest[0])
            elif two := self._spelling.split(word):
                mended.extend(two)
            elif len(word) > 3 and (longer := self._spelling.beginning_with(word, 1)):
                mended.append(longer[0])
                guesses.add(longer[0])
            else:
                mended.append(word)
        return mended, guesses, unfinished

    def _asked(
        self, mended: list[str], guesses: set[str], unfinished: tuple[str, ...]
    ) -> list[Asked]:
        """What is asked for: synonyms under their one name, filler gone, doing words made light."""
        chain = stems(mended)
        named = {at: (end, name) for at, end, name in _named(chain)}
        found: dict[str, Asked] = {}
        at = 0
        while at < len(chain):
            end, term = named.get(at, (at + 1, chain[at]))
            word, alone, last = mended[at], at not in named, end == len(chain)
            at = end
            if last and unfinished:
                ways = dict.fromkeys(sorted(set(map(_term, unfinished))), 1.0)
                found[word] = Asked(ways, either=True)
            elif alone and (word in FILLER or self._is_a_detail(word)):
                continue
            elif term in ACT_STEMS:
                found[THE_ACT] = Asked({THE_ACT: 1.0}, LIGHT)
            else:
                sure = GUESSED if word in guesses else 1.0
                ways = {term: sure}
                for other in AKIN.get(term, ()):
                    ways.setdefault(other, sure * NEARBY)
                found.setdefault(term, Asked(ways))
        return list(found.values())

    def _is_a_detail(self, word: str) -> bool:
        """A number or a place that no service speaks of: no reason to doubt the other words."""
        return (word.isdigit() or word in PLACES) and stem(word) not in self._postings

    # -- Weighing

    def _gains(self, asked: Asked) -> tuple[dict[int, float], float]:
        """What each service gains by one thing that was asked for, and the most there is to gain:
        nothing, when no service has it."""
        known = {term: found for term in asked.ways if (found := self._postings.get(term))}
        if not known:
            return {}, 0.0
        if asked.either:
            served = {at for found in known.values() for at, _ in found}
            rarity = dict.fromkeys(known, self._rarity_of(len(served)))
        else:
            rarity = {term: self._rarity[term] for term in known}
        best: dict[int, float] = {}
        for term, found in known.items():
            gain = rarity[term] * asked.ways[term] * asked.weight
            for at, worth in found:
                if gain * worth > best.get(at, 0.0):
                    best[at] = gain * worth
        return best, asked.weight * max(
            rarity[term] * (NEARBY if asked.ways[term] <= NEARBY else 1.0) for term in known
        )

    def _scored(self, asked: list[Asked]) -> list[tuple[float, int]]:
        scores: defaultdict[int, float] = defaultdict(float)
        most: list[float] = []
        for one in asked:
            gains, whole = self._gains(one)
            most.append(whole)
            for at, gain in gains.items():
                scores[at] += gain
        # A long question tells a story: beyond the weightiest words nothing more is demanded.
        strange = min(MOST_STRANGE, sum(not whole for whole in most))
        whole = sum(sorted(most, reverse=True)[:MOST_DEMANDED])
        whole += strange * STRANGE * self._rarity_of(0)
        if not scores or not whole:
            return []
        first = nsmallest(CANDIDATES, [(-score, at) for at, score in scores.items()])
        terms = {term for one in asked for term, share in one.ways.items() if share > NEARBY}
        ranked = []
        for negative, at in first:
            score = -negative
            likeness, said = self._as_phrase(at, terms, whole)
            if said or score / whole >= FEWEST:
                ranked.append((score / whole * (1 + 0.5 * likeness), at))
        ranked.sort(key=lambda item: (-item[0], item[1]))
        return [one for one in ranked if one[0] >= STRONG * ranked[0][0]]

    def _as_phrase(self, at: int, terms: set[str], whole: float) -> tuple[float, bool]:
        """How nearly the question is the service's name or what people say for it, 0 to 1.5, and
        whether it has the whole of one of these in it."""
        best, said = 0.0, False
        for phrase in self._phrases[at]:
            both = sum(self._weight(term) for term in sorted(phrase & terms))
            if not both:
                continue
            own = sum(self._weight(term) for term in sorted(phrase))
            likeness = min(1.0, 2 * both / (own + whole))
            if phrase - {THE_ACT} <= terms and phrase != {THE_ACT}:
                said = True
                likeness += 0.5 * min(1.0, own / whole)
            best = max(best, likeness)
        return best, said

    def _weight(self, term: str) -> float:
        return self._rarity[term] * (LIGHT if term == THE_ACT else 1.0)

    # -- When nothing fits

    def _near(self, spelled: list[str], asked: list[Asked]) -> tuple[str, ...]:
        """Names of services that share a word, else known words that look alike; at most five."""
        scores: Counter[int] = Counter()
        for one in asked:
            for term in one.ways if one.weight == 1.0 else ():
                for at, worth in self._postings.get(term, ()):
                    if worth > 0.5:
                        scores[at] += round(self._rarity[term] * worth * 1000)
        best = sorted(scores.items(), key=lambda item: (-item[1], item[0]))[:5]
        if best:
            return tuple(dict.fromkeys(self._entries[at].name for at, _ in best))
        found: dict[str, None] = {}
        for word in [word for word in spelled if word not in FILLER][:6]:
            for other in self._spelling.nearest(word, min(3, len(word) // 3)):
                if self._spelling.known[other] and other[0] == word[0]:
                    found.setdefault(other)
        return tuple(found)[:5]

"""Finding things by what people type: name, part of a name, former name, code, pinyin, its initials, responsible person.

    found = await matches(connection, Question("pcz", county="141033", at=(111.1, 36.4)))

Each way to match is a statement of its own over one index of app.names (name_index.py), bounded by MOST_MATCHES; the best
way wins a feature, and the nearer feature comes first. A telephone number is looked up exactly and under the actor's
ticket (`by_phone`): the row policies decide, and the caller logs each hit as a look.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from psycopg import AsyncConnection
from psycopg.rows import dict_row

from layers.fields import Layer
from layers.name_index import names_sql
from layers.registry import LAYERS
from layers.romanised import romanised
from layers.tables import restricted_columns

MOST_MATCHES: Final = 1_000  # looked at per way to match; above it a total is "at least"
LONGEST_QUERY: Final = 200  # characters; the longest name has 120
FEWEST_PARTS: Final = 2  # Chinese characters, for parts of names; one alone matches beginnings only
FEWEST_LETTERS: Final = 3  # letters, for parts of pinyin: what a trigram index can find
FEWEST_HEARD: Final = 5  # letters of pinyin that may be spelt wrong (chen for cheng, si for shi)
PHONE_DIGITS: Final = range(7, 13)  # a local number, a landline with area code, a mobile

Connection = AsyncConnection[Any]


@dataclass(frozen=True)
class Question:
    """What is looked for. `at` is (lon, lat) in degrees: nearer things come first. `as_of`: what was called so then."""

    text: str
    county: str = ""
    at: tuple[float, float] | None = None
    limit: int = 8  # hits a layer
    as_of: datetime | None = None


@dataclass(frozen=True)
class _Way:
    """One way to match, over one index. `rank` (SQL) orders the ways, the lowest first; `matched` (SQL) names them."""

    rank: str
    matched: str
    condition: str


_IN_NAME: Final = "lower(name) like %(has)s"
_IN_ALIAS: Final = "lower(array_to_string(aliases, ' ')) like %(has)s"
_IN_PERSON: Final = "lower(array_to_string(persons, ' ')) like %(has)s"

_WAYS: Final[Mapping[str, _Way]] = {
    "name_is": _Way("0", "'name'", "lower(name) = %(word)s"),
    "code_is": _Way("0", "'code'", "lower(code) = %(word)s"),
    "latin_is": _Way("1", "'latin'", "latin = %(word)s"),
    "initials_are": _Way("1", "'latin'", "initials = %(word)s"),
    "name_begins": _Way("1", "'name'", "lower(name) like %(begins)s"),
    "code_begins": _Way("2", "'code'", "lower(code) like %(begins)s"),
    "latin_begins": _Way("2", "'latin'", "latin like %(begins)s"),
    "initials_begin": _Way("2", "'latin'", "initials like %(begins)s"),
    "has": _Way(
        f"case when {_IN_NAME} then 4 when {_IN_ALIAS} then 3 else 5 end",
        f"case when {_IN_NAME} then 'name' when {_IN_ALIAS} then 'alias' else 'person' end",
        f"grams @> %(grams)s and ({_IN_NAME} or {_IN_ALIAS} or {_IN_PERSON})",
    ),
    "latin_has": _Way("5", "'latin'", "latin like %(has)s"),
    "latin_sounds": _Way("6", "'latin'", "latin %%> %(word)s"),
}

_EVERYTHING = "lower(concat_ws(' ', name, code, latin, initials, array_to_string(aliases, ' '), array_to_string(persons, ' ')))"


def words_of(text: str) -> list[str]:
    """The words of a query as the index has them: NFKC, lower case, the longest first (it finds the fewest)."""
    plain = unicodedata.normalize("NFKC", text[:LONGEST_QUERY]).lower()
    return sorted(plain.split(), key=len, reverse=True)


def _ways(word: str) -> list[_Way]:
    names = ["name_is", "name_begins"]
    if word.isascii():
        names += ["code_is", "code_begins"]
    if re.fullmatch(r"[a-z][a-z0-9]*|[0-9]+[a-z][a-z0-9]*", word):
        names += ["latin_is", "initials_are", "latin_begins", "initials_begin"] + (["latin_has"] if len(word) >= FEWEST_LETTERS else [])
    if len(word) >= FEWEST_PARTS:
        names.append("has")
    return [_WAYS[name] for name in names]


def _escaped(word: str) -> str:
    return word.replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_")


async def matches(connection: Connection, question: Question) -> tuple[list[dict[str, Any]], bool]:
    """Groups of hits by layer, the best first, and whether there are more than were counted (MOST_MATCHES a way)."""
    words = words_of(question.text)
    if not words:
        return [], False
    then = "" if question.as_of is None else await _names_then(connection, question.as_of)
    found = await _found(connection, words, _ways(words[0]), question, then)
    if not found[0] and re.fullmatch(rf"[a-z]{{{FEWEST_HEARD},}}", words[0]):
        return await _found(connection, words, [_WAYS["latin_sounds"]], question, then)
    return found


NAMES: Final = ("layer", "id", "code", "name", "admin_code", "status", "exercise", "aliases", "persons", "latin",
                "initials", "grams", "geom")  # fmt: skip
ALTERED: Final = " union all ".join(
    f"(select '{name}', true from layers.{name} where updated_at > %(as_of)s limit 1) union all"
    f" (select '{name}', false from history.{name} where updated_at <= %(as_of)s and valid_to > %(as_of)s limit 1)"
    for name in LAYERS
)


async def _names_then(connection: Connection, as_of: datetime) -> str:
    """The beginning of a statement: `names_then`, what app.names was at `%(as_of)s`.

    Names that stand since before that moment are read from app.names and its indexes; those that changed or went since
    are spelled anew from the history of the layers that have any.
    """
    rows = await connection.execute(ALTERED, {"as_of": as_of}, prepare=False)
    altered = await rows.fetchall()
    listed = ", ".join(NAMES)
    newer = [f"select '{layer}', id from layers.{layer} where updated_at > %(as_of)s" for layer, is_newer in altered if is_newer]
    former = [
        names_sql(LAYERS[layer], f"(select * from history.{layer} where updated_at <= %(as_of)s and valid_to > %(as_of)s)")
        for layer, is_newer in altered if not is_newer
    ]  # fmt: skip
    parts = [f"select {listed} from app.names n where not exists (select 1 from newer w where w.layer = n.layer and w.id = n.id)"]
    begun = [f"newer (layer, id) as materialized ({' union all '.join(newer) or 'select null::text, null::bigint where false'})"]
    if former:
        begun.append(f"former ({listed}) as materialized ({' union all '.join(f'({one})' for one in former)})")
        parts.append(f"select {listed} from former")
    begun.append(f"names_then as not materialized ({' union all '.join(parts)})")
    return "".join(f"{one}, " for one in begun)


async def _found(
    connection: Connection, words: Sequence[str], ways: Sequence[_Way], question: Question, then: str
) -> tuple[list[dict[str, Any]], bool]:
    word, others = words[0], words[1:]
    values = _values(word, others, question)
    names = "names_then" if then else "app.names"
    ways_sql = " union all ".join(_way_sql(way, names, len(others), bool(question.county)) for way in ways)
    cursor = connection.cursor(row_factory=dict_row)
    await cursor.execute(MATCHES.format(then=then, ways=ways_sql), values, prepare=False)
    rows = await cursor.fetchall()
    return _grouped(rows, ""), any(row["fullest"] >= MOST_MATCHES for row in rows)


MATCHES: Final = """
with {then}found as materialized ({ways}),
best as (select distinct on (layer, id) * from found order by layer, id, rank),
fullest as (select coalesce(max(n), 0) as n from (select count(*) as n from found group by way) w),
ordered as (
  select b.*, count(*) over (partition by layer) as total,
    row_number() over (partition by layer order by rank, away2, char_length(name), code, id) as place
  from best b
)
select o.layer, o.id, o.code, o.name, o.admin_code, t.name as township, t.latin as township_latin, o.status, o.exercise, o.matched, o.rank,
  st_x(o.geom) as lon, st_y(o.geom) as lat, o.total, f.n as fullest,
  case when %(lon)s::float8 is null then null
    else st_distance(o.geom::geography, st_setsrid(st_makepoint(%(lon)s, %(lat)s), 4490)::geography) end as distance_m
from ordered o cross join fullest f
  left join app.names t on t.layer = 'townships' and lower(t.code) = left(o.admin_code, 9)
where o.place <= %(limit)s order by o.layer, o.place
"""

# Nearness among a thousand candidates is told from squared degrees, east narrowed by the latitude; only what is shown is
# measured on the ellipsoid.
_AWAY2: Final = "((st_x(geom) - %(lon)s) * cos(radians(%(lat)s)))^2 + (st_y(geom) - %(lat)s)^2"


def _way_sql(way: _Way, names: str, others: int, in_county: bool) -> str:
    more = "".join(f" and {_EVERYTHING} like %(other{n})s" for n in range(others))
    county = " and admin_code like %(county)s" if in_county else ""
    return (
        f"(select layer, id, code, name, admin_code, status, exercise, geom, {way.rank} as rank, {way.matched} as matched,"
        f" {_AWAY2} as away2, {list(_WAYS.values()).index(way)} as way"
        f" from {names} where {way.condition}{more}{county} limit {MOST_MATCHES})"
    )


def _values(word: str, others: Sequence[str], question: Question) -> dict[str, Any]:
    lon, lat = question.at or (None, None)
    return {
        "word": word,
        "begins": f"{_escaped(word)}%",
        "has": f"%{_escaped(word)}%",
        "grams": [word[i : i + 2] for i in range(len(word) - 1)],
        **{f"other{n}": f"%{_escaped(other)}%" for n, other in enumerate(others)},
        "county": f"{_escaped(question.county)}%",
        "lon": lon,
        "lat": lat,
        "limit": question.limit,
        "as_of": question.as_of,
    }


def _grouped(rows: Iterable[Mapping[str, Any]], matched: str) -> list[dict[str, Any]]:
    """Rows as groups: the layer with the best rank first, then the one with the nearest hit."""
    groups: dict[str, dict[str, Any]] = {}
    order: dict[str, tuple[Any, ...]] = {}
    for row in rows:
        layer = LAYERS[row["layer"]]
        hits = groups.setdefault(layer.name, {"layer": layer.name, "zh": layer.zh, "en": layer.en, "total": row["total"], "hits": []})
        order.setdefault(layer.name, (row["rank"], row["distance_m"] or 0.0, list(LAYERS).index(layer.name)))
        town = row["township"]
        told = {name: row[name] for name in HIT_FIELDS} | {"township_en": None if town is None else romanised(town, row["township_latin"])}
        hits["hits"].append(told | ({"matched": matched} if matched else {}))
    return sorted(groups.values(), key=lambda group: order[group["layer"]])


HIT_FIELDS: Final = ("layer", "id", "code", "name", "admin_code", "township", "status", "lon", "lat", "matched",
                     "distance_m", "exercise")  # fmt: skip


# -- telephone numbers ------------------------------------------------------------------------------------------------


def phone_in(text: str) -> str | None:
    """The digits of a query that is a telephone number and nothing else; None for anything shorter or with letters."""
    plain = re.sub(r"^(\+|00)86", "", re.sub(r"[\s\-()]", "", unicodedata.normalize("NFKC", text)))
    return plain if re.fullmatch(r"\d+", plain, re.ASCII) and len(plain) in PHONE_DIGITS else None


def spellings_of(digits: str) -> list[str]:
    """How a number may be stored: plain, or with a hyphen after an area code of three or four digits."""
    return [digits, *(f"{digits[:n]}-{digits[n:]}" for n in (3, 4) if digits.startswith("0"))]


@dataclass(frozen=True)
class PhoneHit:
    """A feature that carries the number, and in which of its fields."""

    layer: str
    id: int
    fields: tuple[str, ...]


async def by_phone(connection: Connection, digits: str, county: str = "") -> list[PhoneHit]:
    """Features with this number among those the ticket of the transaction may look at. Each is the caller's to log."""
    parts = [_phone_sql(layer) for layer in LAYERS.values() if phone_columns(layer)]
    values = {"phones": spellings_of(digits), "county": f"{_escaped(county)}%", "most": MOST_MATCHES}
    rows = await connection.execute(f"{' union all '.join(parts)} limit %(most)s", values, prepare=False)
    return [PhoneHit(layer, id, tuple(fields)) for layer, id, fields in await rows.fetchall()]


def phone_columns(layer: Layer) -> tuple[str, ...]:
    """The restricted columns of a layer that hold telephone numbers."""
    return tuple(column.name for column in restricted_columns(layer) if column.name.endswith("phone"))


def _phone_sql(layer: Layer) -> str:
    names = phone_columns(layer)
    fields = ", ".join(f"case when {name} = any (%(phones)s) then '{name}' end" for name in names)
    hit = " or ".join(f"{name} = any (%(phones)s)" for name in names)
    return (
        f"select '{layer.name}', id, array_remove(array[{fields}], null) from layers.{layer.name}_restricted"
        f" where ({hit}) and admin_code like %(county)s"
    )


PHONE_ROWS: Final = """
select n.layer, n.id, n.code, n.name, n.admin_code, t.name as township, t.latin as township_latin,
  n.status, n.exercise, 'phone' as matched, 0 as rank,
  st_x(n.geom) as lon, st_y(n.geom) as lat, count(*) over (partition by n.layer) as total,
  case when %(lon)s::float8 is null then null
    else st_distance(n.geom::geography, st_setsrid(st_makepoint(%(lon)s, %(lat)s), 4490)::geography) end as distance_m
from app.names n join unnest(%(layers)s::text[], %(ids)s::bigint[]) h(layer, id) using (layer, id)
  left join app.names t on t.layer = 'townships' and lower(t.code) = left(n.admin_code, 9)
order by n.layer, distance_m, n.code
"""


async def phone_groups(connection: Connection, hits: Sequence[PhoneHit], question: Question) -> list[dict[str, Any]]:
    """The features of `by_phone` as groups, all of them: each was a look."""
    if not hits:
        return []
    lon, lat = question.at or (None, None)
    cursor = connection.cursor(row_factory=dict_row)
    values = {"layers": [hit.layer for hit in hits], "ids": [hit.id for hit in hits], "lon": lon, "lat": lat}
    await cursor.execute(PHONE_ROWS, values)
    return _grouped(await cursor.fetchall(), "phone")

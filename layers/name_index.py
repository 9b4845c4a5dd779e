"""`app.names`: what every feature of every layer is called, kept by triggers, so that search is one table.

One row a feature: code, name, former names, responsible persons (open fields only), pinyin (`latin`: puchengzhen),
its initials (pcz) and two-character pieces (`grams`). PostgreSQL's trigrams find nothing for two Chinese characters, the
commonest search of all; the pieces do, in one GIN index and under any locale. Pinyin comes from the single-character
dictionary of the `pypinyin` package: the commonest reading, except where place names have another one.

The triggers are set-based over the statement's transition tables, so a bulk load pays once.
"""

import unicodedata
from typing import Any

import psycopg

from layers.columns import PERSON_MAX
from layers.described import columns_of
from layers.fields import Layer
from layers.tables import open_columns

Connection = psycopg.Connection[Any]

PLACE_READINGS = {
    "长": "chang", "重": "chong", "乐": "le", "单": "shan", "行": "hang", "解": "xie", "仇": "qiu", "曾": "zeng",
    "盖": "gai", "隰": "xi", "洼": "wa", "圪": "ge", "厦": "xia", "朝": "chao", "都": "du",
}  # fmt: skip
"""Readings in names of places and families where they differ from the dictionary's first, or must not depend on it."""

HAN = range(0x4E00, 0xA000)  # the block every name in a register of this country is written in
ALIAS_COLUMN = "former_names"
BULK_ROWS = 5_000  # rows of one statement from which the indexes are written in one go: 1.7 times faster at 100,000


def fill_pinyin(connection: Connection) -> None:
    """Fill app.pinyin when it is empty: 20,924 characters, a tenth of a second."""
    if connection.execute("select 1 from app.pinyin limit 1").fetchone():
        return
    with connection.cursor().copy("copy app.pinyin (char, syllable, initial) from stdin") as copy:
        for row in _readings():
            copy.write_row(row)
    connection.execute("analyze app.pinyin")


def _readings() -> list[tuple[str, str, str]]:
    # Here and not above: the package loads 89,000 entries, and only a migration needs them.
    from pypinyin.pinyin_dict import pinyin_dict

    plain = {chr(point): _without_tone(said.partition(",")[0]) for point, said in pinyin_dict.items() if point in HAN}
    return [(char, said, said[0]) for char, said in (plain | PLACE_READINGS).items() if said]


def _without_tone(syllable: str) -> str:
    """`lǜ` → `lv`, as it is typed; `zhèn` → `zhen`. '' where there is no letter."""
    letters = unicodedata.normalize("NFD", syllable.lower()).replace("u\u0308", "v")
    return "".join(letter for letter in letters if "a" <= letter <= "z")


def index_statements(layer: Layer) -> list[str]:
    """The function and triggers that keep a layer's names."""
    name, columns = layer.name, ", ".join(_copied(layer))
    differs = f"({_listed('f', layer)}) is distinct from ({_listed('g', layer)})"
    changed = f"(select f.* from fresh f join gone g using (id) where {differs})"
    return [
        f"""create or replace function app.name_{name}() returns trigger language plpgsql security definer
set search_path = pg_catalog, public as $$
declare
  bulk boolean;
begin
  if tg_op = 'DELETE' then
    delete from app.names n using gone g where n.layer = '{name}' and n.id = g.id;
  elsif tg_op = 'INSERT' then
    select count(*) >= {BULK_ROWS} into bulk from fresh;
    if bulk then perform app.gather_names(); end if;
    {insert_sql(layer, "fresh")};
    if bulk then perform app.spread_names(); end if;
  else
    {insert_sql(layer, changed)}
    on conflict (layer, id) do update set ({columns}) = ({", ".join(f"excluded.{c}" for c in _copied(layer))});
  end if;
  return null;
end $$""",
        f"create or replace trigger y_name_insert after insert on layers.{name} referencing new table as fresh"
        f" for each statement execute function app.name_{name}()",
        f"create or replace trigger y_name_update after update on layers.{name} referencing new table as fresh"
        f" old table as gone for each statement execute function app.name_{name}()",
        f"create or replace trigger y_name_delete after delete on layers.{name} referencing old table as gone"
        f" for each statement execute function app.name_{name}()",
    ]


def refill_statements(layer: Layer) -> list[str]:
    """Make a layer's names anew, for rows that were there before the triggers."""
    return [
        f"delete from app.names where layer = '{layer.name}'",
        "select app.gather_names()",
        insert_sql(layer, f"layers.{layer.name}"),
        "select app.spread_names()",
    ]


def _copied(layer: Layer) -> tuple[str, ...]:
    return ("code", "name", "admin_code", "status", "exercise", "aliases", "persons", "latin", "initials", "grams", "geom")


def _persons(layer: Layer) -> list[str]:
    """Open columns that hold the name of somebody: text of PERSON_MAX with a phone column beside it."""
    phones = {name for name, column in columns_of(layer).items() if column.words.restricted}
    return [
        column.name
        for column in open_columns(layer)
        if column.kind == "text" and column.limit("max_length") == PERSON_MAX
        and (column.name.endswith("_person") or f"{column.name}_phone" in phones)
    ]  # fmt: skip


def _listed(row: str, layer: Layer) -> str:
    names = ["code", "name", "admin_code", "status", "source", *_persons(layer), *_aliases(layer), "geom"]
    return ", ".join(f"{row}.{name}" for name in names)


def _aliases(layer: Layer) -> list[str]:
    return [ALIAS_COLUMN] if ALIAS_COLUMN in columns_of(layer) else []


def insert_sql(layer: Layer, source: str) -> str:
    """The rows of `source` (a table, or a query in brackets) into app.names."""
    return f"""insert into app.names (layer, id, {", ".join(_copied(layer))})
    {names_sql(layer, source)}"""


def names_sql(layer: Layer, source: str) -> str:
    """A query: the rows of `source` (a table, or a query in brackets) as app.names would hold them.

    Nothing in it is sorted or grouped over all rows: a name is taken apart, looked up and put together by itself.
    """
    aliases = f"coalesce(f.{ALIAS_COLUMN}, '{{}}')" if _aliases(layer) else "'{}'::text[]"
    persons = f"array_remove(array[{', '.join(f'f.{name}' for name in _persons(layer))}]::text[], null)"
    point = "f.geom" if layer.geometry == "Point" else "st_pointonsurface(f.geom)"
    words = f"f.name || array_to_string({aliases}, '')" if _aliases(layer) else "f.name"
    former = (
        "coalesce((select string_agg(' ' || s.latin || ' ' || s.initials, '' order by a.k)"
        f" from unnest(g.aliases) with ordinality a(word, k) cross join lateral ({_spelled('a.word')}) s), '')"
    )  # fmt: skip
    return f"""with given as (
      select f.id, f.code, f.name, f.admin_code, f.status, f.source = 'exercise' as exercise, {aliases} as aliases,
        {persons} as persons, {point} as geom from {source} f
    ), known as materialized (
      select app.readings_of(lower(string_agg({words}, ''))) as readings from {source} f
    )
    select '{layer.name}', g.id, g.code, g.name, g.admin_code, g.status, g.exercise, g.aliases, g.persons,
      coalesce(n.latin, '') || {former if _aliases(layer) else "''"}, coalesce(n.initials, ''), array(
        select part from (
          select substr(w.words, i, 2) as part
          from (select lower(array_to_string(g.name || g.aliases || g.persons, chr(10))) as words offset 0) w,
            generate_series(1, char_length(w.words) - 1) i offset 0) p
        where strpos(part, chr(10)) = 0), g.geom
    from given g cross join lateral ({_spelled("g.name")}) n"""


def _spelled(word: str) -> str:
    """A query of one row: pinyin and initials of a word; characters that are neither Chinese nor a digit or letter go."""
    return (
        "select string_agg(said, '') as latin, string_agg(left(said, 1), '') as initials from ("
        "select (select readings from known) ->> c as said"
        f" from unnest(string_to_array(lower({word}), null)) c offset 0) u"
    )

"""The numbers analyses go by, as the county has set them: rows of app.thresholds."""

from collections.abc import Iterable
from typing import Any, Final

from psycopg import Connection
from psycopg.types.json import Jsonb

from gis.analysis import Limit
from gis.errors import NoAnswer

IN_FORCE: Final = """
select distinct on (key) key, value from app.thresholds
where key = any(%s) and valid_from <= (now() at time zone 'Asia/Shanghai')::date
and (valid_to is null or valid_to >= (now() at time zone 'Asia/Shanghai')::date)
order by key, valid_from desc
"""
SEED: Final = """
insert into app.thresholds (key, value, unit, zh, en, basis, valid_from)
select %(key)s, %(value)s, %(unit)s, %(zh)s, %(en)s, %(basis)s, '2026-01-01'
where not exists (select from app.thresholds where key = %(key)s)
"""


def in_force(connection: Connection[Any], limits: Iterable[Limit]) -> dict[str, Any]:
    """Today's values by key. Raises NoAnswer when the database lacks one: it is older than the code."""
    wanted = [limit.key for limit in limits]
    found = dict(connection.execute(IN_FORCE, (wanted,)).fetchall())
    missing = sorted(set(wanted) - set(found))
    if missing:
        raise NoAnswer(f"阈值表缺少 {'、'.join(missing)}。请运行 ./anlan migrate。",
                       f"The thresholds table lacks {', '.join(missing)}. Run ./anlan migrate.")  # fmt: skip
    return found


def seed(connection: Connection[Any], limits: Iterable[Limit]) -> None:
    """Puts in what is missing, as its page proposes it; what a county has changed stays."""
    for limit in limits:
        connection.execute(SEED, {"key": limit.key, "value": Jsonb(limit.value), "unit": limit.unit, "zh": limit.zh,
                                  "en": limit.en, "basis": limit.basis})  # fmt: skip

"""Shorthands for columns that many layers have: people, phones, yes/no, texts, quantities, second shapes.

Each is field() with the unit and the limits filled in, so that a definition stays one line a column. Limits are there
to catch slips and to stay inside the database's types (whole numbers are 32 bit), not to state policy.
"""

from typing import Any

from layers.common import PHONE
from layers.fields import GeometryKind, Need, field

PEOPLE_MAX = 10_000_000  # people, more than any county of China has
HOUSEHOLDS_MAX = 5_000_000
MONEY_MAX = 100_000_000.0  # 万元 = a million million yuan
COUNT_MAX = 1_000_000
PERSON_MAX = 60  # characters of somebody's name


def persons(zh: str, en: str, need: Need = "", **more: Any) -> Any:
    """A number of persons."""
    return field(zh, en, default=None, unit="人", need=need, ge=0, le=PEOPLE_MAX, **more)


def household_count(zh: str, en: str, need: Need = "", **more: Any) -> Any:
    """A number of households."""
    return field(zh, en, default=None, unit="户", need=need, ge=0, le=HOUSEHOLDS_MAX, **more)


def count(zh: str, en: str, unit: str, need: Need = "", upto: int = COUNT_MAX, **more: Any) -> Any:
    """A whole number of things, or whole minutes, days, hours."""
    return field(zh, en, default=None, unit=unit, need=need, ge=0, le=upto, **more)


def quantity(zh: str, en: str, unit: str, upto: float, need: Need = "", least: float = 0.0, **more: Any) -> Any:
    """A measured number between `least` and `upto`, both in `unit`."""
    return field(zh, en, default=None, unit=unit, need=need, ge=least, le=upto, **more)


def money(zh: str, en: str, need: Need = "", **more: Any) -> Any:
    """Money in 万元 (10⁴ yuan)."""
    return field(zh, en, default=None, unit="万元", need=need, ge=0, le=MONEY_MAX, **more)


def level(zh: str, en: str, need: Need = "", **more: Any) -> Any:
    """A water or ground level in metres above the 1985 datum."""
    return field(zh, en, default=None, unit="m", need=need, ge=-200, le=9000, **more)


def text(zh: str, en: str, need: Need = "", upto: int = 200, **more: Any) -> Any:
    """A short text of at most `upto` characters."""
    return field(zh, en, default=None, need=need, max_length=upto, **more)


def person(zh: str, en: str, need: Need = "", **more: Any) -> Any:
    """The name of somebody who holds a duty."""
    return field(zh, en, default=None, need=need, max_length=PERSON_MAX, **more)


def phone_number(zh: str, en: str, need: Need = "", **more: Any) -> Any:
    """A telephone number: kept in the side table, seen only by those who act on it."""
    return field(zh, en, default=None, need=need, restricted=True, pattern=PHONE, **more)


def plain(zh: str, en: str, need: Need = "", **more: Any) -> Any:
    """A column without limits of its own: yes/no, date, moment, code list, JSON object."""
    return field(zh, en, default=None, need=need, **more)


def shape(zh: str, en: str, kind: GeometryKind, need: Need = "", *, restricted: bool = False, **more: Any) -> Any:
    """A second geometry besides the feature's own."""
    return field(zh, en, default=None, need=need, restricted=restricted, geometry=kind, **more)

"""Grades that follow from numbers, as SQL for generated columns.

A grade table is data with a basis; the expression made from it is immutable and reads only columns of the same row, so
PostgreSQL can keep it as `generated always as (…) stored`.
"""

from collections.abc import Sequence

Steps = Sequence[tuple[str, Sequence[float]]]
"""(grade, lowest value of each column that reaches it), worst grade first."""


def worst_grade_sql(columns: Sequence[str], steps: Steps, lowest: str | None) -> str:
    """The worst grade any of `columns` reaches ("or"); `lowest` below all steps; empty where every column is empty.

    A column that is empty decides nothing, so a grade from half the figures is a lower bound.
    """
    empty = " and ".join(f"{column} is null" for column in columns)
    whens = "".join(f" when {_reaches(columns, least)} then '{grade}'" for grade, least in steps)
    otherwise = f" else '{lowest}'" if lowest is not None else ""
    return f"case when {empty} then null{whens}{otherwise} end"


def grade_by_kind_sql(kind: str, column: str, tables: Sequence[tuple[str, Steps, str]]) -> str:
    """The grade of `column` by the table of the row's `kind`: `tables` = (kind, steps, lowest). Other kinds: empty."""
    whens = "".join(
        f" when {kind} = '{value}' then ({worst_grade_sql([column], steps, lowest)})" for value, steps, lowest in tables
    )
    return f"case{whens} end"


def _reaches(columns: Sequence[str], least: Sequence[float]) -> str:
    return " or ".join(f"{column} >= {value:g}" for column, value in zip(columns, least, strict=True))

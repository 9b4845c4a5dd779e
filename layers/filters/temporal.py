"""Temporal predicates of CQL2 → SQL over a start and an end.

Every operand becomes a pair (start, end); an instant has both the same, `..` is ±infinity. Dates stay dates while only
dates meet; beside a moment, a date is its midnight UTC.
"""

from collections.abc import Mapping
from typing import Any, Final, Literal

from layers.errors import BadFilter
from layers.filters.parsing import Node
from layers.filters.terms import Target, Term, date_from, moment_from

OPEN: Final = ".."

PREDICATES: Mapping[str, str] = {
    "t_after": "{s1} > {e2}",
    "t_before": "{e1} < {s2}",
    "t_contains": "{s1} < {s2} and {e1} > {e2}",
    "t_disjoint": "({e1} < {s2} or {s1} > {e2})",
    "t_during": "{s1} > {s2} and {e1} < {e2}",
    "t_equals": "{s1} = {s2} and {e1} = {e2}",
    "t_finishedBy": "{s1} < {s2} and {e1} = {e2}",
    "t_finishes": "{s1} > {s2} and {e1} = {e2}",
    "t_intersects": "{s1} <= {e2} and {e1} >= {s2}",
    "t_meets": "{e1} = {s2}",
    "t_metBy": "{s1} = {e2}",
    "t_overlappedBy": "{s1} > {s2} and {s1} < {e2} and {e1} > {e2}",
    "t_overlaps": "{s1} < {s2} and {e1} > {s2} and {e1} < {e2}",
    "t_startedBy": "{s1} = {s2} and {e1} > {e2}",
    "t_starts": "{s1} = {s2} and {e1} < {e2}",
}
"""Allen's relations as CQL2 (OGC 21-065r2, 7.14) has them; s and e: start and end of operands 1 and 2."""

BY_LOWER_NAME: Mapping[str, str] = {name.lower(): name for name in PREDICATES}

Pair = tuple[Term, Term]


def predicate(target: Target, op: str, args: list[Node]) -> str:
    """The SQL condition of one temporal operator. Raises BadFilter."""
    if len(args) != 2:
        raise BadFilter(f"{op} 需要两个参数。", f"{op} takes two arguments.", operator=op)
    pairs = [_pair(target, op, arg) for arg in args]
    all_dates = all(term.kind == "date" for pair in pairs for term in pair)
    (s1, e1), (s2, e2) = ([term.sql if all_dates else as_timestamp(term) for term in pair] for pair in pairs)
    return f"({PREDICATES[op].format(s1=s1, e1=e1, s2=s2, e2=e2)})"


def as_timestamp(term: Term) -> str:
    """A date is its midnight UTC; PostgreSQL's own cast would depend on the session's time zone."""
    return term.sql if term.kind == "timestamp" else f"({term.sql}::timestamp at time zone 'UTC')"


def instant(target: Target, node: dict[str, Any]) -> Term:
    """A DATE or TIMESTAMP literal."""
    if "date" in node:
        day = date_from(node["date"])
        return Term(target.literal(day, "date"), "date", day)
    moment = moment_from(node["timestamp"])
    return Term(target.literal(moment, "timestamptz"), "timestamp", moment)


def _pair(target: Target, op: str, node: Node) -> Pair:
    if isinstance(node, dict) and "interval" in node:
        bounds = node["interval"]
        if not isinstance(bounds, list) or len(bounds) != 2:
            raise BadFilter("INTERVAL 需要起止两个时间。", "INTERVAL takes a start and an end.")
        kind: Literal["date", "timestamp"] = (
            "timestamp" if any(isinstance(bound, str) and "T" in bound.upper() for bound in bounds) else "date"
        )
        start, end = (_bound(target, op, bound, sign, kind) for bound, sign in zip(bounds, ("-", ""), strict=True))
        if start.literal is not None and end.literal is not None and as_text(start) > as_text(end):
            raise BadFilter("INTERVAL 的起点晚于终点。", "INTERVAL starts after it ends.")
        return start, end
    term = _instant_or_column(target, op, node)
    return term, term


def as_text(term: Term) -> str:
    return str(term.literal)


def _bound(target: Target, op: str, node: Node, sign: str, kind: Literal["date", "timestamp"]) -> Term:
    if node == OPEN:
        return Term(f"'{sign}infinity'::{'date' if kind == 'date' else 'timestamptz'}", kind)
    if isinstance(node, str):
        return instant(target, {"timestamp" if "T" in node.upper() else "date": node})
    return _instant_or_column(target, op, node)


def _instant_or_column(target: Target, op: str, node: Node) -> Term:
    if isinstance(node, dict) and ("date" in node or "timestamp" in node):
        return instant(target, node)
    if isinstance(node, dict) and isinstance(node.get("property"), str):
        term = target.column(node["property"])
        if term.kind in ("date", "timestamp"):
            return term
    raise BadFilter(
        f"{op} 的参数应为日期、时刻或时段。", f"The arguments of {op} must be dates, moments or intervals.", operator=op
    )

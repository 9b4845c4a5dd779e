"""The checks of a definition, answered for one row in memory, so that a person reads all that is wrong at once.

Three values as in SQL: true, false, and None for unknown. A check fails only when plainly false, which is what the same
rule does as a CHECK constraint (translate.py). Spatial and temporal functions are for the database only.
"""

import operator
import re
from collections.abc import Callable, Mapping
from typing import Any

from layers.errors import BadDefinition
from layers.filters.parsing import Node
from layers.filters.terms import date_from, moment_from

_COMPARE: Mapping[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq, "<>": operator.ne, "<": operator.lt, ">": operator.gt, "<=": operator.le, ">=": operator.ge,
}  # fmt: skip
_ARITHMETIC: Mapping[str, Callable[[Any, Any], Any]] = {
    "+": operator.add, "-": operator.sub, "*": operator.mul, "^": operator.pow,
    "/": lambda a, b: a / b if b else None,
    "%": lambda a, b: a - b * int(a / b) if b else None,  # sign of the dividend, as in PostgreSQL
    "div": lambda a, b: int(a / b) if b else None,
}  # fmt: skip
_ARRAYS: Mapping[str, Callable[[set[str], set[str]], bool]] = {
    "a_contains": set.issuperset, "a_containedby": set.issubset, "a_equals": operator.eq,
    "a_overlaps": lambda a, b: not a.isdisjoint(b),
}  # fmt: skip


def holds(node: Node, row: Mapping[str, Any]) -> bool | None:
    """Whether the condition is true of the row; None where an empty property leaves it unknown."""
    if not (isinstance(node, dict) and "op" in node):
        value = _value(node, row)
        return None if value is None else bool(value)
    op, args = str(node["op"]).lower(), node["args"]
    if op in ("and", "or"):
        return _joined(op, [holds(arg, row) for arg in args])
    if op == "not":
        inner = holds(args[0], row)
        return None if inner is None else not inner
    if op == "isnull":
        return _value(args[0], row) is None
    return _predicate(op, args, row)


def _joined(op: str, parts: list[bool | None]) -> bool | None:
    deciding = op == "or"
    if deciding in parts:
        return deciding
    return None if None in parts else not deciding


def _predicate(op: str, args: list[Node], row: Mapping[str, Any]) -> bool | None:
    if op == "in":
        return _joined("or", [_compared("=", args[0], item, row) for item in _items(args[1])])
    if op == "between":
        return _joined("and", [_compared(">=", args[0], args[1], row), _compared("<=", args[0], args[2], row)])
    if op in _COMPARE:
        return _compared(op, args[0], args[1], row)
    values = [_value(arg, row) for arg in args]
    if None in values:
        return None
    if op == "like":
        return re.fullmatch(_pattern(values[1]), values[0], re.DOTALL) is not None
    if op in _ARRAYS:
        return _ARRAYS[op](set(_items(values[0])), set(_items(values[1])))
    raise BadDefinition(f"检查规则不能使用“{op}”。", f"A check cannot use “{op}”.")


def _items(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _compared(op: str, first: Node, second: Node, row: Mapping[str, Any]) -> bool | None:
    left, right = _value(first, row), _value(second, row)
    if left is None or right is None:
        return None
    return _COMPARE[op](left, right)


def _value(node: Node, row: Mapping[str, Any]) -> Any:
    if isinstance(node, list):
        return [_value(item, row) for item in node]
    if not isinstance(node, dict):
        return node
    if "property" in node:
        return row.get(node["property"])
    if "date" in node:
        return date_from(node["date"])
    if "timestamp" in node:
        return moment_from(node["timestamp"])
    op = str(node["op"]).lower()
    if op == "casei":
        text = _value(node["args"][0], row)
        return None if text is None else text.lower()
    if op in _ARITHMETIC:
        left, right = (_value(arg, row) for arg in node["args"])
        return None if left is None or right is None else _ARITHMETIC[op](left, right)
    return holds(node, row)


def _pattern(like: str) -> str:
    """LIKE → regular expression: `%` any run, `_` one character, backslash takes the next as it stands."""
    parts = re.findall(r"\\.|.", like, re.DOTALL)
    wild = {"%": ".*", "_": "."}
    return "".join(wild.get(part) or re.escape(part[-1]) for part in parts)

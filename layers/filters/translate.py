"""CQL2-JSON tree → SQL condition, with the kinds of all values checked before the database sees them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from layers.errors import BadFilter
from layers.fields import Check, Layer
from layers.filters import spatial, temporal
from layers.filters.parsing import TEXT, Node, parsed
from layers.filters.spatial import ToLonLat, as_given
from layers.filters.terms import Target, Term, mismatch

_CONF: Final = "http://www.opengis.net/spec/cql2/1.0/conf/"
CONFORMANCE: Final = tuple(_CONF + name for name in (
    "cql2-text", "cql2-json", "basic-cql2", "advanced-comparison-operators", "case-insensitive-comparison",
    "basic-spatial-functions", "basic-spatial-functions-plus", "spatial-functions", "temporal-functions",
    "array-functions", "property-property", "arithmetic",
))  # fmt: skip
"""What tests/layers/test_filters.py proves. Not claimed: functions, accent-insensitive (wants unaccent)."""

_COMPARISONS: Final = ("=", "<>", "<", ">", "<=", ">=")
_EQUALITIES: Final = ("=", "<>")
_ARRAYS: Mapping[str, str] = {
    "a_contains": "{0} @> {1}",
    "a_containedby": "{0} <@ {1}",
    "a_overlaps": "{0} && {1}",
    "a_equals": "({0} @> {1} and {0} <@ {1})",
}
_ARITHMETIC: Mapping[str, str] = {
    # numeric, not double: its range (131,072 digits) cannot be left by a filter that fits the limits of parsing.py.
    # A zero divisor gives null, which matches nothing, instead of an error in the middle of an answer.
    "+": "({0} + {1})",
    "-": "({0} - {1})",
    "*": "({0} * {1})",
    "/": "({0} / nullif({1}, 0))",
    "%": "mod({0}, nullif({1}, 0))",
    "div": "div({0}, nullif({1}, 0))",
}
_POWER: Final = (
    "(case when {0} = 0 and {1} < 0 or {0} < 0 and {1} <> floor({1}) then null"
    " when {0} <> 0 and abs({1} * ln(abs({0}))) > 700 then null else power({0}, {1}) end)"
)  # e^700 is near the largest double; past it, and where no real power exists, null matches nothing


@dataclass(frozen=True)
class Where:
    """A condition over the unqualified columns of one layer's table, psycopg style: `%(f0)s` and its values."""

    sql: str
    params: Mapping[str, Any] = field(default_factory=dict)


def where_from(layer: Layer, text: str, language: str = TEXT, *, to_lonlat: ToLonLat = as_given) -> Where:
    """The SQL condition of a CQL2 filter.

    layer : whose columns may be named; restricted fields are never queryable (they live in a side table).
    text : CQL2 text, or CQL2 JSON as text. language : "cql2-text" or "cql2-json".
    to_lonlat : turns literal shapes from the filter's CRS to lon/lat degrees.
    Raises BadFilter: cannot be parsed (with line and column), unknown or restricted property, kinds that do not fit,
    too deep, too large, number or shape out of range.
    """
    return where_of(layer, parsed(text, language), to_lonlat=to_lonlat)


def where_of(layer: Layer, tree: Node, *, to_lonlat: ToLonLat = as_given) -> Where:
    """The SQL condition of a tree that `parsed` gave, perhaps joined with others. Raises BadFilter."""
    target = Target(layer)
    return Where(_Translation(target, to_lonlat).condition(tree), target.params)


def check_sql(layer: Layer, check: Check) -> str:
    """The rule of a definition as the text of a CHECK constraint. Null passes, as in every CHECK. Raises BadFilter."""
    return _Translation(Target(layer, inline=True), as_given).condition(parsed(check.rule))


@dataclass(frozen=True)
class _Translation:
    target: Target
    to_lonlat: ToLonLat

    def condition(self, node: Node) -> str:
        """A node that must be true or false."""
        if isinstance(node, bool):
            return "true" if node else "false"
        if isinstance(node, dict) and "op" in node:
            return self._operation(node)
        term = self.term(node)
        if term.kind != "boolean":
            raise mismatch("筛选 filter", "boolean", term.kind)
        return term.sql

    def _operation(self, node: Node) -> str:
        op, args = _operator(node), _arguments(node)
        if op in ("and", "or"):
            return f"({f' {op} '.join(self.condition(arg) for arg in args)})"
        if op == "not":
            return f"(not {self.condition(_exactly(1, op, args)[0])})"
        if op in spatial.PREDICATES:
            return spatial.predicate(self.target, op, args, self.to_lonlat)
        if op in temporal.BY_LOWER_NAME:
            return temporal.predicate(self.target, temporal.BY_LOWER_NAME[op], args)
        known: Mapping[str, Callable[[str, list[Node]], str]] = {
            **dict.fromkeys(_COMPARISONS, self._comparison), **dict.fromkeys(_ARRAYS, self._array),
            "like": self._like, "in": self._in, "between": self._between, "isnull": self._is_null,
        }  # fmt: skip
        if op not in known:
            raise BadFilter(
                f"不支持的运算或函数“{op[:40]}”,或不能用在此处。",
                f"“{op[:40]}” is not an operator or function here.",
                operator=op[:40],
            )
        return known[op](op, args)

    # -- predicates -----------------------------------------------------------------------------------------------

    def _comparison(self, op: str, args: list[Node]) -> str:
        first, second = _alike(op, *(self.term(arg) for arg in _exactly(2, op, args)))
        if first.kind == "geometry" or (first.kind in ("boolean", "array") and op not in _EQUALITIES):
            raise BadFilter(f"“{op}”不能比较这种属性。", f"“{op}” cannot compare these.", operator=op)
        return f"({first.sql} {op} {second.sql})"

    def _between(self, op: str, args: list[Node]) -> str:
        value, low, high = (self.term(arg) for arg in _exactly(3, op, args))
        (value_low, low), (value_high, high) = _alike(op, value, low), _alike(op, value, high)
        if value.kind not in ("number", "date", "timestamp"):
            raise mismatch(op, "number", value.kind)
        return f"({value_low.sql} >= {low.sql} and {value_high.sql} <= {high.sql})"

    def _in(self, op: str, args: list[Node]) -> str:
        node, listed = _exactly(2, op, args)
        value = self.term(node)
        items = listed if isinstance(listed, list) else [listed]
        if not items:
            return "false"
        if value.kind in ("date", "timestamp"):  # each item may turn the value into a moment
            return f"({' or '.join(self._equal(value, item) for item in items)})"
        return f"({value.sql} in ({', '.join(_alike(op, value, self.term(item))[1].sql for item in items)}))"

    def _equal(self, value: Term, item: Node) -> str:
        first, second = _alike("in", value, self.term(item))
        return f"{first.sql} = {second.sql}"

    def _like(self, op: str, args: list[Node]) -> str:
        value, pattern = (self.term(arg) for arg in _exactly(2, op, args))
        for term in (value, pattern):
            if term.kind != "text":
                raise mismatch(op, "text", term.kind)
        if not isinstance(pattern.literal, str):
            raise BadFilter("LIKE 的模式应为文本常量。", "The pattern of LIKE must be a literal text.", operator=op)
        ending = len(pattern.literal) - len(pattern.literal.rstrip("\\"))
        if ending % 2:
            raise BadFilter(
                "LIKE 的模式不能以单个反斜线结尾。",
                "The pattern of LIKE cannot end with a lone backslash.",
                operator=op,
            )
        return f"({value.sql} like {pattern.sql})"

    def _is_null(self, op: str, args: list[Node]) -> str:
        node = _exactly(1, op, args)[0]
        if not (isinstance(node, dict) and isinstance(node.get("property"), str)):
            raise BadFilter("IS NULL 前应为属性名。", "IS NULL follows a property.", operator=op)
        return f"({self.target.column(node['property']).sql} is null)"

    def _array(self, op: str, args: list[Node]) -> str:
        first, second = (self._list(op, arg) for arg in _exactly(2, op, args))
        return _ARRAYS[op].format(first, second)

    def _list(self, op: str, node: Node) -> str:
        if isinstance(node, list):
            if not all(isinstance(item, str) for item in node):
                raise BadFilter(f"{op} 的列表只能含文本。", f"The list of {op} takes texts only.", operator=op)
            return self.target.literal(node, "text[]")
        if isinstance(node, str):
            return self.target.literal([node], "text[]")
        term = self.term(node)
        if term.kind != "array":
            raise mismatch(op, "array", term.kind)
        return term.sql

    # -- values ---------------------------------------------------------------------------------------------------

    def term(self, node: Node) -> Term:
        """A node that gives a value."""
        if isinstance(node, bool):
            return Term("true" if node else "false", "boolean", node)
        if isinstance(node, int | float):
            return self._number(node)
        if isinstance(node, str):
            return Term(self.target.literal(node, "text"), "text", node)
        if isinstance(node, dict):
            return self._term_of(node)
        if isinstance(node, list):
            return Term(self._list("=", node), "array", node)
        raise BadFilter("不能与 NULL 比较,请用 IS NULL。", "Nothing can be compared with NULL; use IS NULL.")

    def _term_of(self, node: dict[str, Any]) -> Term:
        if isinstance(node.get("property"), str):
            return self.target.column(node["property"])
        if "date" in node or "timestamp" in node:
            return temporal.instant(self.target, node)
        if "op" in node:
            return self._function(_operator(node), _arguments(node))
        raise BadFilter("这里应为属性、数值、文本或日期。", "A property, number, text or date was expected here.")

    def _number(self, value: float) -> Term:
        # A whole number is bound as one, so that `id = 5` finds the index on bigint.
        number = int(value) if float(value).is_integer() else value
        return Term(self.target.literal(number), "number", number)

    def _function(self, op: str, args: list[Node]) -> Term:
        if op == "casei":
            return self._casei(args)
        if op == "^":
            return self._power(args)
        if op in _ARITHMETIC:
            terms = [self.term(arg) for arg in _exactly(2, op, args)]
            for term in terms:
                if term.kind != "number":
                    raise mismatch(op, "number", term.kind)
            return Term(_ARITHMETIC[op].format(*(f"{term.sql}::numeric" for term in terms)), "number")
        if op in _COMPARISONS or op in ("and", "or", "not", "isnull", "like", "in", "between"):
            return Term(self._operation({"op": op, "args": args}), "boolean")
        raise BadFilter(f"不支持的函数“{op[:40]}”。", f"The function “{op[:40]}” is not supported.", operator=op[:40])

    def _casei(self, args: list[Node]) -> Term:
        term = self.term(_exactly(1, "casei", args)[0])
        if term.kind != "text":
            raise mismatch("casei", "text", term.kind)
        return Term(f"lower({term.sql})", "text", term.literal)

    def _power(self, args: list[Node]) -> Term:
        """Only properties and numbers are raised: a nested power would multiply the text of its own guard."""
        terms = [self.term(arg) for arg in _exactly(2, "^", args)]
        for term in terms:
            if term.kind != "number":
                raise mismatch("^", "number", term.kind)
            if term.column is None and term.literal is None:
                raise BadFilter("“^”两侧只能是属性或数值。", "“^” takes properties and numbers only.", operator="^")
        return Term(_POWER.format(*(f"{term.sql}::float8" for term in terms)), "number")


def _operator(node: dict[str, Any]) -> str:
    op = node["op"]
    if not isinstance(op, str):
        raise BadFilter("op 应为文本。", "`op` must be a text.")
    return op.lower()


def _arguments(node: dict[str, Any]) -> list[Node]:
    args = node.get("args")
    if not isinstance(args, list) or not args:
        raise BadFilter(f"{str(node['op'])[:40]} 缺少参数。", f"{str(node['op'])[:40]} has no arguments.")
    return args


def _exactly(count: int, op: str, args: list[Node]) -> list[Node]:
    if len(args) != count:
        raise BadFilter(
            f"{op} 需要 {count} 个参数,得到 {len(args)} 个。",
            f"{op} takes {count} arguments, {len(args)} were found.",
            operator=op,
        )
    return args


def _alike(op: str, first: Term, second: Term) -> tuple[Term, Term]:
    """Both terms in one kind; a date beside a moment becomes its midnight UTC. Raises BadFilter."""
    if first.kind == second.kind:
        return first, second
    if {first.kind, second.kind} == {"date", "timestamp"}:
        return (Term(temporal.as_timestamp(first), "timestamp"), Term(temporal.as_timestamp(second), "timestamp"))
    raise mismatch(op, first.kind, second.kind)

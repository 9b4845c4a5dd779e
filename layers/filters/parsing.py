"""Filter text → CQL2-JSON tree, bounded before and after the parser sees it.

The parser of cql2 0.6 recurses without a limit: 3,000 open brackets end the whole server with a segmentation fault, not
an exception. So brackets and operators are counted here first, outside quotation marks.
"""

import math
import re
from collections.abc import Iterator
from typing import Any, Final

import cql2

from layers.errors import BadFilter

TEXT: Final = "cql2-text"
JSON: Final = "cql2-json"
LANGUAGES: Final = (TEXT, JSON)

DEEPEST: Final = 40  # levels of nesting; people write 5, generated filters 15
MOST_NODES: Final = 2_000  # operators, properties and literals together
LONGEST_TEXT: Final = 200_000  # characters; 4,000 vertices at 15 digits take about 140,000
MOST_OPERATORS: Final = 12_000  # signs and words counted in the raw text; the parser survives 20,000 of each kind
LARGEST_NUMBER: Final = 1e15  # integers above are no longer exact as JSON numbers

_QUOTED = re.compile(r"'(?:[^'\\]|''|\\.)*'|\"[^\"]*\"", re.DOTALL)
_OPERATOR = re.compile(r"[-+*/%^=<>]|\b(?:not|and|or|div)\b", re.IGNORECASE)
_POSITION = re.compile(r"-->\s*(\d+):(\d+)|line (\d+) column (\d+)")
_EXPECTED = re.compile(r"= (expected .+)", re.DOTALL)

Node = Any  # a CQL2-JSON node: dict, list, str, float, bool or None


def parsed(text: str, language: str = TEXT) -> Node:
    """The CQL2-JSON tree of a filter. Raises BadFilter, with line and column where the parser gives them."""
    if language not in LANGUAGES:
        raise BadFilter(
            f"不支持的 filter-lang “{language[:40]}”,可用:{'、'.join(LANGUAGES)}。",
            f"filter-lang “{language[:40]}” is not known; use {' or '.join(LANGUAGES)}.",
        )
    _refuse_hostile_text(text, language)
    try:
        tree = (cql2.parse_text if language == TEXT else cql2.parse_json)(text).to_json()
    except (cql2.ParseError, cql2.ValidationError, ValueError) as error:
        raise _unparsable(str(error)) from None
    _refuse_large_tree(tree)
    return tree


def _refuse_hostile_text(text: str, language: str) -> None:
    if not text.strip():
        raise BadFilter("筛选条件为空。", "The filter is empty.")
    if len(text) > LONGEST_TEXT:
        raise BadFilter(
            f"筛选条件长 {len(text)} 个字符,上限 {LONGEST_TEXT}。请简化图形或条件。",
            f"The filter has {len(text)} characters, {LONGEST_TEXT} are allowed. Simplify its shape or terms.",
        )
    if "\x00" in text or any("\ud800" <= letter <= "\udfff" for letter in text):
        raise BadFilter(
            "筛选条件含有不能使用的字符(如 NUL)。", "The filter holds characters that cannot be used (such as NUL)."
        )
    if language == TEXT:  # the JSON parser bounds its own recursion at 128
        bare = _QUOTED.sub("''", text)
        if _bracket_depth(bare) > DEEPEST:
            raise _too_deep()
        if len(_OPERATOR.findall(bare)) > MOST_OPERATORS:
            raise _too_many_nodes()


def _bracket_depth(text: str) -> int:
    depth = deepest = 0
    for letter in text:
        depth += (letter in "([") - (letter in ")]")
        deepest = max(deepest, depth)
    return deepest


def _too_deep() -> BadFilter:
    return BadFilter(
        f"筛选条件嵌套超过 {DEEPEST} 层,请拆开。", f"The filter is nested deeper than {DEEPEST} levels; split it."
    )


def _too_many_nodes() -> BadFilter:
    return BadFilter(
        f"筛选条件超过 {MOST_NODES} 项,请拆开。", f"The filter has more than {MOST_NODES} terms; split it."
    )


def _unparsable(said: str) -> BadFilter:
    found = _POSITION.search(said)
    expected = _EXPECTED.search(said)
    reason = (expected.group(1) if expected else said).strip().splitlines()[0][:300]
    if found is None:
        return BadFilter(f"筛选条件无法解析:{reason}", f"The filter cannot be parsed: {reason}")
    line, column = (int(part) for part in found.groups() if part is not None)
    return BadFilter(
        f"筛选条件在第 {line} 行第 {column} 列无法解析({reason})。",
        f"The filter cannot be parsed at line {line}, column {column} ({reason}).",
        line=line,
        column=column,
    )


def _refuse_large_tree(tree: Node) -> None:
    """Depth and size without recursion, and numbers that PostgreSQL or JSON cannot hold."""
    nodes = 0
    open_nodes: list[tuple[Node, int]] = [(tree, 1)]
    while open_nodes:
        node, depth = open_nodes.pop()
        if depth > DEEPEST:
            raise _too_deep()
        if isinstance(node, float | int) and not isinstance(node, bool):
            _refuse_number(node)
        nodes += 1
        if nodes > MOST_NODES:
            raise _too_many_nodes()
        open_nodes += [(child, depth + 1) for child in _children(node)]


def _children(node: Node) -> Iterator[Node]:
    """What counts towards depth and size. Vertices of literal shapes have their own limit (spatial.py)."""
    if isinstance(node, list):
        yield from node
    elif isinstance(node, dict) and "coordinates" not in node and "geometries" not in node:
        yield from node.get("args", ())
        yield from node.get("interval", ())


def _refuse_number(value: float) -> None:
    if not math.isfinite(value) or abs(value) > LARGEST_NUMBER:
        raise BadFilter(
            f"数值超出范围,绝对值不得大于 {LARGEST_NUMBER:g}。",
            f"A number is out of range; magnitudes up to {LARGEST_NUMBER:g} are allowed.",
        )

"""Every unit that is a word is told in both languages."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from gis.registry import all_analyses
from layers.described import columns_of, entry_columns
from layers.registry import LAYERS
from layers.units import WORDS, sized, with_unit, word_of

ROOT = Path(__file__).parents[2]


def units_of_layers() -> Iterator[str]:
    for layer in LAYERS.values():
        for column in columns_of(layer).values():
            entry = column.words.entry
            for one in [column.words, *(cell.words for cell in entry_columns(entry).values())] if entry else [column.words]:
                yield from (unit for unit in (one.unit, *(one.unit_by.units.values() if one.unit_by else ())) if unit)


def is_chinese(text: str) -> bool:
    return any("\u4e00" <= char <= "\u9fff" for char in text)


def units_of_analyses() -> Iterator[str]:
    """As parameters and limits name them, and as the code of the result columns and figures writes them."""
    for analysis in all_analyses().values():
        yield from (limit.unit for limit in analysis.limits)
        for info in analysis.params.model_fields.values():
            extra = info.json_schema_extra
            if isinstance(extra, dict):
                yield str(extra.get("unit") or "")
    for path in (ROOT / "gis").rglob("*.py"):
        for call in ast.walk(ast.parse(path.read_text())):
            if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in ("Column", "counted"):
                at = {"Column": 3, "counted": 4}[call.func.id]
                yield from (part.value for part in call.args[at:] if isinstance(part, ast.Constant) and isinstance(part.value, str))


def test_every_unit_in_chinese_has_a_word_for_each_language() -> None:
    nameless = {unit for unit in (*units_of_layers(), *units_of_analyses()) if is_chinese(unit) and unit not in WORDS}
    assert nameless == set()


def test_no_english_word_is_chinese() -> None:
    assert [unit for unit, (_, en) in WORDS.items() if is_chinese(en)] == []


@pytest.mark.parametrize(("unit", "zh", "en"), [("人", "人", "people"), ("张", "张", ""), ("km²", "km²", "km²"), ("row", "行", "rows")])
def test_a_unit_is_told_in_the_language_asked_for(unit: str, zh: str, en: str) -> None:
    assert (word_of(unit, "zh"), word_of(unit, "en")) == (zh, en)


def test_a_heading_has_its_unit_unless_it_says_it_already() -> None:
    assert with_unit("Capacity", "人", "en") == "Capacity (people)"
    assert with_unit("People threatened", "人", "en") == "People threatened"
    assert with_unit("人数", "人", "zh") == "人数(人)"
    assert with_unit("Toilets", "个", "en") == "Toilets"
    assert with_unit("Name", "", "en") == "Name"


@pytest.mark.parametrize(("value", "unit", "told"), [
    (352_191_790.0, "m²", (352.19179, "km²")), (-20_000_000, "m²", (-20.0, "km²")), (9_999_999, "m²", (9_999_999, "m²")),
    (5e7, "m", (5e7, "m")),
])  # fmt: skip
def test_large_areas_are_told_in_square_kilometres(value: float, unit: str, told: tuple[float, str]) -> None:
    assert sized(value, unit) == told

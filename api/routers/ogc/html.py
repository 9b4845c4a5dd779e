"""HTML pages: Chinese first with an English switch, no scripts, nothing from another host."""

from pathlib import Path
from typing import Any, Final

from fastapi import Request, Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from api.deps import Tongue
from api.routers.ogc.links import base, here
from api.routers.ogc.representations import VARY
from layers.described import Column, columns_of
from layers.fields import Layer

MOST_COLUMNS: Final = 9  # of the table: what a screen of 1,280 px shows without scrolling
FIRST_COLUMNS: Final = ("name", "code", "admin_code", "status")

_PAGES = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"), autoescape=True, undefined=StrictUndefined,
    trim_blocks=True, lstrip_blocks=True,
)  # fmt: skip


def page(request: Request, name: str, lang: Tongue, headers: dict[str, str] | None = None, **values: Any) -> Response:
    """A page of templates/ in a language. Every template has `t(zh, en)`, `url(path)` and the two switches."""

    def t(zh: str, en: str) -> str:
        return en if lang == "en" else zh

    text = _PAGES.get_template(name).render(
        t=t,
        lang=lang,
        url=lambda path="", **query: _kept(request, base(request) + path, query),
        here=lambda **changes: here(request, **changes),
        **values,
    )
    return Response(text, media_type="text/html", headers={"Vary": VARY, "Content-Language": lang, **(headers or {})})


def _kept(request: Request, url: str, query: dict[str, Any]) -> str:
    """Links inside a page keep the language that was chosen."""
    chosen = request.query_params.get("lang")
    parts = [f"{name}={value}" for name, value in {**({"lang": chosen} if chosen else {}), **query}.items()]
    return f"{url}?{'&'.join(parts)}" if parts else url


def table_columns(layer: Layer) -> list[Column]:
    """The columns a list shows: who it is, its status, what the legend goes by, then the layer's first own fields."""
    columns = columns_of(layer)
    own = [name for name in layer.row.model_fields if columns[name].kind not in ("geometry", "object")]
    legend = [layer.legend.by] if layer.legend.by else []
    names = [name for name in dict.fromkeys([*FIRST_COLUMNS, *legend, *own]) if not columns[name].words.restricted]
    return [columns[name] for name in names[:MOST_COLUMNS]]


def shown(column: Column, value: Any, lang: Tongue) -> str:
    """A value as a person reads it: labels for codes, 是/否, a dash for nothing."""
    if value is None or value == []:
        return "–"
    if isinstance(value, bool):
        return {"zh": ("否", "是"), "en": ("no", "yes")}[lang][value]
    if column.codes is not None:
        labels = {code.value: (code.zh, code.en)[lang == "en"] for code in column.codes}
        many = value if isinstance(value, list) else [value]
        return "、".join(labels.get(item, str(item)) for item in many)
    if isinstance(value, list):
        return "、".join(map(str, value))
    if isinstance(value, dict):
        return str(value.get("type", ", ".join(map(str, value))))
    return str(value)


def is_exercise(feature: dict[str, Any]) -> bool:
    """Whether a row belongs to an exercise and must say so wherever it is shown."""
    return bool(feature["properties"].get("source") == "exercise")

"""A briefing: answers of analyses as one HTML page that opens anywhere, also where there is no network.

    html = page([Section(document, "夜间转移", "duty", created)], made, outlines, leaflet())

Maps are folium's; the links to foreign servers that folium writes are left out and Leaflet, which the console brings with
it, is written into the page once. Under the shapes lie the outlines of the townships: nothing else can be seen without a
network. All positions are lon, lat (EPSG:4490).
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from html import escape
from pathlib import Path
from typing import Any, Final, NamedTuple, cast
from zoneinfo import ZoneInfo

import folium
from branca.element import Figure

from layers.exporting import Tongue
from layers.result_files import in_language
from layers.units import sized, with_unit, word_of

WEB: Final = Path(__file__).resolve().parent / "web"
LEAFLET_PLACES: Final = (WEB / "dist" / "leaflet", WEB / "node_modules" / "leaflet" / "dist")
CHINA: Final = ZoneInfo("Asia/Shanghai")
COLOURS: Final = ("#1f7a86", "#8a5a1c", "#4d6b2f", "#8d4a6b", "#4a5a68")
"""Of the lists in their order, as on the map of the console (maps/web/src/state/analysis.ts)."""
LINKS: Final = frozenset({"layer", "id"})
LISTS_SHOWN: Final = 3
ROWS_SHOWN: Final = 20  # a page of A4; the console and its exports have all
SHAPES_SHOWN: Final = 2000  # of one list: more makes the file large and the map slow to open
PADDING_PX: Final = 24
NUMBER: Final = ' class="n"'

WORDS: Final[Mapping[str, Mapping[Tongue, str]]] = {
    "title": {"zh": "情况简报", "en": "Briefing"},
    "exercise": {"zh": "【演练】", "en": "[EXERCISE] "},
    "exercise_note": {"zh": "演练数据,不是真实情况。", "en": "Exercise data, not what is happening."},
    "made": {"zh": "生成时间", "en": "Made at"},
    "by": {"zh": "生成人", "en": "By"},
    "computed": {"zh": "计算于", "en": "Computed at"},
    "rows": {"zh": "共 {total} 行,列前 {n} 行", "en": "first {n} of {total} rows"},
    "more_lists": {"zh": "另有清单:", "en": "Further lists: "},
    "shapes": {"zh": "图上只画前 {n} 个", "en": "the map shows the first {n}"},
    "how": {"zh": "怎样得出", "en": "How it was made"},
    "inputs": {"zh": "参数", "en": "Inputs"},
    "layers": {"zh": "图层", "en": "Layers"},
    "limits": {"zh": "阈值", "en": "Limits"},
    "terrain": {"zh": "高程", "en": "Elevation"},
    "method": {"zh": "方法", "en": "Method"},
    "validity": {"zh": "适用范围", "en": "Valid"},
    "program": {"zh": "程序", "en": "Program"},
    "version": {"zh": "第 {version} 版,{rows} 条", "en": "version {version}, {rows} rows"},
    "internal": {"zh": "内部资料", "en": "For internal use"},
    "no_map": {"zh": "地图略:服务器上没有前端文件。", "en": "No map: the console's files are not on the server."},
    "yes": {"zh": "是", "en": "yes"},
    "no": {"zh": "否", "en": "no"},
    "colon": {"zh": ":", "en": ": "},
    "and": {"zh": "、", "en": ", "},
}

STYLE: Final = """
:root { color-scheme: light; } * { box-sizing: border-box; }
body { max-width: 1000px; margin: 0 auto; padding: 24px 20px 60px; color: #1d2426; background: #fff;
  font: 14px/1.55 'Noto Sans CJK SC', 'Source Han Sans SC', 'Microsoft YaHei', sans-serif; }
h1 { margin: 0; font-size: 24px; } h2 { margin: 0; font-size: 19px; } h3 { margin: 14px 0 4px; font-size: 14px; }
.meta { margin: 2px 0 10px; color: #55626a; font-size: 13px; }
.exercise { padding: 6px 12px; border: 2px solid #5b3fa0; border-radius: 6px; color: #4b3391; font-weight: 600; }
section.answer { margin-top: 26px; padding-top: 18px; border-top: 2px solid #1d2426; break-inside: auto; }
.map { position: relative; height: 430px; border: 1px solid #c5ccd0; }
.map .leaflet-control-scale-line + .leaflet-control-scale-line { display: none; }
.map .folium-map { position: absolute; inset: 0; background: #f1f2ee; }
.key { display: flex; flex-wrap: wrap; gap: 2px 16px; margin: 6px 0 0; font-size: 12.5px; }
.key i, h3 i { display: inline-block; width: 12px; height: 12px; margin-right: 5px; border-radius: 3px; }
.figures { display: grid; grid-template-columns: repeat(auto-fill, minmax(150px, 1fr)); gap: 8px; margin: 12px 0; padding: 0; }
.figures li { padding: 8px 12px; border: 1px solid #d5dadd; border-radius: 6px; list-style: none; }
.figures span { display: block; color: #55626a; font-size: 12.5px; } .figures b { font-size: 20px; } .figures small { margin-left: 3px; }
.said { margin: 10px 0; padding: 8px 12px 8px 28px; border-radius: 6px; background: #f6f1e4; }
.wide { overflow-x: auto; } table { width: 100%; border-collapse: collapse; font-size: 12.5px; }
th, td { padding: 3px 8px; border-bottom: 1px solid #dfe3e5; text-align: left; vertical-align: top; } th { background: #eef1f2; }
:is(td, th).n { text-align: right; font-variant-numeric: tabular-nums; }
dl { display: grid; grid-template-columns: auto 1fr; gap: 2px 12px; margin: 4px 0; color: #3d484d; font-size: 12px; }
dd { margin: 0; overflow-wrap: anywhere; }
.answer-label { font-size: 12px; }
@media print { body { padding: 0; } section.answer { break-before: page; } section.answer:first-of-type { break-before: auto; }
  .map { height: 360px; } .leaflet-control-zoom { display: none; } }
"""


class Leaflet(NamedTuple):
    """The program of the map and its style sheet, as text."""

    script: str
    style: str


@dataclass(frozen=True)
class Section:
    """One answer. document : as layers/runs.py writes it. name : under which it was kept, if it was."""

    document: Mapping[str, Any]
    name: str | None
    owner: str
    created: datetime


@dataclass(frozen=True)
class Made:
    """Who asked for the page, when, in which language."""

    by: str
    at: datetime
    lang: Tongue


def leaflet() -> Leaflet | None:
    """The files of Leaflet: from the built console, else from its packages; None where neither is there."""
    for place in LEAFLET_PLACES:
        if (place / "leaflet.js").is_file():
            script = (place / "leaflet.js").read_text(encoding="utf-8")
            style = (place / "leaflet.css").read_text(encoding="utf-8")
            # Neither the pictures of markers, which are not used, nor the source map are in the page.
            return Leaflet(re.sub(r"//# sourceMappingURL=.*", "", script), re.sub(r"url\([^)]*\)", "none", style))
    return None


def page(sections: Sequence[Section], made: Made, outlines: Mapping[str, Mapping[str, Any]], drawn_with: Leaflet | None) -> str:
    """The page. outlines : the townships of each county by its code, a GeoJSON FeatureCollection."""
    lang = made.lang
    counties = WORDS["and"][lang].join(dict.fromkeys(str(one.document["provenance"]["county"]["name"]) for one in sections))
    exercise = any(one.document["exercise"] for one in sections)
    mark = WORDS["exercise"][lang] if exercise else ""
    title = f"{mark}{counties} {WORDS['title'][lang]}".strip()
    bodies = [_section(number, one, lang, outlines, has_map=drawn_with is not None) for number, one in enumerate(sections)]
    scripts = "\n".join(script for _, script in bodies)
    told = f"{WORDS['made'][lang]} {_moment(made.at)} · {WORDS['by'][lang]} {escape(made.by)} · {WORDS['internal'][lang]}"
    warned = f'<p class="exercise">{WORDS["exercise_note"][lang]}</p>' if exercise else ""
    style, script = (drawn_with.style, drawn_with.script) if drawn_with else ("", "")
    return (
        f'<!doctype html>\n<html lang="{"zh-CN" if lang == "zh" else "en"}"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><title>{escape(title)}</title>'
        f"<style>{style}\n{STYLE}</style><script>{script}</script></head>\n"
        f'<body><header><h1>{escape(title)}</h1><p class="meta">{told}</p>{warned}</header>\n'
        + "\n".join(body for body, _ in bodies)
        + f"\n<script>{scripts}</script></body></html>\n"
    )


def _section(number: int, one: Section, lang: Tongue, outlines: Mapping[str, Mapping[str, Any]], *, has_map: bool) -> tuple[str, str]:
    """HTML of an answer, and the script that draws its map."""
    document, title = one.document, one.document["title"][lang]
    made = document["provenance"]
    mark = WORDS["exercise"][lang] if document["exercise"] else ""
    told = " · ".join(escape(part) for part in (title if one.name else "", str(made["county"]["name"]), one.owner,
                                                f"{WORDS['computed'][lang]} {_moment(one.created)}") if part)  # fmt: skip
    body, script = _map(document, lang, outlines.get(made["county"]["code"])) if has_map else ("", "")
    if not has_map and any(_shapes(listing) for listing in document["lists"]):
        body = f'<p class="meta">{WORDS["no_map"][lang]}</p>'
    notes = "".join(f"<li>{escape(note[lang])}</li>" for note in document["notes"])
    parts = (
        f'<section class="answer" id="answer-{number + 1}"><h2>{number + 1}. {mark}{escape(one.name or title)}</h2>',
        f'<p class="meta">{told}</p>',
        f'<ul class="said">{notes}</ul>' if notes else "",
        _figures(document["figures"], lang), body, _lists(document["lists"], lang), _provenance(made, lang), "</section>",
    )  # fmt: skip
    return "\n".join(part for part in parts if part), script


# -- the map ----------------------------------------------------------------------------------------------------------


class _Map(folium.Map):
    """A map that asks for nothing from elsewhere."""

    default_js: list[tuple[str, str]] = []  # noqa: RUF012 - folium reads these names
    default_css: list[tuple[str, str]] = []  # noqa: RUF012


def _shapes(listing: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [feature for feature in listing["features"]["features"] if feature["geometry"] is not None]


def _map(document: Mapping[str, Any], lang: Tongue, outline: Mapping[str, Any] | None) -> tuple[str, str]:
    """HTML and script of the map of an answer; empty where nothing has a shape."""
    drawn = [(number, listing, _shapes(listing)[:SHAPES_SHOWN]) for number, listing in enumerate(document["lists"])]
    drawn = [part for part in drawn if part[2]]
    if not drawn:
        return "", ""
    made = _Map(tiles=None, prefer_canvas=True, control_scale=True, attribution_control=False, zoom_snap=0.25)
    if outline and outline["features"]:
        plain = {"color": "#8b979c", "weight": 1, "fillColor": "#ffffff", "fillOpacity": 0.75}
        folium.GeoJson(dict(outline), style_function=lambda _: plain, control=False, tooltip=_tooltip(("name",))).add_to(made)
    for number, listing, shapes in reversed(drawn):  # the first list lies uppermost
        _layer(listing, shapes, COLOURS[number % len(COLOURS)], lang).add_to(made)
    west, south, east, north = _bounds([shape for _, _, shapes in drawn for shape in shapes])
    made.fit_bounds([[south, west], [north, east]], padding=(PADDING_PX, PADDING_PX), max_zoom=15)
    figure = cast(Figure, made.get_root())
    figure.render()
    key = "".join(
        f'<span><i style="background:{COLOURS[number % len(COLOURS)]}"></i>{escape(listing["title"][lang])}'
        + (f" ({WORDS['shapes'][lang].format(n=SHAPES_SHOWN)})" if len(_shapes(listing)) > SHAPES_SHOWN else "") + "</span>"
        for number, listing, _ in drawn
    )  # fmt: skip
    return f'<div class="map">{figure.html.render()}</div><p class="key">{key}</p>', str(figure.script.render())


def _layer(listing: Mapping[str, Any], shapes: Sequence[Mapping[str, Any]], colour: str, lang: Tongue) -> folium.GeoJson:
    features = [
        {"type": "Feature", "geometry": shape["geometry"], "properties": {"label": _label(listing, shape, lang)}}
        for shape in shapes
    ]  # fmt: skip
    style = {"color": colour, "weight": 3, "fillColor": colour, "fillOpacity": 0.2}
    return folium.GeoJson(
        {"type": "FeatureCollection", "features": features}, style_function=lambda _: style, control=False,
        marker=folium.CircleMarker(radius=6, color="#ffffff", weight=1.5, fill=True, fill_color=colour, fill_opacity=1),
        tooltip=_tooltip(("label",)),
    )  # fmt: skip


def _tooltip(fields: tuple[str, ...]) -> folium.GeoJsonTooltip:
    return folium.GeoJsonTooltip(fields=list(fields), labels=False, sticky=True, style="font-size:12px;max-width:280px;white-space:normal")


def _label(listing: Mapping[str, Any], shape: Mapping[str, Any], lang: Tongue) -> str:
    """What a row is called and its first facts. Escaped: a tooltip takes it as HTML."""
    told = [
        f"{column[lang]}{WORDS['colon'][lang]}{_text(value, lang)} {word_of(column['unit'], lang)}".strip()
        for column in _columns(listing)[:6]
        if (value := shape["properties"].get(column["name"])) not in (None, "", [])
    ]
    return "<br>".join(escape(part) for part in told) or escape(listing["title"][lang])


def _bounds(shapes: Sequence[Mapping[str, Any]]) -> tuple[float, float, float, float]:
    """West, south, east, north."""
    places = [place for shape in shapes for place in _places(shape["geometry"])]
    lons, lats = [place[0] for place in places], [place[1] for place in places]
    return min(lons), min(lats), max(lons), max(lats)


def _places(part: Any) -> list[tuple[float, float]]:
    if isinstance(part, Mapping):
        return [place for inner in part.get("geometries", [part.get("coordinates")]) for place in _places(inner)]
    if part and isinstance(part[0], (int, float)):
        return [(float(part[0]), float(part[1]))]
    return [place for inner in part or () for place in _places(inner)]


# -- figures, lists, provenance ---------------------------------------------------------------------------------------


def _figures(figures: Sequence[Mapping[str, Any]], lang: Tongue) -> str:
    sizes = [sized(one["value"], one["unit"]) for one in figures]
    told = "".join(
        f"<li><span>{escape(one['title'][lang])}</span><b>{_text(value, lang)}</b><small>{escape(word_of(unit, lang))}</small></li>"
        for one, (value, unit) in zip(figures, sizes, strict=True)
    )
    return f'<ul class="figures">{told}</ul>' if told else ""


def _lists(lists: Sequence[Mapping[str, Any]], lang: Tongue) -> str:
    filled = [(number, listing) for number, listing in enumerate(lists) if listing["features"]["features"]]
    shown = [_list(number, listing, lang) for number, listing in filled[:LISTS_SHOWN]]
    more = (f"{listing['title'][lang]} {len(listing['features']['features'])}" for _, listing in filled[LISTS_SHOWN:])
    rest = WORDS["and"][lang].join(more)
    return "\n".join([*shown, *([f'<p class="meta">{WORDS["more_lists"][lang]}{escape(rest)}</p>'] if rest else [])])


def _list(number: int, listing: Mapping[str, Any], lang: Tongue) -> str:
    rows, columns = listing["features"]["features"], _columns(listing)
    heads = "".join(_heading(column, rows[:ROWS_SHOWN], lang) for column in columns)
    lines = "".join("<tr>" + "".join(_cell(row["properties"].get(column["name"]), lang) for column in columns) + "</tr>"
                    for row in rows[:ROWS_SHOWN])  # fmt: skip
    count = f' <small class="meta">{WORDS["rows"][lang].format(n=ROWS_SHOWN, total=len(rows))}</small>' if len(rows) > ROWS_SHOWN else ""
    swatch = f'<i style="background:{COLOURS[number % len(COLOURS)]}"></i>' if _shapes(listing) else ""
    return (f"<h3>{swatch}{escape(listing['title'][lang])}{count}</h3>"
            f'<div class="wide"><table><thead><tr>{heads}</tr></thead><tbody>{lines}</tbody></table></div>')  # fmt: skip


def _columns(listing: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Those that people read: not what links a row to its feature."""
    return [column for column in listing["columns"] if column["name"] not in LINKS]


def _heading(column: Mapping[str, Any], rows: Sequence[Mapping[str, Any]], lang: Tongue) -> str:
    """Over numbers it stands where they stand."""
    is_over_numbers = any(_is_number(row["properties"].get(column["name"])) for row in rows)
    return f"<th{NUMBER if is_over_numbers else ''}>{escape(with_unit(column[lang], column['unit'], lang))}</th>"


def _cell(value: Any, lang: Tongue) -> str:
    return f"<td{NUMBER if _is_number(value) else ''}>{escape(_text(value, lang))}</td>"


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _text(value: Any, lang: Tongue) -> str:
    value = in_language(value, lang)
    if value is None or value == "":
        return "—"
    if isinstance(value, bool):
        return WORDS["yes" if value else "no"][lang]
    if isinstance(value, float):
        return f"{value:,.0f}" if abs(value) >= 1000 or value.is_integer() else f"{value:,.4g}"
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, list):
        return WORDS["and"][lang].join(_text(one, lang) for one in value)
    if isinstance(value, dict):
        return " · ".join(f"{key} {_text(one, lang)}" for key, one in value.items())
    return str(value)


def _provenance(made: Mapping[str, Any], lang: Tongue) -> str:
    read = WORDS["and"][lang].join(f"{layer} {WORDS['version'][lang].format(**told)}" for layer, told in made["layers"].items())
    told: list[tuple[str, str]] = [
        ("inputs", "; ".join(f"{key} = {str(value)[:160]}" for key, value in made["inputs"].items())), ("layers", read),
        ("terrain", made["terrain"]["source"] if made.get("terrain") else ""),
        ("limits", "; ".join(f"{key} = {value}" for key, value in made["limits"].items())), ("method", made["source"]),
        ("validity", made["validity"][lang]), ("program", f"{made['program']} · {made['metric_crs']}"),
    ]  # fmt: skip
    items = "".join(f"<dt>{WORDS[key][lang]}</dt><dd>{escape(text)}</dd>" for key, text in told if text)
    return f"<h3>{WORDS['how'][lang]}</h3><dl>{items}</dl>"


def _moment(at: datetime) -> str:
    return f"{at.astimezone(CHINA):%Y-%m-%d %H:%M}"

"""What layers and counties there are: the console's table of contents."""

from collections.abc import Mapping
from typing import Any, Final

import orjson
from fastapi import APIRouter, Response
from psycopg.rows import dict_row

from api.deps import CurrentActor, KnownLayer, TheDatabase
from api.errors import problem_responses
from api.routers.ogc.facts import facts_of
from layers import forms
from layers.database import Actor, Database
from layers.described import columns_of
from layers.fields import Layer
from layers.registry import LAYERS

router = APIRouter(prefix="/api", tags=["layers"], responses=problem_responses([401, 404]))

XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
LOOKS: Final = ("village", "township", "duty", "commander", "admin")  # as app.may_look in layers/sql/functions.sql

COUNTIES = """
select c.code, c.name, c.en, c.metric_epsg, c.centre_lon, c.centre_lat, c.sources, c.exercise,
  c.dem_path is not null as has_dem, st_xmin(b.box) as west, st_ymin(b.box) as south, st_xmax(b.box) as east,
  st_ymax(b.box) as north
from app.counties c left join lateral (select st_extent(geom) as box from layers.counties f where f.code = c.code) b on true
order by c.code
"""


@router.get("/layers", response_model=None)
async def all_layers(actor: CurrentActor, database: TheDatabase) -> Response:
    """Every layer in drawing order, with its legend, counts, extent and what you may do with it."""
    return _json([await _summary(actor, database, layer) for layer in LAYERS.values()])


@router.get("/layers/{layer}", response_model=None)
async def one_layer(actor: CurrentActor, layer: KnownLayer, database: TheDatabase) -> Response:
    """One layer with the form to fill it in: fields in groups, limits, code lists, checks."""
    form = forms.form_schema(layer)
    summary = await _summary(actor, database, layer)
    shared = {"fields": form["groups"], "checks": form["checks"], "help_zh": layer.help_zh, "help_en": layer.help_en}
    return _json({**summary, **shared, "source": layer.source})


@router.get("/layers/{layer}/template.xlsx", response_class=Response,
            responses={200: {"content": {XLSX: {}}, "description": "a spreadsheet to fill in"}})  # fmt: skip
async def template(_actor: CurrentActor, layer: KnownLayer) -> Response:
    """The spreadsheet of a layer: headings, notes, an example, dropdowns for code lists."""
    named = {"Content-Disposition": f'attachment; filename="{layer.name}.xlsx"'}
    return Response(forms.template_workbook(layer), media_type=XLSX, headers=named)


@router.get("/counties", response_model=None)
async def counties(_actor: CurrentActor, database: TheDatabase) -> Response:
    """The counties that are loaded, with their metric system, extent, sources and licences."""
    async with database.reading() as connection:
        cursor = connection.cursor(row_factory=dict_row)
        await cursor.execute(COUNTIES)
        rows = await cursor.fetchall()
    return _json([_county(row) for row in rows])


def _county(row: Mapping[str, Any]) -> dict[str, Any]:
    plain = {name: row[name] for name in ("code", "name", "en", "metric_epsg", "sources", "exercise", "has_dem")}
    bbox = [row[side] for side in ("west", "south", "east", "north")]
    return {**plain, "centre": [row["centre_lon"], row["centre_lat"]], "bbox": None if bbox[0] is None else bbox}


async def _summary(actor: Actor, database: Database, layer: Layer) -> dict[str, Any]:
    facts = await facts_of(database, layer)
    return {
        "name": layer.name,
        "zh": layer.zh,
        "en": layer.en,
        "group": layer.group,
        "geometry": layer.geometry,
        "bureau": layer.bureau,
        "legend": _legend(layer),
        "name_zoom": layer.name_zoom,
        "count": facts.rows,
        "exercise_count": facts.exercise_rows,
        "version": facts.version,
        "bbox": facts.bbox,
        "may_write": may_write(actor, layer),
        "may_read_restricted": may_look(actor, layer),
    }


def may_write(actor: Actor, layer: Layer) -> bool:
    """Whether the role writes this layer at all; scope and verification are decided row by row by the database."""
    if actor.role in ("admin", "director"):  # a director only exercise rows: the row policy says so
        return True
    own = actor.role != "bureau" or actor.bureau == layer.bureau
    return actor.role in layer.writers and own


def may_look(actor: Actor, layer: Layer) -> bool:
    """Whether the role acts on this layer's restricted fields, inside its scope."""
    return actor.role in LOOKS or (actor.role == "bureau" and actor.bureau == layer.bureau)


def _legend(layer: Layer) -> dict[str, Any]:
    """The legend with the labels of its values, worst first."""
    legend = layer.legend
    codes = columns_of(layer)[legend.by].codes if legend.by else None
    labels = {code.value: {"zh": code.zh, "en": code.en} for code in codes or ()}
    order = legend.worst_first or tuple(legend.colours)
    return {
        "glyph": legend.glyph,
        "by": legend.by,
        "colour": legend.colour,
        "colours": dict(legend.colours),
        "worst_first": list(order),
        "values": [
            {"code": code, "colour": legend.colours.get(code, legend.colour), **labels.get(code, {})} for code in order
        ],
        "width": legend.width,
        "dash": legend.dash,
        "fill_opacity": legend.fill_opacity,
    }


def _json(body: Any) -> Response:
    return Response(orjson.dumps(body), media_type="application/json")

"""What layers and counties there are: the console's table of contents."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from fastapi import APIRouter, Request, Response
from psycopg.rows import dict_row
from pydantic import BaseModel, Field

from api.deps import CurrentActor, KnownLayer, TheDatabase
from api.errors import problem_responses
from api.routers.ogc.asking import moment_or_refusal
from api.routers.ogc.facts import facts_in
from api.routers.search import AsOf, CountyCode
from layers import forms
from layers.county_counts import Counted, counted
from layers.database import Actor, Database
from layers.described import columns_of
from layers.fields import Layer
from layers.registry import LAYERS
from layers.romanised import romanised
from layers.units import WORDS

router = APIRouter(prefix="/api", tags=["layers"], responses=problem_responses([400, 401, 404]))

XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
LOOKS: Final = ("village", "township", "duty", "commander", "admin")  # as app.may_look in layers/sql/functions.sql

COUNTIES = """
select c.code, c.name, c.en, c.metric_epsg, c.centre_lon, c.centre_lat, c.sources, c.exercise,
  c.dem_path is not null as has_dem, st_xmin(b.box) as west, st_ymin(b.box) as south, st_xmax(b.box) as east,
  st_ymax(b.box) as north
from app.counties c left join lateral (select st_extent(geom) as box from layers.counties f where f.code = c.code) b on true
order by c.code
"""


class Coded(BaseModel):
    """A value of a code list, in both languages."""

    code: str
    zh: str
    en: str


class LegendValue(Coded):
    colour: str


class Legend(BaseModel):
    """How a layer is drawn: by one column, or in one colour."""

    glyph: str
    by: str | None = Field(description="the column whose values have colours")
    colour: str
    colours: dict[str, str]
    worst_first: list[str]
    values: list[LegendValue] = Field(description="worst first; a value without labels is shown as it is stored")
    width: float
    dash: str | None
    fill_opacity: float


class LayerSummary(BaseModel):
    """A layer and what you may do with it."""

    name: str
    zh: str
    en: str
    group: str
    geometry: str
    bureau: str
    legend: Legend
    name_zoom: float
    count: int = Field(description="rows of the county asked for, at the moment asked for")
    exercise_count: int
    version: int = Field(description="grows with every change of the layer, in any county")
    bbox: tuple[float, float, float, float] | None
    may_write: bool
    may_read_restricted: bool


class UnitBy(BaseModel):
    """The unit of a number that follows from another field: by that field's code."""

    field: str
    units: dict[str, str]


class FormEntry(BaseModel):
    """What each entry of a JSON object is kept under, how many there may be, and its fields."""

    key_zh: str
    key_en: str
    max: int
    fields: list["FormField"]


class FormField(BaseModel):
    """A field as a form shows it."""

    name: str
    zh: str
    en: str
    kind: str
    widget: str
    unit: str | None
    help_zh: str
    help_en: str
    rule_zh: str
    rule_en: str
    codes: list[Coded]
    limits: dict[str, Any]
    need: str = Field(description="R: needed to publish; r: wanted; empty: optional")
    required: bool
    default: Any
    restricted: bool
    ref: str | None
    computed: bool
    read_only: bool
    geometry: str | None
    unit_by: UnitBy | None = None
    entry: FormEntry | None = None


class FormGroup(BaseModel):
    name: str
    zh: str
    en: str
    fields: list[FormField]


class FormCheck(BaseModel):
    """A rule over several fields."""

    name: str
    rule: str
    zh: str
    en: str
    severity: str


class LayerWithForm(LayerSummary):
    """A layer with the form to fill it in."""

    fields: list[FormGroup]
    checks: list[FormCheck]
    help_zh: str
    help_en: str
    source: str


class CountySource(BaseModel):
    """Where a county's data come from, under which licence."""

    name: str
    licence: str
    attribution: str
    url: str | None = None


class County(BaseModel):
    code: str
    name: str
    en: str
    metric_epsg: int
    sources: list[CountySource]
    exercise: bool
    has_dem: bool
    centre: tuple[float, float] = Field(description="longitude, latitude in degrees")
    bbox: tuple[float, float, float, float] | None = Field(description="null where its outline is not loaded")
    tianditu_key: str | None = Field(description="key of the Tianditu base maps; null where the server has none")


@router.get("/layers")
async def all_layers(
    actor: CurrentActor, database: TheDatabase, county: CountyCode = "", as_of: AsOf = None
) -> list[LayerSummary]:
    """Every layer in drawing order, with its legend, what you may do with it, and counts and extent of one county.

    `county` is a code or the beginning of one: the counts are then the lengths of the lists that `admin_code` gives.
    """
    counts = await _counts(database, list(LAYERS), county, moment_or_refusal("as_of", as_of))
    return [await _summary(actor, database, layer, counts[layer.name]) for layer in LAYERS.values()]


@router.get("/layers/{layer}")
async def one_layer(
    actor: CurrentActor, layer: KnownLayer, database: TheDatabase, county: CountyCode = "", as_of: AsOf = None
) -> LayerWithForm:
    """One layer with the form to fill it in: fields in groups, limits, code lists, checks."""
    form = forms.form_schema(layer)
    counts = await _counts(database, [layer.name], county, moment_or_refusal("as_of", as_of))
    summary = await _summary(actor, database, layer, counts[layer.name])
    return LayerWithForm(
        **summary.model_dump(), fields=form["groups"], checks=form["checks"], help_zh=layer.help_zh, help_en=layer.help_en,
        source=layer.source,
    )  # fmt: skip


@router.get("/layers/{layer}/template.xlsx", response_class=Response,
            responses={200: {"content": {XLSX: {}}, "description": "a spreadsheet to fill in"}})  # fmt: skip
async def template(_actor: CurrentActor, layer: KnownLayer) -> Response:
    """The spreadsheet of a layer: headings, notes, an example, dropdowns for code lists."""
    named = {"Content-Disposition": f'attachment; filename="{layer.name}.xlsx"'}
    return Response(forms.template_workbook(layer), media_type=XLSX, headers=named)


TOWNSHIPS = """
select code, name, latin from app.names where layer = 'townships' and admin_code like %s order by code
"""


class TownshipName(BaseModel):
    """A township's code and names; the English one is its pinyin (layers/romanised.py)."""

    code: str
    zh: str
    en: str


@router.get("/townships")
async def townships(_actor: CurrentActor, database: TheDatabase, county: CountyCode = "") -> list[TownshipName]:
    """The townships of a county, or all, by code."""
    async with database.reading() as connection:
        rows = await (await connection.execute(TOWNSHIPS, (f"{county}%",))).fetchall()
    return [TownshipName(code=code, zh=name, en=romanised(name, latin)) for code, name, latin in rows]


class UnitWord(BaseModel):
    """What a unit is called; an empty word is not shown."""

    unit: str = Field(description="as fields, figures and thresholds name it")
    zh: str
    en: str


@router.get("/units")
async def units(_actor: CurrentActor) -> list[UnitWord]:
    """The units that are words. One that is not here is a symbol (m, km²), the same in every language."""
    return [UnitWord(unit=unit, zh=zh, en=en) for unit, (zh, en) in WORDS.items()]


@router.get("/counties")
async def counties(request: Request, _actor: CurrentActor, database: TheDatabase) -> list[County]:
    """The counties that are loaded, with their metric system, extent, sources and licences."""
    async with database.reading() as connection:
        cursor = connection.cursor(row_factory=dict_row)
        await cursor.execute(COUNTIES)
        rows = await cursor.fetchall()
    key = request.app.state.settings.tianditu_key
    return [_county(row, key) for row in rows]


def _county(row: Mapping[str, Any], tianditu_key: str | None) -> County:
    plain = {name: row[name] for name in ("code", "name", "en", "metric_epsg", "sources", "exercise", "has_dem")}
    box = tuple(row[side] for side in ("west", "south", "east", "north"))
    return County(
        **plain, centre=(row["centre_lon"], row["centre_lat"]), bbox=None if box[0] is None else box, tianditu_key=tianditu_key
    )


async def _counts(database: Database, names: list[str], county: str, as_of: datetime | None) -> dict[str, Counted]:
    """Rows and extent by layer: of now from memory while the layers have not changed."""
    if as_of is None:
        return await facts_in(database, names, county)
    async with database.reading() as connection:
        return await counted(connection, names, county, as_of)


async def _summary(actor: Actor, database: Database, layer: Layer, counts: Counted) -> LayerSummary:
    return LayerSummary(
        name=layer.name, zh=layer.zh, en=layer.en, group=layer.group, geometry=layer.geometry, bureau=layer.bureau,
        legend=_legend(layer), name_zoom=layer.name_zoom, count=counts.rows, exercise_count=counts.exercise_rows,
        version=await database.version_of(layer.name), bbox=counts.bbox, may_write=may_write(actor, layer),
        may_read_restricted=may_look(actor, layer),
    )  # fmt: skip


def may_write(actor: Actor, layer: Layer) -> bool:
    """Whether the role writes this layer at all; scope and verification are decided row by row by the database."""
    if actor.role in ("admin", "director"):  # a director only exercise rows: the row policy says so
        return True
    own = actor.role != "bureau" or actor.bureau == layer.bureau
    return actor.role in layer.writers and own


def may_look(actor: Actor, layer: Layer) -> bool:
    """Whether the role acts on this layer's restricted fields, inside its scope."""
    return actor.role in LOOKS or (actor.role == "bureau" and actor.bureau == layer.bureau)


def _legend(layer: Layer) -> Legend:
    """The legend with the labels of its values, worst first; a value without labels is its own."""
    legend = layer.legend
    codes = columns_of(layer)[legend.by].codes if legend.by else None
    labels = {code.value: (code.zh, code.en) for code in codes or ()}
    order = legend.worst_first or tuple(legend.colours)
    values = [
        LegendValue(code=code, zh=labels.get(code, (code, code))[0], en=labels.get(code, (code, code))[1],
                    colour=legend.colours.get(code, legend.colour))
        for code in order
    ]  # fmt: skip
    return Legend(
        glyph=legend.glyph, by=legend.by, colour=legend.colour, colours=dict(legend.colours), worst_first=list(order),
        values=values, width=legend.width, dash=legend.dash, fill_opacity=legend.fill_opacity,
    )  # fmt: skip

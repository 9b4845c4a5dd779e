"""Running an analysis: fetch what its page needs, run it, and write down how the answer was made.

    document = run(fetcher, job, tell)

The document is plain JSON (UTF-8): the answer as GeoJSON, its lists, figures, notes, the page's own facts, provenance.
Words are {"zh": …, "en": …} wherever they stand: titles, notes, cells of lists.
"""

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, Protocol

import geopandas as gpd
import numpy as np
import orjson
import pandas as pd
import shapely
from psycopg import Connection
from shapely.geometry.base import BaseGeometry

from gis.analysis import Analysis, Bilingual, Figure, Given, Listing, Params, Result, Selection
from gis.grid import Grid
from gis.registry import analysis_named
from gis.roads.engine import Roads
from layers.errors import CountyNotFound, FeatureNotFound
from layers.fields import Layer
from layers.filters import Where, where_from
from layers.jobs import Job
from layers.limits import in_force
from layers.registry import layer_named
from layers.snapshots import Snapshots, read, version_of
from layers.tables import DECIMALS
from layers.wording import LayerWording

EXERCISE: Final = "exercise"  # the `source` of invented rows

Tell = Callable[[float, Bilingual], None]


@dataclass(frozen=True)
class CountyFacts:
    """A county as app.counties has it."""

    code: str
    name: str
    metric_epsg: int
    exercise: bool
    sources: list[dict[str, Any]]


@dataclass(frozen=True)
class Ground:
    """An elevation model in memory, and what to say of it."""

    grid: Grid
    source: str
    exercise: bool


class Terrain(Protocol):
    """Where elevation comes from: a file beside the database."""

    def of(self, connection: Connection[Any], county: CountyFacts) -> Ground | None: ...


class RoadGraphs(Protocol):
    """Where road engines come from: built from the layers, kept until they change."""

    def of(self, connection: Connection[Any], county: CountyFacts, tell: Tell) -> tuple[Roads, dict[str, Any]] | None: ...


@dataclass(frozen=True)
class Fetcher:
    """Everything `needs` can name, kept warm between runs."""

    snapshots: Snapshots
    terrain: Terrain
    roads: RoadGraphs


@dataclass
class _Trail:
    """What was read for a run, for its provenance."""

    layers: dict[str, dict[str, Any]]
    exercise: bool = False


def run(fetcher: Fetcher, connection: Connection[Any], job: Job, tell: Tell, program: str) -> bytes:
    """The result document of a job. `connection` carries the owner's ticket. Raises Refusal, Cancelled."""
    started_at, clock = datetime.now(UTC), time.perf_counter()
    analysis = analysis_named(job.process)
    params = analysis.params.model_validate(job.inputs)
    county = county_facts(connection, job.county)
    trail = _Trail({}, county.exercise)
    given, made_from = _given(fetcher, connection, county, analysis, params, trail, tell)
    result = analysis.run(params, given)
    provenance = {
        "process": analysis.id, "program": f"anlan {program}", "county": {"code": county.code, "name": county.name},
        "inputs": job.inputs, "limits": dict(given.limits), "layers": trail.layers, **made_from,
        "metric_crs": given.metric_crs, "source": analysis.source,
        "validity": {"zh": analysis.validity_zh, "en": analysis.validity_en},
        "started_at": started_at.isoformat(), "seconds": round(time.perf_counter() - clock, 3),
    }  # fmt: skip
    return _document(analysis, result, provenance, trail.exercise)


def county_facts(connection: Connection[Any], code: str) -> CountyFacts:
    """Raises CountyNotFound."""
    row = connection.execute(
        "select code, name, metric_epsg, exercise, sources from app.counties where code = %s", (code,)
    ).fetchone()
    if row is None:
        raise CountyNotFound(f"没有载入代码为 {code[:20]} 的县。", f"No county with code {code[:20]} is loaded.")
    return CountyFacts(*row)


# -- fetching ---------------------------------------------------------------------------------------------------------


def _given[P: Params](fetcher: Fetcher, connection: Connection[Any], county: CountyFacts, analysis: Analysis[P], params: P,
                      trail: _Trail, tell: Tell) -> tuple[Given, dict[str, Any]]:  # fmt: skip
    needs = analysis.needs(params)
    made_from: dict[str, Any] = {}
    frames = {}
    for role, selection in needs.frames.items():
        tell(0.0, Bilingual("读取图层", "Reading layers"))
        frames[role] = _frame(fetcher, connection, county, selection, trail)
    ground = fetcher.terrain.of(connection, county) if needs.ground else None
    if ground is not None:
        width, height = ground.grid.cell_size
        made_from["terrain"] = {"source": ground.source, "cell": [width, height], "crs": ground.grid.crs}
        trail.exercise = trail.exercise or ground.exercise
    engine = fetcher.roads.of(connection, county, tell) if needs.roads else None
    if engine is not None:
        made_from["roads"] = engine[1]
        trail.exercise = trail.exercise or bool(engine[1].get(EXERCISE))
    given = Given(
        frames=frames, townships=_townships(fetcher, connection, county), metric_crs=f"EPSG:{county.metric_epsg}",
        limits=in_force(connection, analysis.limits), county=_outline(fetcher, connection, county),
        roads=engine[0] if engine else None, ground=ground.grid if ground else None, tell=tell, wording=LayerWording(),
    )  # fmt: skip
    return given, made_from


def _frame(fetcher: Fetcher, connection: Connection[Any], county: CountyFacts, selection: Selection,
           trail: _Trail) -> gpd.GeoDataFrame:  # fmt: skip
    layer = layer_named(selection.layer)
    if selection.filter is None and selection.ids is None:
        frame, version = fetcher.snapshots.whole(connection, layer, county.code)
    else:
        version = version_of(connection, layer)
        frame = read(connection, layer, county.code, _condition(layer, selection))
        _refuse_missing(layer, selection, frame)
    told: dict[str, Any] = {"version": version, "rows": len(frame)}
    if selection.filter is not None:
        told["filter"] = selection.filter
    trail.layers[layer.name] = told
    trail.exercise = trail.exercise or bool((frame["source"] == EXERCISE).any())
    return frame


def _condition(layer: Layer, selection: Selection) -> Where:
    parts, values = ["true"], dict[str, Any]()
    if selection.filter is not None:
        where = where_from(layer, selection.filter)
        parts.append(f"({where.sql})")
        values |= where.params
    if selection.ids is not None:
        parts.append("(id::text = any(%(chosen)s) or code = any(%(chosen)s))")
        values["chosen"] = list(selection.ids)
    return Where(" and ".join(parts), values)


def _refuse_missing(layer: Layer, selection: Selection, frame: gpd.GeoDataFrame) -> None:
    """Every object named must be there: a plan that quietly leaves one out is wrong."""
    if selection.ids is None or selection.filter is not None:
        return
    missing = sorted(set(selection.ids) - set(frame.index) - set(frame["code"]))
    if missing:
        shown = "、".join(missing[:5]) + (" …" if len(missing) > 5 else "")
        raise FeatureNotFound(
            f"{layer.zh}里没有这 {len(missing)} 个编号:{shown}。请核对后重试。",
            f"{layer.en} has no such features ({len(missing)}): {shown}. Check the ids and try again.",
            layer=layer.name, missing=missing[:100],
        )  # fmt: skip


def _townships(fetcher: Fetcher, connection: Connection[Any], county: CountyFacts) -> gpd.GeoDataFrame:
    frame, _ = fetcher.snapshots.whole(connection, layer_named("townships"), county.code)
    return frame[["code", "name", "geometry"]]


def _outline(fetcher: Fetcher, connection: Connection[Any], county: CountyFacts) -> BaseGeometry | None:
    frame, _ = fetcher.snapshots.whole(connection, layer_named("counties"), county.code)
    return frame.geometry.iloc[0] if len(frame) else None


# -- the document -----------------------------------------------------------------------------------------------------


def _document[P: Params](analysis: Analysis[P], result: Result, provenance: dict[str, Any], exercise: bool) -> bytes:
    lists = [list_told(name, listing) for name, listing in result.lists.items()]
    document = {
        "process": analysis.id,
        "title": {"zh": analysis.zh, "en": analysis.en},
        "exercise": exercise,
        "notes": [note._asdict() for note in result.notes],
        "figures": [_figure_told(figure) for figure in result.figures],
        **result.facts,
        "lists": lists,
        "result": lists[0]["features"] if lists else {"type": "FeatureCollection", "features": []},
        "provenance": provenance,
    }
    return orjson.dumps(document, default=plain_json, option=orjson.OPT_SERIALIZE_NUMPY)


def _figure_told(figure: Figure) -> dict[str, Any]:
    return {"title": figure.title._asdict(), "value": figure.value, "unit": figure.unit, "list": figure.listing,
            "column": figure.of}  # fmt: skip


def list_told(name: str, listing: Listing) -> dict[str, Any]:
    """A list as the document has it, to be written with `plain_json`."""
    return {
        "name": name,
        "title": listing.title._asdict(),
        "aside": listing.aside,
        "columns": [column._asdict() for column in listing.columns],
        "features": orjson.Fragment(_features(listing)),
    }


def _features(listing: Listing) -> bytes:
    """The rows: what a person reads first and in its order, then the frame's other columns."""
    frame = listing.frame
    drawn = frame.geometry.name if isinstance(frame, gpd.GeoDataFrame) else None
    others = (str(name) for name in frame.columns if name != drawn)
    names = list(dict.fromkeys([*(column.name for column in listing.columns), *others]))
    shapes = _geojson(frame.geometry.to_numpy()) if isinstance(frame, gpd.GeoDataFrame) else [None] * len(frame)
    rows = zip(*(_values(frame[name]) for name in names), strict=True) if names else iter([()] * len(frame))
    ids = frame["id"] if "id" in frame.columns else range(1, len(frame) + 1)
    features = [
        {"type": "Feature", "id": id, "properties": dict(zip(names, row, strict=True)),
         "geometry": None if shape is None else orjson.Fragment(shape)}
        for id, row, shape in zip(ids, rows, shapes, strict=True)
    ]  # fmt: skip
    return orjson.dumps({"type": "FeatureCollection", "features": features}, default=plain_json,
                        option=orjson.OPT_SERIALIZE_NUMPY)  # fmt: skip


def _geojson(shapes: np.ndarray[Any, np.dtype[np.object_]]) -> list[str | None]:
    """Rounded to DECIMALS of a degree, so that an answer carries no digits that mean nothing."""
    rounded = shapely.transform(shapes, lambda xy: np.round(xy, DECIMALS))
    return [None if shape is None else str(shape) for shape in shapely.to_geojson(rounded)]


def _values(column: "pd.Series[Any]") -> Iterator[Any]:
    """Plain values, None where unknown."""
    for value in column:
        yield None if value is None or value is pd.NaT or (isinstance(value, float) and not np.isfinite(value)) else value


def plain_json(value: Any) -> Any:
    """What orjson does not know by itself, as JSON. Raises TypeError."""
    if isinstance(value, Bilingual):
        return value._asdict()
    if isinstance(value, BaseGeometry):
        return orjson.Fragment(str(shapely.to_geojson(value)))
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, (pd.Timestamp, datetime)):
        return value.isoformat()
    if isinstance(value, (set, frozenset, tuple)):
        return list(value)
    if isinstance(value, np.generic):
        return value.item()
    raise TypeError(type(value).__name__)

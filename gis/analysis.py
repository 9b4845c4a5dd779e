"""What an analysis is: one page that names its parameters, what it reads, how it works and where that comes from.

    gis/analyses/buffer.py
        class BufferParams(Params): ...
        def needs(params) -> Needs: ...          what must be fetched: layers, roads, terrain. Never fetched here.
        def run(params, given) -> Result: ...    frames, roads and grids in; lists, figures and notes out
        ANALYSIS = Analysis(id="buffer", ...)

`layers/runs.py` fetches what `needs` names and keeps the result with its provenance; the form, the OGC process, the
command and the map come from the page itself. All shapes are lon, lat in CGCS2000 degrees (EPSG:4490), going in and
coming out; inside, metres come from `given.metric_crs` or the ellipsoid.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, Literal, NamedTuple, Self

import geopandas as gpd
import pandas as pd
from pydantic import BaseModel, ConfigDict, Field, model_validator

from gis.conditions import When, refuse_unfit
from gis.grid import Grid

if TYPE_CHECKING:
    from gis.roads.engine import Roads

Pick = Literal["place", "places", "area", "areas", "layer", "features", "objects", "minutes", "moment"]
"""How a parameter is picked on the map: a point, several, a polygon, several, a layer, features of a layer."""

Group = Literal["areas", "roads", "cover", "allocation", "terrain"]


class Bilingual(NamedTuple):
    """The same words in Chinese and in English: titles, notes, and the cells of a list that are words."""

    zh: str
    en: str


class Wording:
    """What layers, their columns and the codes in these are called. This one answers with the name itself; the one that
    has read the definitions is in layers/wording.py."""

    def layer(self, layer: str) -> Bilingual:
        return Bilingual(layer, layer)

    def column(self, layer: str, column: str) -> Bilingual:
        return Bilingual(column, column)

    def code(self, layer: str, column: str, code: str) -> Bilingual:
        """column : also a key within the entries of a small object, such as "stock.mode"."""
        return Bilingual(code, code)


# -- parameters -------------------------------------------------------------------------------------------------------


class Params(BaseModel):
    """Typed parameters of an analysis. Unknown names, NaN, infinity and what does not apply are refused.

    only_when : when inherited parameters apply in this page, as `param(when=…)` says it of its own.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)
    only_when: ClassVar[Mapping[str, When]] = {}

    @model_validator(mode="after")
    def _fit(self) -> Self:
        refuse_unfit(self)
        return self


def param(zh: str, en: str, default: Any = ..., *, unit: str = "", pick: Pick | None = None,
          help_zh: str = "", help_en: str = "", choices: Mapping[str, tuple[str, str]] | None = None,
          codes_of: str = "", when: When | None = None, needed: bool = False, first: bool = False, **rules: Any) -> Any:  # fmt: skip
    """A parameter with its label, unit, help in both languages, and pydantic's own `ge`, `le`, `max_length` …

    choices : what each code of a closed list is called, in Chinese and in English. codes_of : the column of a layer whose
    code list is meant, such as "rescue_teams.skills": the form reads the words from there. when : what other parameters must
    be for this one to apply (gis/conditions.py). needed : it must be given where it applies. first : it stands open in
    the form, among what is needed; of several such one or the other is given.
    """
    labels = {code: Bilingual(*words)._asdict() for code, words in (choices or {}).items()}
    extra: dict[str, Any] = {"zh": zh, "en": en, "unit": unit, "pick": pick, "help_zh": help_zh, "help_en": help_en, "labels": labels,
                             "codes_of": codes_of, "when": when, "needed": needed, "first": first}
    return Field(default, title=f"{zh} {en}", json_schema_extra={k: v for k, v in extra.items() if v}, **rules)


class Selection(Params):
    """Features of a layer: all, those a CQL2 text filter keeps, or those named by id or code."""

    layer: str = param("图层", "Layer", pattern=r"^[a-z_]{1,40}$")
    filter: str | None = param("筛选", "Filter (CQL2)", None, max_length=4000)
    ids: tuple[str, ...] | None = param("对象", "Objects", None, max_length=10_000)


# -- what is fetched --------------------------------------------------------------------------------------------------


class Needs(NamedTuple):
    """What to fetch before `run`: selections by role, the county's roads, its elevation model."""

    frames: Mapping[str, Selection] = {}
    roads: bool = False
    ground: bool = False


@dataclass(frozen=True)
class Limit:
    """A number a county may change (thresholds table), with its default and on what basis it stands."""

    key: str
    value: Any
    unit: str
    zh: str
    en: str
    basis: str


@dataclass(frozen=True)
class Given:
    """What `run` works on.

    frames : by role, as `needs` named them; index = id (text), columns = the layer's open columns, `geometry` lon/lat;
    `attrs` has what the layer is called: `zh`, `en`.
    townships : `code`, `name`, `geometry` of the county. county : its outline, or None where it is unknown.
    metric_crs : the county's Gauss–Krüger zone, such as "EPSG:4546". limits : values in force of the page's limits.
    ground : elevation in m in a metric or lon/lat grid, NaN in holes. tell : progress 0–1 and what is being done; raises
    Cancelled when somebody has asked to stop: call it between steps. wording : the words for codes.
    """

    frames: Mapping[str, gpd.GeoDataFrame]
    townships: gpd.GeoDataFrame
    metric_crs: str
    limits: Mapping[str, Any] = field(default_factory=dict)
    county: Any = None
    roads: "Roads | None" = None
    ground: Grid | None = None
    tell: Callable[[float, Bilingual], None] = lambda done, doing: None
    wording: Wording = field(default_factory=Wording)


class Cancelled(Exception):
    """Somebody asked the job to stop."""


# -- what comes out ---------------------------------------------------------------------------------------------------


class Column(NamedTuple):
    name: str
    zh: str
    en: str
    unit: str = ""


@dataclass(frozen=True)
class Listing:
    """A table that can be opened, sorted and exported; drawn on the map where it has shapes.

    frame : a GeoDataFrame in lon/lat, or a DataFrame without shapes. Its cells are plain values (no NaN objects in text
    columns), and words are a Bilingual: a reader sees those of his language. A text that is the same in both (a name, a
    person, a number plate) stays a text.

    columns : what a person reads, in order. The frame's other columns go out as properties of the row all the same: `layer`
    and `id` open the feature, and a code that programs rely on (`method`) stands beside its words (`method_name`).
    aside : on the map only when asked for; it would cover the answer.
    """

    title: Bilingual
    frame: pd.DataFrame
    columns: Sequence[Column]
    aside: bool = False


@dataclass(frozen=True)
class Figure:
    """A number that opens to its list. Made by `counted` or `summed`, so it cannot differ from the list."""

    title: Bilingual
    value: float | int
    unit: str
    listing: str
    of: str | None = None


@dataclass(frozen=True)
class Result:
    """The first list is the answer itself; notes are what must be read with it; facts are extras by name
    (`certificate`, `optimal` …), plain JSON values."""

    lists: Mapping[str, Listing]
    figures: Sequence[Figure] = ()
    notes: Sequence[Bilingual] = ()
    facts: Mapping[str, Any] = field(default_factory=dict)


def counted(lists: Mapping[str, Listing], name: str, zh: str, en: str, unit: str = "个") -> Figure:
    """How many rows a list has."""
    return Figure(Bilingual(zh, en), len(lists[name].frame), unit, name)


def summed(lists: Mapping[str, Listing], name: str, column: str, zh: str, en: str) -> Figure:
    """The sum of a column of a list, unknown values left out; the unit is the column's."""
    listing = lists[name]
    unit = next(found.unit for found in listing.columns if found.name == column)
    total = pd.to_numeric(listing.frame[column]).sum() if len(listing.frame) else 0
    is_whole = float(total).is_integer()
    return Figure(Bilingual(zh, en), int(total) if is_whole else float(total), unit, name, column)


# -- the page ---------------------------------------------------------------------------------------------------------


class Standing(NamedTuple):
    """How an analysis that runs again by itself tells a change for the worse.

    known : the parameter that takes the ids found bad last time. found : the list of all that is bad now. worse, better :
    the lists of what is bad now and was not, and the reverse; both are there whenever `known` is given.
    """

    known: str
    found: str
    worse: str
    better: str


@dataclass(frozen=True, eq=False)
class Analysis[P: Params]:
    """source : the published method, or "definition" with the reason. validity : where the answer may be relied on.
    standing : set where it can run again by itself and raise an alarm."""

    id: str
    group: Group
    zh: str
    en: str
    about_zh: str
    about_en: str
    params: type[P]
    needs: Callable[[P], Needs]
    run: Callable[[P, Given], Result]
    source: str
    validity_zh: str
    validity_en: str
    limits: Sequence[Limit] = ()
    example: Mapping[str, Any] = field(default_factory=dict)
    standing: Standing | None = None

"""Every analysis on the exercise ground: what its lists show can be read in Chinese and in English, and no code stands there."""

import re
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import orjson
import psycopg
import pytest

from gis.analysis import Analysis
from gis.registry import all_analyses
from layers.database import SYSTEM, ticket
from layers.described import columns_of
from layers.grounds import Grounds
from layers.jobs import Job
from layers.registry import LAYERS
from layers.road_graphs import RoadGraphs
from layers.runs import Fetcher, run
from layers.snapshots import Snapshots
from tests.builders import COUNTY
from tests.conftest import World

HAN: Final = re.compile(r"[\u3400-\u9fff]")
CODE: Final = re.compile(r"[a-z]+(_[a-z]+)*")  # in_force, mapped: what a program writes
LINKS: Final = ("layer", "id")  # for programs; every reader shows layers by their names
DATA: Final = frozenset(
    "name code township township_name team shelter road roads site area_name area_code from to what_name unit duty_person duty_post".split()
)
"""What people or registers wrote: the same in every language."""
SIDES: Final = {"first_": "risk_zones", "second_": "townships"}  # of the overlay below

AROUND_SEAT: Final = {"type": "Polygon", "coordinates": [[[111.09, 36.375], [111.105, 36.375], [111.105, 36.39], [111.09, 36.39],
                                                           [111.09, 36.375]]]}  # fmt: skip
SEAT, OUTSIDE, NEARBY = [111.0969, 36.3823], {"layer": "villages", "id": "3"}, {"layer": "villages", "id": "2"}
"""The seat lies within the area, the villages do not."""

IN_TOWNSHIP: Final[dict[str, dict[str, Any]]] = {
    "matrix": {"from": [SEAT, NEARBY], "to": [OUTSIDE]},
    "route": {"from": SEAT, "to": OUTSIDE, "costing": "truck", "height_m": 3.4},
    "zones": {"layer": "geohazards", "code": "POLY"},
}
"""Instead of the example, where that is about places the ground of one township does not have."""

MORE: Final[tuple[tuple[str, dict[str, Any]], ...]] = (
    ("route", {"from": SEAT, "to": OUTSIDE, "avoid": [AROUND_SEAT]}),
    ("route", {"from": NEARBY, "to": OUTSIDE, "avoid": [{"layer": "townships"}]}),
    ("matrix", {"from": [SEAT], "to": [OUTSIDE], "avoid": [AROUND_SEAT]}),
    ("nearest", {"from": SEAT, "layer": "rescue_teams", "k": 2, "need": {"skills": ["fire"]}}),
    ("nearest", {"from": SEAT, "layer": "shelters", "need": {"hazards": ["flood"], "places": 300}}),
    ("here", {"place": SEAT, "radius_m": 1500}),
    ("dispatch", {"lines": [{"place": OUTSIDE, "skill": "fire", "qty": 1},
                            {"place": OUTSIDE, "skill": "search", "qty": 5, "count": "people"}]}),
    ("evacuation", {"ids": ["1", "2", "3"], "by": "foot", "avoid": [AROUND_SEAT]}),
    ("evacuation", {"area": [{"layer": "townships"}]}),
    ("exposure", {"area": AROUND_SEAT}),
    ("buffer", {"layer": "geohazards", "distance_m": 100, "dissolve": True}),
    ("zones", {"geometry": AROUND_SEAT}),
    ("zones", {"layer": "crossings", "code": "SEG"}),
    ("zones", {"layer": "geohazards", "code": "DOWN", "length_m": 500, "half_width_m": 50, "prefer_mapped": False}),
    ("slope", {"of": "aspect"}),
    ("overlay", {"first": AROUND_SEAT, "second": {"layer": "townships"}, "how": "union"}),
    ("viewshed", {}),
)  # fmt: skip
"""Answers with what the examples leave out: refusals, drawn shapes, skills, closed areas."""


@dataclass(frozen=True)
class Asking:
    """Asks analyses about the county of a world."""

    fetcher: Fetcher
    connection: psycopg.Connection[Any]

    def answer(self, process: str, inputs: dict[str, Any]) -> dict[str, Any]:
        job = Job(uuid.uuid4(), process, COUNTY, inputs, SYSTEM)
        told: dict[str, Any] = orjson.loads(run(self.fetcher, self.connection, job, lambda done, doing: None, "tests"))
        return told


@pytest.fixture(scope="module")
def asking(world: World) -> Iterator[Asking]:
    settings, snapshots = world.settings, Snapshots(500_000_000)
    fetcher = Fetcher(snapshots, Grounds(settings.var), RoadGraphs(settings.var, snapshots))
    with psycopg.connect(settings.app_url) as connection:
        connection.execute("select set_config('anlan.ticket', %s, true)", (ticket(SYSTEM, settings.ticket_key),))
        yield Asking(fetcher, connection)


def unreadable(document: dict[str, Any]) -> list[str]:
    """Each cell that one of the two readers cannot read, with where it stands."""
    found = []
    for listing in document["lists"]:
        for column in listing["columns"]:
            if HAN.search(column["en"]) or column["name"].endswith(("_zh", "_en")):
                found.append(f"{listing['name']}.{column['name']}: the heading {column['en']}")
            cells = [feature["properties"][column["name"]] for feature in listing["features"]["features"]]
            told = [f"{listing['name']}.{column['name']}: {cell}" for cell in cells if not _is_readable(column["name"], cell)]
            found += sorted(set(told))[:3]
    return found


def _is_readable(column: str, cell: Any) -> bool:
    if isinstance(cell, dict):
        return bool(cell["zh"]) and bool(cell["en"]) and (column in DATA or not HAN.search(cell["en"]))
    if not isinstance(cell, str) or column in LINKS:
        return True
    return _is_data(column) or (not HAN.search(cell) and CODE.fullmatch(cell) is None)


def _is_data(column: str) -> bool:
    """Also a free text of a layer, in the list that has all columns of two."""
    side = next((side for side in SIDES if column.startswith(side)), None)
    known = columns_of(LAYERS[SIDES[side]]).get(column.removeprefix(side)) if side else None
    return column in DATA or (known is not None and known.codes is None and known.name != "source")


@pytest.mark.parametrize("analysis", all_analyses().values(), ids=lambda analysis: analysis.id)
def test_the_example_is_read_in_both_languages(asking: Asking, analysis: Analysis[Any]) -> None:
    assert unreadable(asking.answer(analysis.id, IN_TOWNSHIP.get(analysis.id, dict(analysis.example)))) == []


@pytest.mark.parametrize(("process", "inputs"), MORE, ids=[f"{process}-{number}" for number, (process, _) in enumerate(MORE)])
def test_what_examples_leave_out_is_read_in_both_languages(asking: Asking, process: str, inputs: dict[str, Any]) -> None:
    document = asking.answer(process, inputs)
    assert any(listing["features"]["features"] for listing in document["lists"])
    assert unreadable(document) == []


def test_a_cell_in_one_language_and_a_bare_code_are_found() -> None:
    def one(name: str, cell: Any) -> dict[str, Any]:
        column = {"name": name, "zh": "列", "en": "Column", "unit": ""}
        return {"lists": [{"name": "list", "columns": [column], "features": {"features": [{"properties": {name: cell}}]}}]}

    assert unreadable(one("why", "按绘制的范围")) != []
    assert unreadable(one("why", {"zh": "按绘制的范围", "en": ""})) != []
    assert unreadable(one("why", {"zh": "按绘制的范围", "en": "按绘制的范围"})) != []
    assert unreadable(one("status", "in_force")) != []
    assert unreadable(one("why_en", "as drawn")) != []
    assert unreadable(one("why", {"zh": "按绘制的范围", "en": "as drawn"})) == unreadable(one("name", "南咀坡村")) == []

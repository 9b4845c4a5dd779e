"""What somebody wants sealed: areas that were drawn, features of any layer, and single roads, bridges and fords by name.

A road or crossing that is named is closed itself, piece by piece; any other feature closes the pieces that meet its area.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import shapely

from gis.analysis import Bilingual, Given, Selection
from gis.asked import in_force
from gis.errors import BadGeometry, NoAnswer
from gis.places import Area, areas_of
from gis.roads.closures import Closure
from gis.roads.limits import AVOID_AREAS, AVOID_VERTICES, AVOID_WIDEN_M
from gis.roads.network import Flags, RoadNetwork

LIMITS: Final = (AVOID_AREAS, AVOID_VERTICES, AVOID_WIDEN_M)

ROAD_LAYERS: Final = ("roads", "crossings")
CLOSED_AREA: Final = Bilingual("封闭区", "closed area")


@dataclass(frozen=True)
class Sealed:
    """closures : the areas. roads, crossings : ids of rows that are closed themselves. notes : what must be read with it."""

    closures: tuple[Closure, ...]
    roads: frozenset[str] = frozenset()
    crossings: frozenset[str] = frozenset()
    notes: tuple[Bilingual, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.closures or self.roads or self.crossings)

    def __or__(self, other: "Sealed") -> "Sealed":
        return Sealed(self.closures + other.closures, self.roads | other.roads, self.crossings | other.crossings,
                      self.notes + other.notes)  # fmt: skip

    def pieces(self, network: RoadNetwork) -> Flags:
        """(m,) the pieces of road that all this closes. Raises NoAnswer for an id the network does not know."""
        shut = network.inside([closure.geometry for closure in self.closures])
        road = np.isin(network.roads.index.astype(str), list(self.roads))
        crossing = np.isin(network.crossings.index.astype(str), list(self.crossings))
        _refuse_unknown(len(self.roads) - int(road.sum()), len(self.crossings) - int(crossing.sum()))
        shut |= road[network.road]
        on = network.crossing_edge[crossing]
        shut[on[on >= 0]] = True
        return shut

    def adrift(self, network: RoadNetwork) -> int:
        """How many of the named crossings stand on no road, so that sealing them closes nothing."""
        crossing = np.isin(network.crossings.index.astype(str), list(self.crossings))
        return int((network.crossing_edge[crossing] < 0).sum())


def _refuse_unknown(roads: int, crossings: int) -> None:
    if roads or crossings:
        raise NoAnswer(
            f"路网中没有所指的 {roads} 条道路、{crossings} 处桥涵。请核对编号,或等路网更新后重试。",
            f"The road network lacks {roads} of the roads and {crossings} of the crossings named. Check the ids, or try "
            "again when the network has been rebuilt.",
            roads=roads,
            crossings=crossings,
        )


def sealed_of(given: Given, name: str, areas: Sequence[Area], called: Bilingual = CLOSED_AREA) -> Sealed:
    """What areas and features close. The frames must be in `given` under the roles of `frames_of_areas(name, areas)`.

    A layer or filter that nothing answers to closes nothing, and a note says so: “what is sealed now” may be nothing at all.
    Raises BadGeometry, BadCoordinates, NoAnswer as `areas_of` does, also for an id that is unknown.
    """
    named: dict[str, set[str]] = {layer: set() for layer in ROAD_LAYERS}
    rest: list[Closure] = []
    notes: list[Bilingual] = []
    for number, area in enumerate(areas):
        layer = area.features.layer if area.features is not None else None
        frame = given.frames.get(f"{name} {number}")
        if layer in ROAD_LAYERS and frame is not None and len(frame):
            named[layer] |= set(frame.index.astype(str))
            continue
        if area.features is not None and area.features.ids is None and frame is not None and not len(frame):
            notes.append(_nothing_matches(given, called, area.features))
            continue
        alone = Given(
            frames={} if frame is None else {f"{name} 0": frame}, townships=given.townships, metric_crs=given.metric_crs
        )
        found = areas_of(
            alone, name, (area,), max_areas=in_force(given, AVOID_AREAS), max_vertices=in_force(given, AVOID_VERTICES),
            widen_m=in_force(given, AVOID_WIDEN_M),
        )  # fmt: skip
        rest += [Closure(one.geometry, one.name, one.layer, one.id) for one in found]
    _refuse_many(len(rest), in_force(given, AVOID_AREAS))
    _refuse_detailed(rest, in_force(given, AVOID_VERTICES))
    return Sealed(tuple(rest), frozenset(named["roads"]), frozenset(named["crossings"]), tuple(notes))


def _nothing_matches(given: Given, called: Bilingual, selection: Selection) -> Bilingual:
    layer = given.wording.layer(selection.layer)
    such = f"({selection.filter})" if selection.filter is not None else ""
    return Bilingual(f"没有符合条件的{called.zh}:{layer.zh}{such},按没有计算。",
                     f"No {called.en} matches: {layer.en}{' ' + such if such else ''}. Computed as if there were none.")  # fmt: skip


def _refuse_many(count: int, most: int) -> None:
    if count > most:
        raise NoAnswer(
            f"要封闭的区域有 {count} 个,上限 {most}。请合并或筛选。",
            f"There are {count} areas to seal, {most} are allowed. Merge or filter them.",
        )


def _refuse_detailed(closures: Sequence[Closure], most: int) -> None:
    vertices = int(shapely.get_num_coordinates([closure.geometry for closure in closures]).sum())
    if vertices > most:
        raise BadGeometry(
            f"要封闭的区域共有 {vertices} 个顶点,上限 {most}。请先简化。",
            f"The areas to seal have {vertices} vertices in all, {most} are allowed. Simplify them first.",
            vertices=vertices,
            allowed=most,
        )

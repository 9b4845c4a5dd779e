"""What every question about roads asks for: the vehicle, what to avoid, the moment."""

from typing import Final

from pydantic import AwareDatetime

from gis.analysis import Given, Limit, Params, param
from gis.asked import in_force
from gis.places import Areas
from gis.roads.limits import ESTIMATE_LIMITS, ROUTE_LIMITS, SNAP_LIMIT_M
from gis.roads.question import Question
from gis.roads.sealing import Sealed, sealed_of
from gis.roads.vehicle import Kind, Vehicle

LIMITS: tuple[Limit, ...] = (*ROUTE_LIMITS, *ESTIMATE_LIMITS)


DRIVEN: Final = ("car", "ambulance", "truck", "fire_engine", "bus")


class RoadParams(Params):
    """Parameters that all analyses over roads share."""

    costing: Kind = param("车辆", "Vehicle", "car", choices={
        "car": ("小客车", "Car"), "ambulance": ("救护车", "Ambulance"), "truck": ("货车", "Truck"),
        "fire_engine": ("消防车", "Fire engine"), "bus": ("客车", "Bus"), "foot": ("步行", "On foot"),
    })  # fmt: skip
    height_m: float | None = param("车高", "Vehicle height", None, unit="m", gt=0, le=10,
                                   when={"costing": DRIVEN})  # fmt: skip
    width_m: float | None = param("车宽", "Vehicle width", None, unit="m", gt=0, le=10, when={"costing": DRIVEN})
    load_t: float | None = param("车辆总重", "Gross weight", None, unit="t", gt=0, le=500, when={"costing": DRIVEN})
    passes_controls: bool = param("可通过管制路段", "May pass controlled roads", False)
    avoid: Areas = param("避开", "Avoid", (), pick="areas", max_length=1000,
                                         help_zh="面,或任何图层的对象", help_en="Polygons, or features of any layer")  # fmt: skip
    at: AwareDatetime | None = param("时间", "Moment", None, pick="moment", help_zh="按此刻的管制时段判断;留空按现状",
                                     help_en="Road states at that moment; empty: as they stand")  # fmt: skip

    @property
    def vehicle(self) -> Vehicle:
        return Vehicle(self.costing, self.height_m, self.width_m, self.load_t, self.passes_controls)


def question_of(params: RoadParams, given: Given, vehicle: Vehicle | None = None) -> Question | None:
    """The question that the parameters ask; None where the county has no roads. Raises what `sealed_of` raises."""
    sealed = sealed_of(given, "avoid", params.avoid)
    return asked(given, sealed, params, vehicle or params.vehicle)


def asked(given: Given, sealed: Sealed, params: RoadParams, vehicle: Vehicle) -> Question | None:
    """The same for a vehicle other than that of the parameters."""
    roads = given.roads
    if roads is None or len(roads.network) == 0:
        return None
    return roads.question(vehicle, sealed.closures, params.at, in_force(given, SNAP_LIMIT_M), sealed)

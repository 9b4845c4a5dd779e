"""Spoil heaps 煤矸石堆场、排土场: how high, how steep, who is below (domain §4.2, rules R03, R04).

`height_m` drives the fallback zone SLOPE(2.0): a sector 2 H long below the toe.
"""

from layers.columns import count, household_count, person, persons, phone_number, plain, quantity, shape, text
from layers.fields import Check, CodeList, Layer, Legend, Row, Shape


class HeapStatus(CodeList):
    IN_USE = "in_use", "在用", "In use"
    SUSPENDED = "suspended", "停用", "Out of use"
    CLOSED = "closed", "闭库", "Closed"
    GOVERNED = "governed", "治理", "Under treatment"


class HeapKind(CodeList):
    GANGUE = "gangue", "煤矸石堆场", "Coal gangue heap"
    DUMP = "dump", "排土场", "Spoil dump"
    SLAG = "slag", "渣土场", "Slag or earth dump"


class SpoilHeap(Row):
    kind: HeapKind | None = plain("类别", "Kind", need="R")
    operator: str | None = text("责任单位", "Operator", need="R")
    mine: str | None = text("所属煤矿", "Mine", need="r", upto=64, ref="mines")
    volume: float | None = quantity(
        "堆存量", "Volume", "10⁴ m³", 100_000, need="R", help_zh="单位是万立方米", help_en="In 10⁴ m³."
    )
    design_volume: float | None = quantity("设计容量", "Design volume", "10⁴ m³", 100_000)
    area_m2: float | None = quantity("占地面积", "Area", "m²", 100_000_000, need="r")
    height_m: float | None = quantity("堆高H", "Height H", "m", 500, need="R")
    steps: int | None = count("台阶数", "Steps", "级", need="r", upto=100)
    slope_deg: float | None = quantity("坡角", "Slope angle", "°", 90, need="R")
    footprint: Shape | None = shape("堆体范围", "Footprint", "Polygon", need="r")
    toe: Shape | None = shape("坡脚影响范围", "Area below the toe", "Polygon", need="r")
    fall_bearing_deg: float | None = quantity(
        "坡向", "Fall direction", "°", 360, need="r", help_zh="从北顺时针", help_en="Clockwise from north."
    )
    retaining_dam: bool | None = plain("拦矸坝", "Retaining dam", need="R")
    drainage: bool | None = plain("截排水沟", "Drainage", need="R")
    burning: bool | None = plain("自燃", "Spontaneous combustion", need="R")
    monitor_station: str | None = text("边坡监测站", "Slope monitor", need="r", upto=64, ref="stations")
    monitor: str | None = person("监测人", "Watcher", need="R")
    monitor_phone: str | None = phone_number("监测人电话", "Watcher's phone", need="R")
    yard_people: int | None = persons("场内作业人数", "Workers in the yard", need="r")
    threat_households: int | None = household_count("下方户数", "Households below", need="R")
    threat_people: int | None = persons("下方人数", "People below", need="R")
    road_below: str | None = text("下方道路", "Road below", need="r", upto=64, ref="roads")
    governance_paper: str | None = text("治理文件", "Treatment paper", need="r")


LAYER = Layer(
    name="spoil_heaps",
    zh="煤矸石堆场和排土场",
    en="Spoil heaps",
    row=SpoilHeap,
    geometry="Point",
    group="industry",
    bureau="emergency",
    status=HeapStatus,
    legend=Legend(
        glyph="矸",
        by="status",
        worst_first=("in_use", "suspended", "governed", "closed"),
        colours={"in_use": "#4c3a2b", "suspended": "#8b7355", "closed": "#afb8c1", "governed": "#1a7f37"},
    ),
    checks=(
        Check(
            "heap_people_not_fewer_than_households",
            "threat_people >= threat_households",
            "下方人数少于户数",
            "Fewer people than households",
            "query",
        ),
        Check(
            "heap_not_over_8_per_household",
            "threat_people <= threat_households * 8",
            "平均每户超过8人,请核对",
            "More than 8 people a household: please check",
            "query",
        ),
        Check(
            "heap_volume_within_design",
            "volume <= design_volume",
            "堆存量超过设计容量",
            "Volume is above the design",
            "query",
        ),
        Check(
            "burning_heap_is_not_closed",
            "burning = false or status <> 'closed'",
            "自燃堆场不应标为闭库",
            "A burning heap is marked closed",
            "query",
        ),
        Check(
            "heap_not_steeper_than_45",
            "slope_deg <= 45",
            "坡角大于45°,请核对",
            "Steeper than 45°: please check",
            "query",
        ),
    ),
    source="domain §4.2 and rules R03, R04",
    writers=("township", "bureau", "admin"),
    name_zoom=12,
    help_zh="煤矸石堆场、排土场:堆高决定没有危险区图时的估算范围(堆高的2倍)。",
    help_en="Coal gangue heaps and dumps. Height sets the estimated zone (twice the height) where none is mapped.",
)

"""Coal washeries 洗(选)煤厂 (domain §4.2)."""

from layers.columns import persons, phone_number, plain, quantity, text
from layers.fields import CodeList, Layer, Legend, Row


class WasheryStatus(CodeList):
    WORKING = "working", "生产", "Working"
    SUSPENDED = "suspended", "停产", "Suspended"
    BUILDING = "building", "建设", "Under construction"
    CLOSED = "closed", "关闭", "Closed"


class Washery(Row):
    capacity: float | None = quantity("洗选能力", "Capacity", "万吨/年", 10_000, need="R")
    operator: str | None = text("经营单位", "Operator", need="R")
    silos: bool | None = plain("筒仓", "Silos", need="R")
    slurry_pond: bool | None = plain("煤泥水池", "Slurry pond", need="R")
    pond_volume_m3: float | None = quantity("水池容积", "Pond volume", "m³", 10_000_000)
    dust_explosive: bool | None = plain("粉尘爆炸风险", "Dust explosion risk", need="R")
    shift_people: int | None = persons("单班人数", "People per shift", need="R")
    dispatch_phone: str | None = phone_number("值班电话(24小时)", "Duty phone, 24 h", need="R")
    upstream_mine: str | None = text("上游煤矿", "Mine it serves", need="r", upto=64, ref="mines")
    under_slope: bool | None = plain("位于边坡下方", "Below a slope", need="r")


LAYER = Layer(
    name="washeries",
    zh="洗(选)煤厂",
    en="Coal washeries",
    row=Washery,
    geometry="Point",
    group="industry",
    bureau="energy",
    status=WasheryStatus,
    legend=Legend(
        glyph="洗",
        by="status",
        worst_first=("working", "building", "suspended", "closed"),
        colours={"working": "#24292f", "suspended": "#6e7781", "building": "#7d4e00", "closed": "#afb8c1"},
    ),
    source="domain §4.2",
    name_zoom=12,
    help_zh="洗煤厂和选煤厂:产能、筒仓与煤泥水池、单班人数、值班电话。",
    help_en="Washing plants: capacity, silos and slurry ponds, people per shift, duty phone.",
)

"""Waterlogging spots 易涝点 (domain §4.5, rule R13)."""

from datetime import date

from layers.columns import count, phone_number, plain, quantity, shape, text
from layers.definitions.crossings import CLOSE_DEPTH_CM, WARN_DEPTH_CM
from layers.fields import Check, CodeList, Layer, Legend, Row, Shape, field


class FloodSpotStatus(CodeList):
    DRY = "dry", "正常", "Normal"
    PONDING = "ponding", "积水", "Water standing"
    CLOSED = "closed", "封闭", "Closed"
    CURED = "cured", "已整治", "Cured"


class FloodCause(CodeList):
    UNDERPASS = "underpass", "下穿", "Underpass"
    LOW_GROUND = "low_ground", "低洼", "Low ground"
    PIPES = "pipes", "管网", "Drains"
    BACKWATER = "backwater", "河水顶托", "Backwater from the river"


class FloodSpot(Row):
    cause: FloodCause | None = plain("成因", "Cause", need="R")
    max_depth_cm: float | None = quantity("历史最大水深", "Deepest water known", "cm", 2000, need="R")
    max_depth_on: date | None = plain("最大水深日期", "Date of that depth", need="R")
    warn_depth_cm: float = field("警示水深", "Warning depth", default=WARN_DEPTH_CM, unit="cm", need="R", ge=0, le=1000)
    close_depth_cm: float = field(
        "封闭水深", "Closing depth", default=CLOSE_DEPTH_CM, unit="cm", need="R", ge=0, le=1000
    )
    drain_min: int | None = count("退水时间", "Time to drain", "min", need="r", upto=100_000)
    pump_m3h: float | None = quantity("抽排能力", "Pump capacity", "m³/h", 100_000)
    sensor: str | None = text("积水监测站", "Water sensor", upto=64, ref="stations")
    crossing: str | None = text("所在桥涵下穿", "Crossing", upto=64, ref="crossings")
    control_points: list[str] | None = plain("封控点", "Closure points", need="R")
    detour: str | None = text("绕行路线", "Detour", need="r", upto=500)
    pond_area: Shape | None = shape("积水范围", "Area under water", "Polygon")
    owner: str | None = text(
        "责任单位", "Owner", need="R", help_zh="一般为住建部门", help_en="Usually the housing bureau."
    )
    owner_phone: str | None = phone_number("责任单位电话", "Owner's phone", need="R")


LAYER = Layer(
    name="flood_spots",
    zh="易涝点",
    en="Waterlogging spots",
    row=FloodSpot,
    geometry="Point",
    group="flood",
    bureau="housing",
    status=FloodSpotStatus,
    legend=Legend(
        glyph="涝",
        by="status",
        worst_first=("closed", "ponding", "dry", "cured"),
        colours={"dry": "#57606a", "ponding": "#0969da", "closed": "#82071e", "cured": "#1a7f37"},
    ),
    checks=(
        Check(
            "spot_warns_before_closing",
            "warn_depth_cm < close_depth_cm",
            "警示水深应小于封闭水深",
            "The warning depth must be below the closing depth",
        ),
        Check(
            "depth_has_a_date",
            "max_depth_cm is null or max_depth_on is not null",
            "最大水深应注明日期",
            "The deepest water needs its date",
            "query",
        ),
    ),
    source="domain §4.5 and rule R13",
    name_zoom=13,
    help_zh="城乡易涝点:警示15 cm、封闭25 cm,封控点和绕行路线。",
    help_en="Spots that flood in rain: warn at 15 cm, close at 25 cm; where to close, how to go round.",
)

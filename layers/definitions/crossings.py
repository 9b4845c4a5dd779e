"""Bridges, fords, culverts and underpasses 桥涵漫水路: where water closes a road first (domain §4.11, rules R12, R13)."""

from datetime import date, datetime

from layers.columns import count, phone_number, plain, quantity, text
from layers.definitions.roads import RoadState
from layers.fields import Check, CodeList, Layer, Legend, Row, field


class CrossingKind(CodeList):
    BRIDGE = "bridge", "桥梁", "Bridge"
    LOW_BRIDGE = "low_bridge", "漫水桥", "Bridge that floods over"
    FORD = "ford", "漫水路面", "Ford"
    CULVERT = "culvert", "涵洞", "Culvert"
    UNDERPASS = "underpass", "下穿通道", "Underpass"


class StructureState(CodeList):
    """Technical condition of bridges, JTG/T H21-2011."""

    CLASS1 = "class1", "一类(完好)", "Class 1 (sound)"
    CLASS2 = "class2", "二类(较好)", "Class 2 (fair)"
    CLASS3 = "class3", "三类(较差)", "Class 3 (poor)"
    CLASS4 = "class4", "四类(差)", "Class 4 (bad)"
    CLASS5 = "class5", "五类(危险)", "Class 5 (dangerous)"


WARN_DEPTH_CM = 15.0  # rule R13: warn and slow down
CLOSE_DEPTH_CM = 25.0  # rule R13: close; the depth painted at underpasses (domain S32)


class Crossing(Row):
    kind: CrossingKind | None = plain("类别", "Kind", need="R")
    road: str | None = text("所在道路", "Road", need="R", upto=64, ref="roads")
    river: str | None = text("跨越河流", "River", upto=64, ref="rivers")
    length_m: float | None = quantity("长度", "Length", "m", 50_000, need="r")
    width_m: float | None = quantity("宽度", "Width", "m", 200, need="r")
    limit_height_m: float | None = quantity("限高(净空)", "Height limit", "m", 50, need="r")
    limit_load_t: float | None = quantity("限载", "Load limit", "t", 1000, need="r")
    structure_state: StructureState | None = plain("技术状况", "Condition", need="r")
    inspected_on: date | None = plain("检测日期", "Inspected on")
    low_point_m: float | None = quantity("最低点高程", "Lowest point", "m", 9000, least=-200)
    deck_m: float | None = quantity("桥面高程", "Deck level", "m", 9000, least=-200)
    warn_depth_cm: float = field("警示水深", "Warning depth", default=WARN_DEPTH_CM, unit="cm", need="R", ge=0, le=1000)
    close_depth_cm: float = field(
        "封闭水深", "Closing depth", default=CLOSE_DEPTH_CM, unit="cm", need="R", ge=0, le=1000
    )
    sensor: str | None = text("积水监测站", "Water sensor", need="r", upto=64, ref="stations")
    control_points: list[str] | None = plain("封控点", "Control points", need="R")
    guard_phone: str | None = phone_number("值守人电话", "Guard's phone", need="r")
    pumps: int | None = count("水泵", "Pumps", "台", upto=1000)
    state_reason: str | None = text("管制或中断原因", "Reason of the state", upto=300)
    state_from_at: datetime | None = plain("开始时间", "State since")
    state_to_at: datetime | None = plain("预计恢复时间", "Expected until")
    detour: str | None = text("绕行路线", "Detour", upto=500)


LAYER = Layer(
    name="crossings",
    zh="桥涵漫水路",
    en="Bridges, fords, culverts, underpasses",
    row=Crossing,
    geometry="Point",
    group="roads",
    bureau="transport",
    status=RoadState,
    legend=Legend(
        glyph="桥",
        by="status",
        worst_first=("closed", "controlled", "open"),
        colours={"open": "#6e7781", "controlled": "#9a6700", "closed": "#82071e"},
    ),
    checks=(
        Check(
            "warn_before_closing",
            "warn_depth_cm < close_depth_cm",
            "警示水深应小于封闭水深",
            "The warning depth must be below the closing depth",
        ),
        Check(
            "crossing_state_times_in_order",
            "state_from_at <= state_to_at",
            "恢复时间早于开始时间",
            "The state ends before it begins",
        ),
        Check(
            "crossing_state_has_a_reason",
            "status = 'open' or state_reason is not null",
            "管制或中断应写明原因",
            "A controlled or closed crossing needs a reason",
            "query",
        ),
        Check(
            "dangerous_bridge_not_open",
            "structure_state <> 'class5' or status <> 'open'",
            "五类(危险)桥梁仍在通行",
            "A class 5 bridge is open to traffic",
            "query",
        ),
    ),
    source="domain §4.11 and rules R12, R13; JTG/T H21-2011",
    name_zoom=14,
    help_zh="桥梁、漫水路面、涵洞和下穿通道:限高限载、警示与封闭水深、封控点。",
    help_en="Bridges, fords, culverts and underpasses: limits, warning and closing depths, control points.",
)

"""Roads 道路: what may drive on them, and whether they are open (domain §4.11)."""

from datetime import datetime

from layers.columns import count, phone_number, plain, quantity, text
from layers.fields import Check, CodeList, Layer, Legend, Row, field


class RoadState(CodeList):
    OPEN = "open", "通行", "Open"
    CONTROLLED = "controlled", "管制", "Controlled"
    CLOSED = "closed", "中断", "Closed"


class RoadRank(CodeList):
    NATIONAL = "national", "国道(G)", "National (G)"
    PROVINCIAL = "provincial", "省道(S)", "Provincial (S)"
    COUNTY = "county", "县道(X)", "County (X)"
    TOWNSHIP = "township", "乡道(Y)", "Township (Y)"
    VILLAGE = "village", "村道(C)", "Village (C)"
    SPECIAL = "special", "专用道路(Z)", "Special (Z)"
    STREET = "street", "城镇街道", "Street"
    FOREST = "forest", "林区防火道路", "Forest fire road"
    TRACK = "track", "便道", "Track"


class RoadClass(CodeList):
    MOTORWAY = "motorway", "高速", "Motorway"
    FIRST = "first", "一级", "Class 1"
    SECOND = "second", "二级", "Class 2"
    THIRD = "third", "三级", "Class 3"
    FOURTH = "fourth", "四级", "Class 4"
    UNCLASSED = "unclassed", "等外", "Below class 4"


class Surface(CodeList):
    ASPHALT = "asphalt", "沥青", "Asphalt"
    CONCRETE = "concrete", "水泥", "Concrete"
    GRAVEL = "gravel", "砂石", "Gravel"
    EARTH = "earth", "土路", "Earth"


class RoadDanger(CodeList):
    SHARP_BEND = "sharp_bend", "急弯", "Sharp bend"
    LONG_DESCENT = "long_descent", "长下坡", "Long descent"
    CLIFF = "cliff", "临崖", "Beside a drop"
    WATERSIDE = "waterside", "临水", "Beside water"
    SLIDE = "slide", "滑坡段", "Sliding section"
    ICE = "ice", "结冰段", "Icy section"
    RAIL_CROSSING = "rail_crossing", "铁路道口", "Level crossing"
    FLOODING = "flooding", "漫水", "Floods over"


class OneWay(CodeList):
    BOTH = "both", "双向", "Both ways"
    FORWARD = "forward", "沿数字化方向单行", "One way, as drawn"
    BACKWARD = "backward", "逆数字化方向单行", "One way, against the drawing"


class Road(Row):
    road_code: str | None = plain(
        "路线编号",
        "Road number",
        need="R",
        pattern=r"^[GSXYCZ][0-9A-Z]{1,12}$",
        help_zh="如 G520、X401",
        help_en="Such as G520 or X401.",
        example="G520",
    )
    rank: RoadRank | None = plain("行政等级", "Rank", need="R")
    road_class: RoadClass | None = plain("技术等级", "Class", need="R")
    surface: Surface | None = plain("路面", "Surface", need="R")
    width_m: float | None = quantity("路面宽", "Width", "m", 100, need="R")
    lanes: int | None = count("车道数", "Lanes", "条", upto=20)
    owner: str | None = text("管养单位", "Owner", need="R")
    owner_phone: str | None = phone_number("管养单位电话", "Owner's phone", need="r")
    limit_height_m: float | None = quantity(
        "限高", "Height limit", "m", 20, need="r", help_zh="无限制时留空", help_en="Leave empty where there is none."
    )
    limit_load_t: float | None = quantity(
        "限载", "Load limit", "t", 500, need="r", help_zh="无限制时留空", help_en="Leave empty where there is none."
    )
    limit_width_m: float | None = quantity("限宽", "Width limit", "m", 50)
    speed_kph: float | None = quantity("限速", "Speed limit", "km/h", 150, need="r")
    oneway: OneWay = field("通行方向", "Direction", default=OneWay.BOTH)
    dangers: list[RoadDanger] | None = plain("危险特征", "Dangers", need="r")
    tunnel: bool = field("隧道", "Tunnel", default=False)
    tunnel_length_m: float | None = quantity("隧道长", "Tunnel length", "m", 50_000)
    tunnel_height_m: float | None = quantity("隧道净高", "Tunnel clearance", "m", 20)
    control_points: list[str] | None = plain(
        "封控点",
        "Control points",
        need="R",
        help_zh="可以拦车掉头的地点",
        help_en="Where traffic can be stopped and turned.",
    )
    state_reason: str | None = text("管制或中断原因", "Reason of the state", upto=300)
    state_from_at: datetime | None = plain("开始时间", "State since")
    state_to_at: datetime | None = plain("预计恢复时间", "Expected until")
    detour: str | None = text("绕行路线", "Detour", upto=500)


LAYER = Layer(
    name="roads",
    zh="道路",
    en="Roads",
    row=Road,
    geometry="LineString",
    group="roads",
    bureau="transport",
    status=RoadState,
    legend=Legend(
        glyph="路",
        by="status",
        worst_first=("closed", "controlled", "open"),
        width=3.0,
        colours={"open": "#6e7781", "controlled": "#9a6700", "closed": "#82071e"},
    ),
    checks=(
        Check(
            "road_state_times_in_order",
            "state_from_at <= state_to_at",
            "恢复时间早于开始时间",
            "The state ends before it begins",
        ),
        Check(
            "road_state_has_a_reason",
            "status = 'open' or state_reason is not null",
            "管制或中断应写明原因",
            "A controlled or closed road needs a reason",
            "query",
        ),
        Check(
            "road_state_has_a_start",
            "status = 'open' or state_from_at is not null",
            "管制或中断应写明开始时间",
            "A controlled or closed road needs a start",
            "query",
        ),
        Check(
            "tunnel_length_needs_tunnel",
            "tunnel_length_m is null or tunnel = true",
            "填了隧道长但未勾选隧道",
            "A tunnel length without a tunnel",
            "query",
        ),
        Check(
            "width_limit_within_width",
            "limit_width_m <= width_m",
            "限宽大于路面宽",
            "Width limit above the width",
            "query",
        ),
        Check(
            "limits_plausible",
            "limit_height_m >= 1.5 and limit_load_t >= 1",
            "限高或限载过小,请核对单位",
            "Height or load limit very small: please check the unit",
            "query",
        ),
    ),
    source="domain §4.11; JTG B01-2014 classes",
    must_lie_in_county=False,
    name_zoom=13,
    help_zh="用于路线计算的道路:限高、限载、路况和封控点。管制或中断时,路线会避开。",
    help_en="Roads for routing: limits, state, control points. Routes keep off roads that are closed.",
)

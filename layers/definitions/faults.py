"""Active faults 活动断层: a reference layer, kept as its source gives it."""

from layers.columns import plain, quantity, text
from layers.common import NO_DUTY
from layers.fields import CodeList, Layer, Legend, Row


class FaultStatus(CodeList):
    MAPPED = "mapped", "已查明", "Mapped"
    INFERRED = "inferred", "推测", "Inferred"


class FaultAge(CodeList):
    HOLOCENE = "Q4", "全新世(Q4)", "Holocene (Q4)"
    LATE_PLEISTOCENE = "Q3", "晚更新世(Q3)", "Late Pleistocene (Q3)"
    MIDDLE_PLEISTOCENE = "Q2", "中更新世(Q2)", "Middle Pleistocene (Q2)"
    EARLY_PLEISTOCENE = "Q1", "早更新世(Q1)", "Early Pleistocene (Q1)"
    PRE_QUATERNARY = "pre_Q", "前第四纪", "Before the Quaternary"


class Fault(Row):
    sense: str | None = text(
        "断层性质",
        "Sense of slip",
        need="r",
        upto=60,
        help_zh="按资料原文,如:正断兼右旋",
        help_en="As the source has it, such as normal with dextral slip.",
    )
    age: FaultAge | None = plain("最晚活动时代", "Latest activity", need="r")
    dip: str | None = text(
        "断层倾角",
        "Dip",
        upto=30,
        help_zh="按资料原文,如:65-75(度)",
        help_en="As the source has it, such as 65-75 (degrees).",
    )
    dip_direction: str | None = text("断层倾向", "Dip direction", upto=30)
    strike: str | None = text("断层走向", "Strike", upto=30)
    length_km: float | None = quantity("断层长度", "Length", "km", 10_000)
    segment: str | None = text("分段名称", "Segment", upto=120)
    slip_horizontal_mm_a: str | None = text("水平滑动速率", "Horizontal slip rate", upto=60, unit="mm/a")
    slip_vertical_mm_a: str | None = text("垂直滑动速率", "Vertical slip rate", upto=60, unit="mm/a")
    literature: str | None = text("资料来源", "References", need="r", upto=1000)


LAYER = Layer(
    name="faults",
    zh="活动断层",
    en="Active faults",
    row=Fault,
    geometry="LineString",
    group="hazards",
    bureau="emergency",
    status=FaultStatus,
    legend=Legend(glyph="裂", colour="#8c4351", width=2.0, dash="8 3"),
    source="CN-faults of the China geospatial data set",
    writers=("admin",),
    must_lie_in_county=False,
    name_zoom=10,
    waives=NO_DUTY,
    help_zh="活动断层位置和性质,供参考;小比例尺资料,不能代替活断层探测。",
    help_en="Active faults for reference; small-scale data, no substitute for a survey.",
)

"""Past earthquakes 历史地震: a reference layer, back to times before the calendar."""

from datetime import date

from layers.columns import count, plain, quantity, text
from layers.common import NO_DUTY
from layers.fields import Check, CodeList, Layer, Legend, Row, field


class EarthquakeStatus(CodeList):
    RECORDED = "recorded", "仪器记录", "Recorded by instruments"
    HISTORICAL = "historical", "历史文献", "From historical texts"


class Earthquake(Row):
    year: int | None = field(
        "发生年",
        "Year",
        default=None,
        need="R",
        ge=-2500,
        le=2200,
        help_zh="公元前填负数",
        help_en="Negative before our era.",
    )
    month: int | None = field("月", "Month", default=None, ge=1, le=12)
    day: int | None = field("日", "Day", default=None, ge=1, le=31)
    occurred_on: date | None = plain("发生日期", "Date")
    magnitude: float | None = quantity("震级", "Magnitude", "M", 10, need="R", least=-2)
    intensity: float | None = quantity(
        "震中烈度", "Epicentral intensity", "度", 12, need="r", help_zh="1–12度", help_en="1 to 12."
    )
    depth_km: float | None = quantity("震源深度", "Focal depth", "km", 700)
    deaths: int | None = count("死亡人数", "Deaths", "人", upto=2_000_000)
    place: str | None = text("地点", "Place")
    literature: str | None = text("资料来源", "References", need="r", upto=1000)


LAYER = Layer(
    name="earthquakes",
    zh="历史地震",
    en="Past earthquakes",
    row=Earthquake,
    geometry="Point",
    group="hazards",
    bureau="emergency",
    status=EarthquakeStatus,
    legend=Legend(glyph="震", colour="#6e5494"),
    checks=(Check("day_needs_a_month", "day is null or month is not null", "填了日应填月", "A day needs its month"),),
    source="NOAA NCEI significant earthquakes",
    writers=("admin",),
    must_lie_in_county=False,
    name_zoom=9,
    waives=(*NO_DUTY, "coord_raw"),
    help_zh="历史上的破坏性地震,供参考。",
    help_en="Damaging earthquakes of the past, for reference.",
)

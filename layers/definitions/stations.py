"""Monitoring stations 监测站: what is measured, how often, and at which values it alarms (domain §4.9).

A station is online while its last value is no older than three intervals; that depends on the clock, so it is worked out
when asked and never stored.
"""

from datetime import datetime

from layers.columns import count, level, plain, quantity, text
from layers.fields import Check, CodeList, Layer, Legend, Row


class StationStatus(CodeList):
    WORKING = "working", "运行", "Working"
    FAULTY = "faulty", "故障", "Faulty"
    STOPPED = "stopped", "停用", "Stopped"


class StationKind(CodeList):
    RAIN = "rain", "雨量", "Rain"
    STAGE = "stage", "水位", "Stage"
    FLOW = "flow", "流量", "Flow"
    WEATHER = "weather", "气象", "Weather"
    GNSS = "gnss", "GNSS位移", "GNSS displacement"
    CRACK = "crack", "裂缝", "Crack"
    TILT = "tilt", "倾斜", "Tilt"
    MOISTURE = "moisture", "含水率", "Soil moisture"
    VIDEO = "video", "视频", "Video"
    SEISMIC = "seismic", "地震", "Seismic"
    LIGHTNING = "lightning", "雷电", "Lightning"
    PONDING = "ponding", "积水", "Standing water"
    MINE = "mine", "矿山", "Mine"


class StationUnit(CodeList):
    MM = "mm", "毫米", "mm"
    CM = "cm", "厘米", "cm"
    M = "m", "米", "m"
    MM_D = "mm/d", "毫米/天", "mm/day"
    MM_H = "mm/h", "毫米/小时", "mm/h"
    M3_S = "m3/s", "立方米/秒", "m³/s"
    M3_H = "m3/h", "立方米/小时", "m³/h"
    M_S = "m/s", "米/秒", "m/s"
    DEGREE = "deg", "度", "°"
    CELSIUS = "celsius", "摄氏度", "°C"
    PERCENT = "pct", "百分比", "%"
    GAL = "gal", "伽", "Gal"
    COUNT = "count", "次", "count"


class Quality(CodeList):
    GOOD = "good", "正常", "Good"
    SUSPECT = "suspect", "可疑", "Suspect"
    BAD = "bad", "错误", "Bad"


class DayBoundary(CodeList):
    EIGHT = "08", "8时", "08:00"
    TWENTY = "20", "20时", "20:00"


VALUE_MAX = 1_000_000.0


class Station(Row):
    kind: StationKind | None = plain("类别", "Kind", need="R")
    owner: str | None = text("所属部门", "Owner bureau", need="R")
    owner_id: str | None = plain("原系统编号", "Id in the owner's system", need="R", max_length=64)
    interval_min: int | None = count("上报间隔", "Interval", "min", need="R", upto=10_080)
    unit: StationUnit | None = plain("单位", "Unit", need="R")
    sum_window: str | None = plain(
        "阈值时段",
        "Window of the thresholds",
        pattern=r"^(10min|30min|1h|3h|6h|12h|24h|72h)$",
        help_zh="雨量站阈值对应的累计时段,如1h",
        help_en="Sum the thresholds refer to, such as 1h.",
    )
    day_boundary: DayBoundary | None = plain(
        "日界", "Day begins at", need="r", help_zh="雨量站必填", help_en="Rain stations must say it."
    )
    threshold_blue: float | None = quantity(
        "蓝色阈值", "Blue threshold", "按单位", VALUE_MAX, need="r", least=-VALUE_MAX
    )
    threshold_yellow: float | None = quantity(
        "黄色阈值", "Yellow threshold", "按单位", VALUE_MAX, need="r", least=-VALUE_MAX
    )
    threshold_orange: float | None = quantity(
        "橙色阈值", "Orange threshold", "按单位", VALUE_MAX, need="r", least=-VALUE_MAX
    )
    threshold_red: float | None = quantity("红色阈值", "Red threshold", "按单位", VALUE_MAX, need="r", least=-VALUE_MAX)
    last_value: float | None = quantity("最新值", "Last value", "按单位", VALUE_MAX, need="r", least=-VALUE_MAX)
    last_at: datetime | None = plain("最新值时间", "Time of the last value", need="r")
    quality: Quality | None = plain("数据质量", "Quality")
    battery_pct: float | None = quantity("电量", "Battery", "%", 100)
    zero_m: float | None = level("水尺零点", "Gauge zero")
    geohazard: str | None = text("所属隐患点", "Geohazard point", upto=64, ref="geohazards")


RISING = "kind not in ('rain','stage','flow','gnss','crack','tilt','seismic','ponding')"
"""Kinds whose danger may lie at low values (soil moisture, weather) are let off the order of thresholds."""


def _in_order(low: str, high: str, zh: str) -> Check:
    return Check(
        f"{low}_below_{high}",
        f"{RISING} or threshold_{low} <= threshold_{high}",
        f"{zh}阈值顺序有误",
        f"The {low} threshold is above the {high} one",
    )


LAYER = Layer(
    name="stations",
    zh="监测站",
    en="Monitoring stations",
    row=Station,
    geometry="Point",
    group="resources",
    bureau="emergency",
    status=StationStatus,
    legend=Legend(
        glyph="测",
        by="status",
        worst_first=("faulty", "stopped", "working"),
        colours={"working": "#0969da", "faulty": "#9a6700", "stopped": "#8c959f"},
    ),
    checks=(
        _in_order("blue", "yellow", "蓝、黄"),
        _in_order("yellow", "orange", "黄、橙"),
        _in_order("orange", "red", "橙、红"),
        _in_order("blue", "orange", "蓝、橙"),
        _in_order("blue", "red", "蓝、红"),
        _in_order("yellow", "red", "黄、红"),
        Check("rain_station_in_mm", "kind <> 'rain' or unit = 'mm'", "雨量站单位应为毫米", "Rain is measured in mm"),
        Check(
            "rain_station_says_its_day",
            "kind <> 'rain' or day_boundary is not null",
            "雨量站应注明日界(8时或20时)",
            "A rain station says when its day begins",
            "query",
        ),
        Check(
            "rain_threshold_says_its_window",
            "kind <> 'rain' or threshold_red is null or sum_window is not null",
            "雨量阈值应注明累计时段",
            "Rain thresholds need the sum they refer to",
            "query",
        ),
        Check(
            "measuring_station_has_thresholds",
            "kind in ('video','lightning') or threshold_blue is not null or threshold_red is not null",
            "测值站应填阈值",
            "A station that measures a value needs thresholds",
            "query",
        ),
        Check("interval_is_positive", "interval_min > 0", "上报间隔应大于0", "The interval must be above 0"),
        Check(
            "value_has_a_time",
            "last_value is null or last_at is not null",
            "最新值应有时间",
            "A value needs its time",
            "query",
        ),
    ),
    source="domain §4.9",
    must_lie_in_county=False,
    name_zoom=12,
    help_zh="雨量、水位、裂缝、位移等监测站:上报间隔、单位、蓝黄橙红阈值。县外上下游测站也可登记。",
    help_en="Stations for rain, stage, cracks, displacement: interval, unit, thresholds. Those just outside may be listed.",
)

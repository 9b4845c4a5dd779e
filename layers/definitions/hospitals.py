"""Hospitals and clinics 医疗机构 (domain §4.10)."""

from layers.columns import count, persons, phone_number, plain, quantity
from layers.fields import Check, CodeList, Layer, Legend, Row


class HospitalStatus(CodeList):
    OPEN = "open", "开诊", "Open"
    FULL = "full", "满员", "Full"
    CLOSED = "closed", "停诊", "Closed"


class HospitalLevel(CodeList):
    THIRD = "third", "三级", "Tertiary"
    SECOND = "second", "二级", "Secondary"
    FIRST = "first", "一级", "Primary"
    TOWNSHIP = "township", "乡镇卫生院", "Township health centre"
    COMMUNITY = "community", "社区卫生服务中心", "Community health centre"
    VILLAGE = "village", "村卫生室", "Village clinic"
    UNGRADED = "ungraded", "未定级", "Ungraded"


class Hospital(Row):
    level: HospitalLevel | None = plain("等级", "Level", need="R")
    beds: int | None = count("床位", "Beds", "张", need="R", upto=100_000)
    free_beds: int | None = count("空余床位", "Free beds", "张", upto=100_000)
    icu_beds: int | None = count("重症床位", "Intensive care beds", "张", upto=10_000)
    emergency: bool | None = plain("急诊", "Emergency room", need="R")
    emergency_phone: str | None = phone_number("急诊电话", "Emergency room's phone", need="R")
    ambulances: int | None = count("救护车", "Ambulances", "辆", need="R", upto=1000)
    blood: bool | None = plain("储血", "Blood store", need="R")
    burns: bool | None = plain("烧伤救治", "Treats burns", need="r")
    decontamination: bool | None = plain("洗消", "Decontamination", need="r")
    helipad: bool | None = plain("停机坪", "Helicopter pad")
    power_backup_h: float | None = quantity("备用电源", "Backup power", "h", 1000, need="r")
    staff: int | None = persons("医护人员", "Medical staff", need="r")


LAYER = Layer(
    name="hospitals",
    zh="医疗机构",
    en="Hospitals and clinics",
    row=Hospital,
    geometry="Point",
    group="people",
    bureau="health",
    status=HospitalStatus,
    legend=Legend(glyph="医", colour="#1b7c83"),
    checks=(
        Check("free_beds_within_beds", "free_beds <= beds", "空余床位多于床位", "More free beds than beds"),
        Check("icu_beds_within_beds", "icu_beds <= beds", "重症床位多于床位", "More intensive care beds than beds"),
    ),
    source="domain §4.10",
    name_zoom=12,
    help_zh="医院、卫生院和卫生室:床位、急诊、救护车、储血。",
    help_en="Hospitals and clinics: beds, emergency room, ambulances, blood.",
)

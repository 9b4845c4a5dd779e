"""Who or what may be sent, or taken to: teams, depots, shelters and the like, and why the others may not (domain §8.3)."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import geopandas as gpd
import pandas as pd

from gis.analysis import Bilingual, Params, Wording, param

# Codes of layers/definitions/rescue_teams.py, depots.py and shelters.py, which gis may not import.
FIT_STATES: Mapping[str, tuple[str, ...]] = {
    "rescue_teams": ("ready",),
    "depots": ("in_use",),
    "shelters": ("available", "open"),
}

START_COLUMN = {"rescue_teams": "turnout_min", "depots": "open_min", "shelters": "open_min"}
GOODS = {"rescue_teams": "equipment", "depots": "stock"}
READ = ("status", "skills", "hazards_served", "capacity", "capacity_by_area", "occupied", "turnout_min", "open_min",
        "equipment", "stock")  # fmt: skip
CODE_LENGTH = 7  # of GB/T 38565-2020; "-batch" may follow
CODES_THEMSELVES = Wording()


class Need(Params):
    """What is asked of who is sent or where people are taken. Empty = nothing."""

    skills: tuple[str, ...] = param("专长", "Skills", (), max_length=20, help_zh="须全部具备", help_en="All of them.",
                                    codes_of="rescue_teams.skills", when={"layer": ("rescue_teams",)})  # fmt: skip
    items: dict[str, float] = param("物资", "Items", {}, max_length=50, help_zh="以7位物资编码为键:数量",
                                    help_en="Quantity by 7-digit item code.", when={"layer": ("rescue_teams", "depots")})  # fmt: skip
    places: int = param("安置人数", "Places", 0, unit="人", ge=0, le=1_000_000, when={"layer": ("shelters",)})
    hazards: tuple[str, ...] = param("灾种", "Hazards", (), max_length=10, help_zh="避难场所须适用的灾种",
                                     help_en="Hazards a shelter must serve.", codes_of="shelters.hazards_served",
                                     when={"layer": ("shelters",)})  # fmt: skip
    states: tuple[str, ...] | None = param("允许的状态", "States allowed", None, max_length=10,
                                           help_zh="留空:待命、在用、可用或启用",
                                           help_en="Empty: ready, in use, available or open.")  # fmt: skip


@dataclass(frozen=True)
class Verdict:
    """Whether a row fits; why not; and minutes before it moves or opens, None where the row does not say."""

    why_not: Bilingual | None
    start_min: float | None


def verdicts(
    frame: gpd.GeoDataFrame, layer: str, need: Need, at: datetime | None, wording: Wording = CODES_THEMSELVES
) -> list[Verdict]:
    """One per row, in order. wording : what states, skills and hazards are called."""
    rows = frame[[column for column in READ if column in frame]].to_dict("records")
    return [Verdict(_why_not(row, layer, need, at, wording), _start_min(row, layer)) for row in rows]


def _why_not(row: Mapping[str, Any], layer: str, need: Need, at: datetime | None, wording: Wording) -> Bilingual | None:
    """The first reason that rules a row out."""
    allowed = need.states if need.states is not None else FIT_STATES.get(layer)
    status = _text(row.get("status"))
    if allowed is not None and status not in allowed:
        if status == "full":
            return Bilingual("已满", "full")
        state = wording.code(layer, "status", status) if status else Bilingual("未填", "no state")
        return Bilingual(f"状态为{state.zh}", f"not ready: {state.en}")
    lacking = sorted(set(need.skills) - set(_texts(row.get("skills"))))
    if lacking:
        return _named(Bilingual("缺少专长:", "lacks the skill: "), wording, layer, "skills", lacking)
    if layer == "shelters" and (unserved := sorted(set(need.hazards) - set(_texts(row.get("hazards_served"))))):
        return _named(Bilingual("不适用灾种:", "does not serve: "), wording, layer, "hazards_served", unserved)
    if need.places > 0 and layer == "shelters":
        free = free_places(row)
        if free < need.places:
            return Bilingual(f"余位 {free},需要 {need.places}", f"too full: {free} places free, {need.places} needed")
    return _short(held(row, layer, at), need.items)


def _named(what: Bilingual, wording: Wording, layer: str, column: str, codes: Sequence[str]) -> Bilingual:
    words = [wording.code(layer, column, code) for code in codes]
    return Bilingual(what.zh + "、".join(word.zh for word in words), what.en + ", ".join(word.en for word in words))


def _short(there: Mapping[str, float], needed: Mapping[str, float]) -> Bilingual | None:
    missing = [
        (code, there.get(code, 0.0), quantity) for code, quantity in needed.items() if there.get(code, 0.0) < quantity
    ]
    if not missing:
        return None
    return Bilingual(
        "物资不足:" + "、".join(f"{code} 有 {has:g},需要 {wanted:g}" for code, has, wanted in missing),
        "stock short: " + ", ".join(f"{code} has {has:g} of {wanted:g}" for code, has, wanted in missing),
    )


def held(row: Mapping[str, Any], layer: str, at: datetime | None) -> dict[str, float]:
    """Goods in good state and in the house, by item code: batches added up, what has expired at that moment left out.

    Goods by agreement or still to be produced do not count: they are not there.
    """
    found: dict[str, float] = {}
    for key, entry in _entries(row.get(GOODS.get(layer, ""))).items():
        is_good = entry.get("state", "good") == "good" and entry.get("mode", "goods") == "goods"
        if is_good and not _is_expired(entry.get("expires_on"), at):
            found[key[:CODE_LENGTH]] = found.get(key[:CODE_LENGTH], 0.0) + float(entry.get("qty") or 0.0)
    return found


def _is_expired(expires_on: Any, at: datetime | None) -> bool:
    return at is not None and isinstance(expires_on, str) and date.fromisoformat(expires_on[:10]) < at.date()


def free_places(row: Mapping[str, Any]) -> int:
    """Capacity less occupied; the capacity by area where none is entered."""
    capacity = next((row[c] for c in ("capacity", "capacity_by_area") if c in row and not _is_blank(row[c])), 0)
    occupied = row.get("occupied")
    return int(capacity) - (0 if _is_blank(occupied) else int(occupied or 0))


def _start_min(row: Mapping[str, Any], layer: str) -> float | None:
    """Turnout of a team, opening of a depot or shelter; nothing for a shelter that is open and for other layers."""
    column = START_COLUMN.get(layer)
    if column is None or (layer == "shelters" and row.get("status") == "open"):
        return 0.0
    value = row.get(column)
    return None if _is_blank(value) else float(value)  # type: ignore[arg-type]


def _is_blank(value: Any) -> bool:
    return value is None or (not isinstance(value, (str, list, tuple, dict)) and bool(pd.isna(value)))


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _texts(value: Any) -> list[str]:
    """A list of codes, as a database or a Parquet file gives it."""
    if value is None or isinstance(value, (str, float)):
        return []
    return [str(one) for one in value]


def _entries(value: Any) -> dict[str, dict[str, Any]]:
    """Entries by key, from an object or its JSON text."""
    if isinstance(value, str):
        value = json.loads(value)
    return {str(k): dict(v) for k, v in value.items() if isinstance(v, Mapping)} if isinstance(value, Mapping) else {}


def together(rows: Sequence[Mapping[str, Any]], layer: str, at: datetime | None) -> dict[str, float]:
    """What several rows hold in all."""
    total: dict[str, float] = {}
    for row in rows:
        for code, quantity in held(row, layer, at).items():
            total[code] = total.get(code, 0.0) + quantity
    return total

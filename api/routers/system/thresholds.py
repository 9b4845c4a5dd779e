"""Limits the county may change: what is in force, on what basis, what was before and what comes.

A change is a new row from a date on; the row before it ends the day before. Every process uses it within a minute.
"""

from datetime import date
from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Request, Response
from fastapi import Path as InPath
from pydantic import BaseModel, ConfigDict, Field, JsonValue, StringConstraints

from api.deps import Address, CurrentActor, RequireRole, TheDatabase, TheThresholds
from api.errors import problem_responses
from api.idempotency import writing
from api.threshold_changes import NewValue, change, histories

router = APIRouter(prefix="/thresholds")

Key = Annotated[str, InPath(pattern=r"^[a-z0-9_]+(\.[a-z0-9_]+)+$", max_length=80)]


class Period(BaseModel):
    """A value and the days it holds; `valid_to` is its last day, null for ever."""

    value: JsonValue
    basis: str
    valid_from: date
    valid_to: date | None
    changed_by: str


class Threshold(Period):
    """The value in force today, with all there were and will be."""

    key: str
    unit: str
    zh: str
    en: str
    least: float | None = Field(description="smallest number that is accepted")
    most: float | None = Field(description="largest number that is accepted")
    upcoming: list[Period] = Field(description="values from a later day on, the next first")
    history: list[Period] = Field(description="values that are over, the latest first")


class Change(BaseModel):
    model_config = ConfigDict(extra="forbid")

    value: JsonValue
    basis: Annotated[str, StringConstraints(strip_whitespace=True, min_length=4, max_length=500)] = Field(
        description="why: a standard with its clause, a decision with its date")
    valid_from: date | None = Field(default=None, description="first day; today when not given")


@router.get("")
async def thresholds(actor: CurrentActor, database: TheDatabase) -> list[Threshold]:
    """Every limit with its basis. Everybody signed in may know what the system goes by."""
    async with database.transaction(actor) as connection:
        return [Threshold(**found) for found in await histories(connection)]


@router.put("/{key}", response_model=Threshold, dependencies=[RequireRole("admin")], responses=problem_responses([404, 422]))
async def put(request: Request, key: Key, actor: CurrentActor, body: Change, limits: TheThresholds,
              address: Address) -> Response:
    """Another value from a day on."""
    async with writing(request, actor) as work:
        wanted = NewValue(key, body.value, body.basis, body.valid_from)
        found: dict[str, Any] = await change(work.connection, actor, wanted, address)
        answer = work.answer(200, orjson.dumps(Threshold(**found).model_dump(mode="json")))
    limits.forget()
    return answer

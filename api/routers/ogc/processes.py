"""OGC API Processes: the analyses, what each takes, and asking one."""

import asyncio
import uuid
from functools import cache
from typing import Annotated, Any, Final

import orjson
from fastapi import APIRouter, Header, Path, Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from api.deps import CurrentActor, Language, TheDatabase, TheThresholds
from api.errors import problem_responses
from api.routers.ogc.html import page
from api.routers.ogc.job_words import job_told
from api.routers.ogc.links import HTML, JSON, OGC_REL, base, link, self_and_alternate
from api.routers.ogc.representations import VARY, Wanted, json_answer, only
from api.waiting import LOOK_EVERY_S, Waiting
from gis.analysis import Analysis
from gis.conditions import conditions
from gis.registry import all_analyses, analysis_named
from layers import jobs
from layers.asked_county import county_of
from layers.database import Actor, Database
from layers.errors import TooMany
from layers.jobs import Mode, Order

router = APIRouter(responses=problem_responses([400, 401, 404, 422]))

ProcessId = Annotated[str, Path(max_length=60, description="id of an analysis, e.g. buffer")]
COUNTY: Final = "county"
COUNTY_INPUT: Final = {
    "title": "县 County",
    "description": "县的代码;不填时由位置或您的辖区得出 Code of the county; without it the place or your area decides",
    "minOccurs": 0,
    "schema": {"type": "string", "pattern": r"^\d{6}$"},
}
OUTPUTS: Final = {
    "result": ("答案", "The answer", {"$ref": "https://geojson.org/schema/FeatureCollection.json"}),
    "lists": ("全部清单", "All lists", {"type": "array", "items": {"type": "object"}}),
    "figures": ("数字,各自对应一份清单", "Figures, each of a list", {"type": "array", "items": {"type": "object"}}),
    "notes": ("须知", "What must be read with it", {"type": "array", "items": {"type": "object"}}),
    "provenance": ("如何得出", "How it was made", {"type": "object"}),
}
WORDS: Final = ("zh", "en", "unit", "pick", "help_zh", "help_en", "labels", "codes_of", "when", "needed", "first")  # of gis.analysis.param
RESPOND_ASYNC: Final = "respond-async"


class Execution(BaseModel):
    """What to run it with. `response` and `subscriber` of the standard are not offered."""

    model_config = ConfigDict(extra="ignore")

    inputs: dict[str, Any] = Field(default_factory=dict)


@router.get("/processes", dependencies=[only("limit")], response_class=Response)
async def processes(request: Request, _actor: CurrentActor, shown: Wanted, lang: Language) -> Response:
    """All analyses."""
    found = await asyncio.to_thread(all_analyses)
    body = {
        "processes": [_summary(request, analysis) for analysis in found.values()],
        "links": self_and_alternate(request, shown),
    }
    if shown == "html":
        return page(request, "document.html", lang, title="分析 Processes", body=body)
    return json_answer(body)


@router.get("/processes/{process}", dependencies=[only()], response_class=Response)
async def process(request: Request, _actor: CurrentActor, process: ProcessId, shown: Wanted, lang: Language) -> Response:
    """One analysis: what it takes and gives, where it comes from, where it may be relied on."""
    analysis = await asyncio.to_thread(analysis_named, process)
    body = _summary(request, analysis) | {
        "inputs": {**inputs_of(analysis), COUNTY: COUNTY_INPUT},
        "outputs": {name: {"title": f"{zh} {en}", "schema": schema} for name, (zh, en, schema) in OUTPUTS.items()},
        "x-group": analysis.group,
        "x-source": analysis.source,
        "x-validity": {"zh": analysis.validity_zh, "en": analysis.validity_en},
        "x-limits": [{"key": limit.key, "zh": limit.zh, "en": limit.en, "unit": limit.unit} for limit in analysis.limits],
        "x-example": analysis.example,
        "x-standing": analysis.standing and {"known": analysis.standing.known},
    }  # fmt: skip
    if shown == "html":
        return page(request, "document.html", lang, title=f"{analysis.zh} {analysis.en}", body=body)
    return json_answer(body)


@router.post("/processes/{process}/execution", response_class=Response,
             responses=problem_responses([409, 429, 503]) | {200: {"description": "the answer", "content": {JSON: {}}},
                                                             201: {"description": "a job", "content": {JSON: {}}}})  # fmt: skip
async def execute(
    request: Request, actor: CurrentActor, database: TheDatabase, thresholds: TheThresholds, process: ProcessId,
    body: Execution, prefer: Annotated[str, Header(max_length=200)] = "",
    idempotency_key: Annotated[str | None, Header(max_length=255, min_length=1)] = None,
) -> Response:  # fmt: skip
    """Run an analysis. `Prefer: respond-async` answers at once with a job; so does a run that takes too long to wait for."""
    analysis = await asyncio.to_thread(analysis_named, process)
    given = {name: _value(value) for name, value in body.inputs.items()}
    asked = given.pop(COUNTY, None)
    inputs = _checked(analysis, given)
    async with database.reading() as connection:
        county = await county_of(connection, actor, asked, inputs)
    mode: Mode = "async" if RESPOND_ASYNC in prefer.lower() else "sync"
    waiting: Waiting = request.app.state.waiting
    async with database.transaction(actor) as connection:
        await _refuse_too_many(connection, await thresholds.whole("analysis.most_waiting"))
        job = await jobs.file(connection, actor, Order(process, county, inputs, mode, idempotency_key))
    if mode == "sync" and await _ended(waiting, database, actor, job, await thresholds.number("analysis.wait_s")):
        async with database.transaction(actor) as connection:
            document = await jobs.result(connection, job)
        monitor = f'<{base(request)}/jobs/{job}>; rel="monitor"'
        return Response(document, media_type=JSON, headers={"Cache-Control": "private, no-store", "Link": monitor})
    async with database.transaction(actor) as connection:
        told = job_told(request, await jobs.status(connection, job))
    headers = {"Location": f"{base(request)}/jobs/{job}", "Cache-Control": "private, no-store", "Vary": VARY}
    if mode == "async":
        headers["Preference-Applied"] = RESPOND_ASYNC
    return Response(orjson.dumps(told), 201, headers, JSON)


async def _ended(waiting: Waiting, database: Database, actor: Actor, job: uuid.UUID, limit_s: float) -> bool:
    """Waits for a job; False when it still runs after `limit_s`."""
    loop = asyncio.get_running_loop()
    until = loop.time() + limit_s
    with waiting.woken_by(job) as event:
        while (left := until - loop.time()) > 0:
            async with database.transaction(actor) as connection:
                if (await jobs.status(connection, job))["status"] not in ("accepted", "running"):
                    return True
            try:
                await asyncio.wait_for(event.wait(), min(left, LOOK_EVERY_S))
            except TimeoutError:
                continue
    return False


async def _refuse_too_many(connection: Any, most: int) -> None:
    waiting = await jobs.waiting_of_mine(connection)
    if waiting >= most:
        raise TooMany(f"您已有 {waiting} 个分析在排队或计算,上限 {most}。请等待或取消一些。",
                      f"{waiting} analyses of yours wait or run, {most} are allowed. Wait, or cancel some.",
                      retry_after_s=LOOK_EVERY_S)  # fmt: skip


def _value(given: Any) -> Any:
    """An input may be qualified, `{"value": …, "mediaType": …}` (OGC 18-062r2 §7.11.2.3)."""
    is_qualified = isinstance(given, dict) and "value" in given and set(given) <= {"value", "mediaType", "encoding", "schema"}
    return given["value"] if is_qualified else given


def _checked(analysis: Analysis[Any], given: dict[str, Any]) -> dict[str, Any]:
    """The inputs as the analysis reads them, as plain JSON. Raises RequestValidationError, Refusal."""
    try:
        params = analysis.params.model_validate(given)
    except ValidationError as wrong:
        found = [{**error, "loc": ("body", "inputs", *error["loc"])} for error in wrong.errors(include_url=False)]
        raise RequestValidationError(found) from wrong
    analysis.needs(params)
    plain: dict[str, Any] = params.model_dump(mode="json", exclude_none=True, by_alias=True)
    return plain


def _summary(request: Request, analysis: Analysis[Any]) -> dict[str, Any]:
    at = f"{base(request)}/processes/{analysis.id}"
    return {
        "id": analysis.id,
        "version": request.app.version,
        "title": f"{analysis.zh} {analysis.en}",
        "description": f"{analysis.about_zh} {analysis.about_en}",
        "x-words": {"zh": analysis.zh, "en": analysis.en, "about_zh": analysis.about_zh, "about_en": analysis.about_en},
        "x-group": analysis.group,
        "jobControlOptions": ["sync-execute", "async-execute", "dismiss"],
        "outputTransmission": ["value"],
        "links": [
            link(at, "self", JSON, "说明 Description"),
            link(f"{at}?f=html", "alternate", HTML),
            link(f"{at}/execution", f"{OGC_REL}execute", JSON, "运行 Execute"),
        ],
    }


@cache
def inputs_of(analysis: Analysis[Any]) -> dict[str, Any]:
    """The parameters of an analysis as the standard describes inputs, with our labels, units and conditions beside."""
    schema = analysis.params.model_json_schema(by_alias=True)
    needed, when = set(schema.get("required", ())), conditions(analysis.params)
    return {
        name: _input(_inlined(described, schema.get("$defs", {})) | ({"when": when[name]} if name in when else {}), name in needed)
        for name, described in schema["properties"].items()
    }


def _input(schema: dict[str, Any], needed: bool) -> dict[str, Any]:
    words = {key: schema.pop(key) for key in WORDS if key in schema}
    title = schema.pop("title", "")
    help_text = " ".join(words[key] for key in ("help_zh", "help_en") if key in words)
    return {"title": title, "description": help_text or title, "minOccurs": int(needed), "schema": schema, "x-words": words}


def _inlined(schema: Any, definitions: dict[str, Any]) -> Any:
    """The schema with every `$ref` replaced by what it stands for: no definition refers to itself."""
    if isinstance(schema, list):
        return [_inlined(part, definitions) for part in schema]
    if not isinstance(schema, dict):
        return schema
    if (named := schema.get("$ref", "")).startswith("#/$defs/"):
        rest = {key: value for key, value in schema.items() if key != "$ref"}
        return _inlined(definitions[named.removeprefix("#/$defs/")] | rest, definitions)
    return {key: _inlined(value, definitions) for key, value in schema.items()}


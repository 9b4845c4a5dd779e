"""`./anlan analyse`: an analysis from the shell. The same pages, limits and result documents as over HTTP."""

import json
import sys
import uuid
from pathlib import Path
from typing import Any, Final

import orjson
import psycopg
from pydantic import ValidationError

from api.settings import load_settings, program_version
from api.setup.progress import say, step
from gis.analysis import Bilingual
from gis.errors import ValueOutOfRange
from gis.registry import all_analyses, analysis_named
from layers.database import SYSTEM, ticket
from layers.exporting import Tongue
from layers.grounds import Grounds
from layers.jobs import Job
from layers.road_graphs import RoadGraphs
from layers.runs import Fetcher, run
from layers.snapshots import Snapshots
from layers.units import word_of

SNAPSHOTS_BYTES = 2_000_000_000
TONGUES: Final[tuple[Tongue, ...]] = ("zh", "en")  # a shell is read by people of either


def listed() -> list[str]:
    """One line an analysis: id, names, parameters."""
    return [
        f"{analysis.id:<24}{analysis.zh} {analysis.en}  ({', '.join(analysis.params.model_fields)})"
        for analysis in all_analyses().values()
    ]


def analyse(process: str, county: str, given: list[str], inputs: Path | None, out: Path | None) -> None:
    """Runs one analysis; figures and notes go to the screen, the document to `out` (standard output without one).

    given : "name=value" each, the value as JSON or else as text. Raises Refusal.
    """
    analysis = analysis_named(process)
    asked: dict[str, Any] = json.loads(inputs.read_text("utf-8")) if inputs else {}
    asked |= dict(_parsed(pair) for pair in given)
    try:
        params = analysis.params.model_validate(asked)
    except ValidationError as wrong:
        said = "; ".join(f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in wrong.errors(include_url=False))
        raise ValueOutOfRange(f"参数有误:{said}", f"The inputs are wrong: {said}") from wrong
    plain = params.model_dump(mode="json", exclude_none=True, by_alias=True)
    with step(f"分析 {analysis.zh}", analysis.en):
        document = _run(Job(uuid.uuid4(), process, county, plain, SYSTEM))
    if out is None:
        sys.stdout.buffer.write(document + b"\n")
    else:
        out.write_bytes(document)
        _say_briefly(orjson.loads(document), out)


def _parsed(pair: str) -> tuple[str, Any]:
    name, equals, value = pair.partition("=")
    if not equals:
        raise ValueOutOfRange(f"参数应写成 名称=值,收到 {pair}。", f"Inputs are written name=value; got {pair}.")
    try:
        return name, json.loads(value)
    except json.JSONDecodeError:
        return name, value


def _run(job: Job) -> bytes:
    settings = load_settings()
    snapshots = Snapshots(SNAPSHOTS_BYTES)
    fetcher = Fetcher(snapshots, Grounds(settings.var), RoadGraphs(settings.var, snapshots))
    with psycopg.connect(settings.app_url) as connection:
        connection.execute("select set_config('anlan.ticket', %s, true)", (ticket(SYSTEM, settings.ticket_key),))
        return run(fetcher, connection, job, _quietly, program_version())


def _quietly(_done: float, _doing: Bilingual) -> None:
    """Whoever runs it in a shell sees the seconds at the end."""


def _say_briefly(document: dict[str, Any], out: Path) -> None:
    if document["exercise"]:
        say("  演练数据 exercise data")
    for figure in document["figures"]:
        zh, en = (f"{figure['title'][lang]} {figure['value']} {word_of(figure['unit'], lang)}".strip() for lang in TONGUES)
        say(f"  {zh} · {en}")
    for note in document["notes"]:
        say(f"  ! {note['zh']}\n    {note['en']}")
    say(f"✓ {out}")

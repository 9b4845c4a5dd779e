"""The OpenAPI document: every route names its problems, and the pages that explain them work with no internet."""

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from jinja2 import Environment

from api.errors import PROBLEM_JSON, PROBLEM_REF, FieldProblem, Kind, Problem

VERBS = ("get", "put", "post", "patch", "delete")
DESCRIPTION = """\
安澜的接口。错误一律是 RFC 9457 问题文档,附中英文说明。写入可带 `Idempotency-Key`,重发不会重复生效。

Errors are RFC 9457 problem documents in Chinese and English. Every write takes an `Idempotency-Key`: sent twice it has
one effect and one answer. Features are under `/ogc` (OGC API Features), which has its own landing page.
"""


def install(app: FastAPI) -> None:
    """Make `app.openapi()` give our document, built once."""

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = document(app)
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]  # FastAPI's documented way to extend it


def document(app: FastAPI) -> dict[str, Any]:
    """FastAPI's document, with problem documents in place of its own error bodies."""
    doc: dict[str, Any] = get_openapi(title=app.title, version=app.version, description=DESCRIPTION, routes=app.routes)
    schemas = doc.setdefault("components", {}).setdefault("schemas", {})
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    for model in (FieldProblem, Problem):
        schema = model.model_json_schema(ref_template="#/components/schemas/{model}")
        schema.pop("$defs", None)
        schemas[model.__name__] = schema
    for operation in operations(doc):
        _name_problems(operation)
    return doc


def operations(doc: dict[str, Any]) -> list[dict[str, Any]]:
    return [item[verb] for item in doc["paths"].values() for verb in VERBS if verb in item]


def _name_problems(operation: dict[str, Any]) -> None:
    """Every error answers with a problem; `default` covers those a route does not name."""
    body = {PROBLEM_JSON: {"schema": PROBLEM_REF}}
    for status, response in operation["responses"].items():
        is_fastapi_own = "HTTPValidationError" in str(response.get("content", "HTTPValidationError"))
        if str(status)[0] in "45" and is_fastapi_own:
            response["content"] = body
            response["description"] = response["description"].replace("Validation Error", "Data break a rule")
    operation["responses"]["default"] = {"description": "A problem, see /problems", "content": body}


_PAGES = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True)

_PAGE = """<!doctype html><html lang="zh"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>{{ title }}</title><style>
body{font:16px/1.6 system-ui,"Noto Sans CJK SC",sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#1f2328}
code,pre{font-family:ui-monospace,monospace;font-size:.9em} details{border:1px solid #d0d7de;border-radius:6px;margin:.4rem 0}
summary{padding:.4rem .8rem;cursor:pointer} details>div{padding:0 .8rem .6rem;border-top:1px solid #d0d7de}
table{border-collapse:collapse} td,th{border:1px solid #d0d7de;padding:.2rem .6rem;text-align:left;vertical-align:top}
.verb{display:inline-block;min-width:4.2rem;font-weight:600} .muted{color:#59636e}
</style></head><body>
"""

_DOCS = _PAGES.from_string(_PAGE + """
<h1>{{ doc.info.title }} <small class="muted">{{ doc.info.version }}</small></h1>
{% for part in doc.info.description.split("\n\n") %}<p>{{ part }}</p>{% endfor %}
<p><a href="/api/openapi.json">openapi.json</a> · <a href="/ogc">/ogc</a> · <a href="/problems">/problems</a></p>
{% for path, item in doc.paths.items() %}{% for verb, one in item.items() if verb in verbs %}
<details><summary><span class="verb">{{ verb | upper }}</span> <code>{{ path }}</code>
 <span class="muted">{{ one.summary }}{% if one.security %} 🔒{% endif %}</span></summary><div>
<p>{{ one.description or "" }}</p>
{% if one.parameters %}<table><tr><th>参数 parameter</th><th>在 in</th><th>说明 description</th></tr>
{% for p in one.parameters %}<tr><td><code>{{ p.name }}</code>{% if p.required %} *{% endif %}</td><td>{{ p.in }}</td>
<td>{{ p.description or "" }} <code class="muted">{{ p.schema | tojson }}</code></td></tr>{% endfor %}</table>{% endif %}
{% if one.requestBody %}<p>内容 body:</p><pre>{{ one.requestBody.content | tojson(indent=1) }}</pre>{% endif %}
<table><tr><th>状态 status</th><th>答复 answer</th></tr>
{% for status, answer in one.responses.items() %}<tr><td>{{ status }}</td><td>{{ answer.description }}
 <code class="muted">{{ (answer.content or {}) | join(", ") }}</code></td></tr>{% endfor %}</table>
</div></details>
{% endfor %}{% endfor %}
<h2>数据结构 Schemas</h2>
{% for name, schema in doc.components.schemas.items() %}
<details><summary><code>{{ name }}</code></summary><div><pre>{{ schema | tojson(indent=1) }}</pre></div></details>
{% endfor %}
</body></html>
""")

_PROBLEM = _PAGES.from_string(_PAGE + """
<h1>{{ zh }} <small class="muted">{{ kind.status }}</small></h1>
<p>{{ kind.zh }}</p>
<div lang="en"><h2>{{ en }}</h2><p>{{ kind.en }}</p></div>
<p><code>type: /problems/{{ kind.slug }}</code> · <a href="/problems">/problems</a></p>
</body></html>
""")

_PROBLEM_LIST = _PAGES.from_string(_PAGE + """
<h1>问题 <span lang="en">Problems</span></h1><table>
{% for kind, zh, en in kinds %}
<tr><td>{{ kind.status }}</td><td><a href="/problems/{{ kind.slug }}">{{ zh }}</a></td><td lang="en">{{ en }}</td></tr>
{% endfor %}</table></body></html>
""")


def docs_page(doc: dict[str, Any]) -> str:
    """The document as one page without scripts: FastAPI's own page loads its parts from the internet."""
    return _DOCS.render(doc=doc, verbs=VERBS, title=doc["info"]["title"])


def problem_page(kind: Kind, zh: str, en: str) -> str:
    return _PROBLEM.render(kind=kind, zh=zh, en=en, title=zh)


def problem_list_page(kinds: list[tuple[Kind, str, str]]) -> str:
    return _PROBLEM_LIST.render(kinds=sorted(kinds, key=lambda one: (one[0].status, one[0].slug)), title="问题 Problems")

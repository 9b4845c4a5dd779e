"""Generated requests from the API's own description never meet a server error."""

import hypothesis
import pytest
import schemathesis
from fastapi.testclient import TestClient
from hypothesis import strategies

from tests.api.signing_in import signed_in
from tests.builders import COUNTY

EXAMPLES = 25  # an operation
PREFIXES = ("/ogc", "/api/layers", "/api/counties", "/api/terrain", "/api/system", "/api/search", "/api/near", "/api/within",
            "/api/changes", "/api/views")  # fmt: skip
KNOWN = {"layer": "geohazards", "county": COUNTY, "username": "viewer", "key": "sign_in.lock_min",
         "process": "buffer"}  # never generated


@pytest.fixture(scope="module")
def admin(app_client: TestClient) -> TestClient:
    """The administrator gets furthest into every route."""
    return signed_in(app_client, "admin")


@pytest.fixture(scope="module")
def described(admin: TestClient) -> schemathesis.BaseSchema:
    return schemathesis.openapi.from_dict(admin.app.openapi())


@pytest.mark.usefixtures("analyst")
def test_no_generated_request_meets_a_server_error(described: schemathesis.BaseSchema, admin: TestClient) -> None:
    failures: list[str] = []
    for found in described.get_all_operations():
        operation = found.ok()
        if operation.path.startswith(PREFIXES):
            failures += _failures_of(operation, admin)
    assert failures == []


def _failures_of(operation: schemathesis.APIOperation, client: TestClient) -> list[str]:
    failures: list[str] = []

    @hypothesis.settings(
        max_examples=EXAMPLES,
        derandomize=True,
        database=None,
        deadline=None,
        suppress_health_check=list(hypothesis.HealthCheck),
    )
    @hypothesis.given(case=operation.as_strategy(), known=strategies.booleans())
    def ask(case: schemathesis.Case, known: bool) -> None:
        if known:
            case.path_parameters |= {name: value for name, value in KNOWN.items() if name in case.path_parameters}
        sent = case.as_transport_kwargs(base_url="https://testserver")
        headers = {**dict(sent.pop("headers", {})), "Authorization": client.headers["Authorization"]}
        answer = client.request(
            headers=headers,
            **{name: sent[name] for name in ("method", "url", "params", "json", "data") if name in sent},
        )
        if answer.status_code >= 500:
            failures.append(f"{answer.status_code} {answer.request.method} {answer.request.url}: {answer.text[:200]}")
        elif answer.status_code >= 400:
            assert answer.headers["content-type"] == "application/problem+json"
            assert answer.json()["detail_zh"]

    ask()
    return failures

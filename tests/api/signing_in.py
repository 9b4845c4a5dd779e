"""A signed-in client of the whole application."""

from fastapi.testclient import TestClient

from tests.builders import PASSWORD


def signed_in(app_client: TestClient, username: str) -> TestClient:
    """A client with the bearer token of one of builders.PEOPLE."""
    app_client.cookies.clear()
    answer = app_client.post("/api/auth/token", data={"username": username, "password": PASSWORD})
    assert answer.status_code == 200, answer.text
    app_client.cookies.clear()
    client = TestClient(app_client.app, base_url="https://testserver")
    client.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"
    return client

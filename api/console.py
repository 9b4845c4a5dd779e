"""Serves the built console (maps/web/dist) at /. Until it is built, a page says how to build it."""

from pathlib import Path

from starlette.responses import HTMLResponse, Response
from starlette.routing import Match, Mount
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

DIST = Path(__file__).resolve().parent.parent / "maps" / "web" / "dist"
HASHED = "assets/"  # Vite puts the content's hash into every name in here, so a name never changes its content
FOREVER = "public, max-age=31536000, immutable"
ASK_FIRST = "no-cache"
OURS = ("/api", "/ogc", "/metrics", "/problems")  # never answered by the console, not even when unknown

NOT_BUILT = """<!doctype html><html lang="zh"><meta charset="utf-8"><title>安澜</title>
<meta name="viewport" content="width=device-width"><body>
<h1>安澜 Anlan</h1>
<p>服务已启动,但指挥台还没有构建。请运行:</p>
<p lang="en">The service runs, but the console is not built yet. Run:</p>
<pre>./anlan up</pre>
<p>接口 Interfaces: <a href="/ogc">/ogc</a> · <a href="/api/docs">/api/docs</a></p>
</body></html>
"""


class Console(StaticFiles):
    """Files of the console; an address without a file name's dot is a screen of it and gets index.html."""

    def __init__(self, folder: Path) -> None:
        super().__init__(directory=folder, html=True, check_dir=False)
        self._folder = folder

    async def check_config(self) -> None:
        """No folder is no mistake: the console may be built after the service has started."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        if not (self._folder / "index.html").is_file():
            return HTMLResponse(NOT_BUILT, headers={"Cache-Control": "no-store"})
        wanted = path if self._is_file(path) or "." in path.rpartition("/")[2].strip(".") else "index.html"
        response = await super().get_response(wanted, scope)
        response.headers["Cache-Control"] = FOREVER if wanted.startswith(HASHED) else ASK_FIRST
        return response

    def _is_file(self, path: str) -> bool:
        return Path(self.lookup_path(path)[0]).is_file()


class ConsoleMount(Mount):
    """Everything that is not an interface. Without this an unknown address under /api would answer with a web page,
    and a wrong method there with 405 of the console instead of the route's own.
    """

    def __init__(self, folder: Path = DIST) -> None:
        super().__init__("", app=Console(folder), name="console")

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        path = scope.get("path", "")
        if scope["type"] != "http" or any(path == one or path.startswith(f"{one}/") for one in OURS):
            return Match.NONE, {}
        return super().matches(scope)

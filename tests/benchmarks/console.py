"""The console in Chromium, traced, against the numbers of console.md: `./anlan bench --console`.

A person at a 1920 × 1080 screen opens the map of the exercise ground at the size of a province (ten layers of points
and the base map, a million rows, made once and kept in var/bench-pg; with --quick 100,000 households alone), pans with
more than 100,000 points in the picture, searches, and opens an object. What is read:

- *first download*: bytes on the wire, as Chromium's Network domain counts them, of a browser that has nothing yet.
- *first map*: from the start of the navigation to the first frame after the map says that nothing is on its way
  (aria-busy) and objects are drawn. Warm: the browser has the program, the server the tiles.
- *panning*: frames the compositor drew (DrawFrame of the Tracing domain) between the first press and the last release
  of drags that follow one another at once. The new picture after each release falls into that time: a map that moves
  well and then stands still does not pass.
- *input*: the Event Timing API's duration, from the press of a key or button to the next frame, in steps of 8 ms. The
  map of 100,000 points is on screen meanwhile.
- *CPU*: of the page's main thread, as the Performance domain counts it (ThreadTime). Frames and seconds follow whatever
  else runs on the cores; this hardly does, so it is what to compare between two versions of the console.
- *search, object*: from the last key or the click until the answer stands in the page, read by a MutationObserver.

Chromium runs without a graphics card here and shares the cores with server and database: a real screen is faster.
"""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from statistics import median
from typing import Any

import numpy as np
from playwright.sync_api import Browser, BrowserContext, Error, Page, sync_playwright

from api.console import DIST
from tests.benchmarks.ground import Ground
from tests.benchmarks.progress import BenchFailed, say
from tests.benchmarks.report import Bar, Result
from tests.benchmarks.servers import PASSWORD, USERNAME, Server
from tests.console.people import CHROMIUM, SWITCHES, Person, Screen, open_context

DOWNLOAD_KB = Bar(600, "console.md, rule 14: first download", most=True)
FIRST_MAP_S = Bar(2.0, "console.md, rule 14: first map, warm", most=True)
INPUT_MS = Bar(100, "console.md, rule 14: input answered", most=True)
PAN_FRAMES_S = Bar(30, "console.md, rule 14: 100,000 points")

SCREEN = Screen(1920, 1080, dark=False, language="zh-CN")
MAP_PX = (1500, 1020)  # what panels leave of it, about
MARGIN = 1.5  # the picture is that much wider and higher than the map: src/map/canvas.ts
POINTS_WANTED = 100_000
OVERVIEW_ZOOM = 8
NEAREST_ZOOM, FARTHEST_ZOOM = 12.0, 10.5  # below 10.5 overview tiles gather points, and there is little left to draw
TILE_PX = 256
PATIENCE_S = 90
DRAG_PX, DRAG_STEPS = 420, 30
FRAME_S = 1 / 60
CATEGORIES = ["blink.user_timing", "devtools.timeline", "disabled-by-default-devtools.timeline.frame"]

# Runs in the page before its own program: notes the first whole picture, the slowest inputs, and answers waited for.
WATCHES = """
window.bench = { mapAt: null, inputs: {}, input: 0, answerAt: null, wanted: null, words: '' };
new PerformanceObserver((list) => {
  for (const one of list.getEntries()) {
    if (one.interactionId) bench.inputs[one.interactionId] = Math.max(bench.inputs[one.interactionId] ?? 0, one.duration);
  }
}).observe({ type: 'event', durationThreshold: 16 });
for (const kind of ['keydown', 'click']) addEventListener(kind, (event) => { bench.input = event.timeStamp; }, true);
const whole = () => document.querySelector("#map[aria-busy='false']")
  && /[1-9]/.test(document.querySelector('.shown')?.textContent ?? '');
new MutationObserver(() => {
  if (bench.mapAt === null && whole()) {
    bench.mapAt = 0;
    requestAnimationFrame(() => { bench.mapAt = performance.now(); });
  }
  if (bench.wanted && document.querySelector(bench.wanted)?.textContent.includes(bench.words)) {
    bench.answerAt = performance.now();
    bench.wanted = null;
  }
}).observe(document, { subtree: true, childList: true, attributes: true, characterData: true });
"""


@dataclass(frozen=True)
class Spot:
    """A map with many points: where, how near, and how many lie in the window and in the picture with its margin."""

    lon: float
    lat: float
    zoom: float
    in_window: int
    in_picture: int
    layers: tuple[str, ...]

    @property
    def address(self) -> str:
        return f"/map?layers={','.join(self.layers)}&at={self.zoom:g}/{self.lat:.5f}/{self.lon:.5f}"


@dataclass(frozen=True)
class Pace:
    """How the picture moved. `longest_s` is the longest time without a new frame."""

    frames: int
    seconds: float
    longest_s: float
    moving_frames_s: float

    @property
    def frames_s(self) -> float:
        return self.frames / self.seconds


class Visitor:
    """One browser page with the watches in it."""

    def __init__(self, context: BrowserContext, server: Server) -> None:
        context.add_init_script(WATCHES)
        self.page = context.new_page()
        self.wire = context.new_cdp_session(self.page)
        self.wire.send("Performance.enable")
        self.person = Person(self.page, server.url, SCREEN)

    def opens(self, address: str) -> float:
        """Seconds from the start of the navigation to the first whole map."""
        self.person.goes_to(address)
        return self.map_at_ms() / 1000

    def map_at_ms(self) -> float:
        self._until("bench.mapAt > 0")
        return float(self.page.evaluate("bench.mapAt"))

    def awaits(self, selector: str, words: str) -> None:
        """From now on, note when `selector` first holds these words."""
        self.page.evaluate("([wanted, words]) => Object.assign(bench, { answerAt: null, wanted, words })", [selector, words])

    def answered_ms(self) -> float:
        """Milliseconds from the last key or click to what was awaited."""
        self._until("bench.answerAt !== null")
        return float(self.page.evaluate("bench.answerAt - bench.input"))

    def cpu_s(self) -> float:
        """CPU seconds the page's main thread has spent since this document was opened."""
        metrics = self.wire.send("Performance.getMetrics")["metrics"]
        return next(float(one["value"]) for one in metrics if one["name"] == "ThreadTime")

    def answers_ms(self, act: Callable[[], None]) -> float:
        """From a key or click to the next frame, the slowest of an act; 0 below 16 ms, which the browser leaves out."""
        self.rests()
        self.page.evaluate("() => { bench.inputs = {}; }")
        act()
        self.rests()
        return float(self.page.evaluate("Math.max(0, ...Object.values(bench.inputs))"))

    def rests(self) -> None:
        """Everything drawn, and two frames more."""
        self._until("document.querySelector(\"#map[aria-busy='false']\") !== null")
        self.page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")

    def _until(self, condition: str) -> None:
        """Waits in the page itself: Playwright's own waiting compiles text there, which the console's CSP forbids."""
        came = self.page.evaluate(
            f"() => new Promise((done) => {{ const last = performance.now() + {PATIENCE_S * 1000};"
            f" const look = () => ({condition}) ? done(true) : performance.now() > last ? done(false)"
            " : setTimeout(look, 20); look(); })"
        )
        if not came:
            raise BenchFailed(f"the console did not come to: {condition}")


def console_rows(ground: Ground, server: Server, rounds: int) -> list[Result]:
    """All rows of the console's report. Raises BenchFailed where there is no Chromium or no built console."""
    if not (DIST / "index.html").is_file():
        raise BenchFailed("the console is not built: cd maps/web && npm run build")
    spot = crowded_spot(ground)
    say(f"  {spot.in_window:,} points in the window, {spot.in_picture:,} in the picture at zoom {spot.zoom:g}")
    with _chromium() as browser:
        rows = _tried("first download", lambda: [_first_download(browser, server)])
        context = open_context(browser, SCREEN)
        visitor = Visitor(context, server)
        visitor.person.signs_in(USERNAME, PASSWORD)
        works: dict[str, Callable[[], list[Result]]] = {
            "first map, warm: province overview": lambda: [
                _first_map("first map, warm: province overview", visitor, overview(ground), rounds)
            ],
            "first map, warm: 100,000 points": lambda: [
                _first_map("first map, warm: 100,000 points", visitor, spot.address, rounds)
            ],
            "panning, 100,000 points": lambda: _panning(browser, visitor, spot, rounds),
            "input answered, slowest": lambda: _inputs(visitor, spot),
            "search and object": lambda: _search_and_object(visitor, ground, rounds),
        }
        for work, measure in works.items():
            rows += _tried(work, measure)
        context.close()
    return rows


def _tried(work: str, measure: Callable[[], list[Result]]) -> list[Result]:
    """Its rows, or one that says why there are none; the others are measured all the same."""
    try:
        return measure()
    except (BenchFailed, Error) as reason:
        why = str(reason).splitlines()[0]
        say(f"  {work} not measured: {why}")
        return [Result(work, note=why)]


@contextmanager
def _chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        try:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=SWITCHES)
        except Error as missing:
            raise BenchFailed(f"no Chromium: {str(missing).splitlines()[0]}") from missing
        yield browser
        browser.close()


def overview(ground: Ground) -> str:
    """All of the ground, as somebody sees it who opens the map."""
    lon, lat = ground.points.mean(axis=0)
    return f"/map?layers={','.join(ground.shown)}&at={OVERVIEW_ZOOM}/{lat:.5f}/{lon:.5f}"


def crowded_spot(ground: Ground) -> Spot:
    """The nearest zoom at which a picture holds POINTS_WANTED, in the middle; else the farthest zoom there is."""
    points = ground.points
    lon, lat = points.mean(axis=0)
    zoom = NEAREST_ZOOM
    while True:
        degrees = np.array(MAP_PX) * 360 / (TILE_PX * 2**zoom) * np.array([1.0, np.cos(np.radians(lat))])
        in_picture = _within(points, (lon, lat), degrees * MARGIN)
        if in_picture >= POINTS_WANTED or zoom <= FARTHEST_ZOOM:
            return Spot(float(lon), float(lat), zoom, _within(points, (lon, lat), degrees), in_picture, ground.shown)
        zoom -= 0.5


def _within(points: np.ndarray, middle: tuple[float, float], degrees: np.ndarray) -> int:
    return int((np.abs(points - np.array(middle)) <= degrees / 2).all(axis=1).sum())


def _first_download(browser: Browser, server: Server) -> Result:
    """The program's own files until the first map after signing in; the data of the map is told beside it.

    Without the service worker: what it fetches beforehand, to have it offline, is in nobody's way.
    """
    context = browser.new_context(locale=SCREEN.language, service_workers="block")
    visitor = Visitor(context, server)
    wire = context.new_cdp_session(visitor.page)
    paths: dict[str, str] = {}
    sizes: dict[str, float] = {}
    wire.on("Network.requestWillBeSent", lambda sent: paths.update({sent["requestId"]: sent["request"]["url"]}))
    wire.on("Network.loadingFinished", lambda done: sizes.update({done["requestId"]: done["encodedDataLength"]}))
    wire.send("Network.enable")
    visitor.person.goes_to("/map")
    visitor.person.fills_in(USERNAME, PASSWORD)
    visitor.person.sees_the_map()
    visitor.rests()
    context.close()
    data = sum(size for number, size in sizes.items() if _is_data(paths.get(number, "")))
    program_kb = (sum(sizes.values()) - data) / 1000
    say(f"  first download {program_kb:,.0f} kB, data {data / 1000:,.0f} kB")
    note = f"compressed, sign-in and map; {data / 1000:,.0f} kB of data besides; what is kept for offline not counted"
    return Result("first download", f"{program_kb:,.0f} kB", bar=DOWNLOAD_KB, value=program_kb, note=note)


def _is_data(url: str) -> bool:
    return "/api/" in url or "/ogc/" in url


def _first_map(work: str, visitor: Visitor, address: str, rounds: int) -> Result:
    visitor.opens(address)  # the server makes the tiles, the browser keeps the program
    times: list[float] = []
    spent: list[float] = []
    for _ in range(rounds):
        times.append(visitor.opens(address))
        spent.append(visitor.cpu_s())
    cpu_s = median(spent)
    say(f"  {work}: {', '.join(f'{one:.2f}' for one in times)} s, CPU {cpu_s:.2f} s")
    middle = median(times)
    note = f"{min(times):.2f}–{max(times):.2f} s of {rounds}; {cpu_s:.2f} s CPU of the page"
    return Result(work, f"{middle:.2f} s", bar=FIRST_MAP_S, value=middle, note=note)


def _panning(browser: Browser, visitor: Visitor, spot: Spot, rounds: int) -> list[Result]:
    visitor.opens(spot.address)
    visitor.rests()
    _drag_about(visitor, there_and_back=1)  # the tiles round about are there
    visitor.rests()
    browser.start_tracing(page=visitor.page, categories=CATEGORIES)
    before_s = visitor.cpu_s()
    _drag_about(visitor, there_and_back=rounds)
    cpu_ms = (visitor.cpu_s() - before_s) * 1000 / (2 * rounds)
    pace = paced(json.loads(browser.stop_tracing())["traceEvents"])
    visitor.rests()
    say(f"  panning: {pace.frames_s:.1f} frames/s, {pace.moving_frames_s:.1f} while the hand moves, longest {pace.longest_s:.2f} s")
    return [
        Result("panning, 100,000 points", f"{pace.frames_s:.1f} frames/s", bar=PAN_FRAMES_S, value=pace.frames_s,
               note=f"{spot.in_window:,} in the window, {spot.in_picture:,} in the picture; {cpu_ms:.0f} ms CPU of the page a drag"),
        Result("  while the hand moves", f"{pace.moving_frames_s:.1f} frames/s", value=pace.moving_frames_s),
        Result("  longest time without a frame", f"{pace.longest_s * 1000:,.0f} ms", value=pace.longest_s * 1000,
               note="the picture drawn anew after a release"),
    ]  # fmt: skip


def _drag_about(visitor: Visitor, there_and_back: int) -> None:
    """Drags to and fro across the middle of the map, one after another, marked for the trace."""
    page = visitor.page
    box = page.locator("#map").bounding_box()
    if box is None:
        raise BenchFailed("the map is not on screen")
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.evaluate("performance.mark('bench.begin')")
    for _ in range(there_and_back):
        for way in (1, -1):
            _drag(page, x - way * DRAG_PX / 2, y, way)
    page.evaluate("performance.mark('bench.end')")


def _drag(page: Page, x: float, y: float, way: int) -> None:
    """A hand at 60 reports a second; a page that is late is not waited for twice."""
    page.mouse.move(x, y)
    page.mouse.down()
    page.evaluate("performance.mark('bench.grip')")
    for step in range(1, DRAG_STEPS + 1):
        begun = time.perf_counter()
        page.mouse.move(x + way * DRAG_PX * step / DRAG_STEPS, y + 30 * np.sin(step / 5))
        time.sleep(max(0.0, FRAME_S - (time.perf_counter() - begun)))
    page.evaluate("performance.mark('bench.loose')")
    page.mouse.up()


def paced(events: list[dict[str, Any]]) -> Pace:
    """Frames between the marks of a trace; its times are in microseconds."""
    marks = sorted((event["ts"], event["name"]) for event in events if str(event["name"]).startswith("bench."))
    begin = min(at for at, name in marks if name == "bench.begin")
    end = max(at for at, name in marks if name == "bench.end")
    drawn = sorted(event["ts"] for event in events if event["name"] == "DrawFrame" and begin <= event["ts"] <= end)
    if not drawn:
        raise BenchFailed("the trace holds no frame")
    grips = [at for at, name in marks if name == "bench.grip"]
    looses = [at for at, name in marks if name == "bench.loose"]
    moving_s = sum(loose - grip for grip, loose in zip(grips, looses, strict=True)) / 1e6
    moving = sum(any(grip <= at <= loose for grip, loose in zip(grips, looses, strict=True)) for at in drawn)
    gaps = np.diff([begin, *drawn, end])
    return Pace(len(drawn), (end - begin) / 1e6, float(gaps.max()) / 1e6, moving / moving_s)


def _inputs(visitor: Visitor, spot: Spot) -> list[Result]:
    """Daily acts on the crowded map."""
    visitor.opens(spot.address)
    page, person = visitor.page, visitor.person
    page.locator("#map").focus()
    acts: dict[str, Callable[[], None]] = {
        "fold the panel": lambda: page.keyboard.press("["),
        "unfold it": lambda: page.keyboard.press("["),
        "show the keys": lambda: page.keyboard.press("?"),
        "put them away": lambda: page.keyboard.press("Escape"),
        "open the search": lambda: page.keyboard.press("Control+k"),
        "type a letter": lambda: page.keyboard.press("1"),
        "close the search": lambda: page.keyboard.press("Escape"),
        "list what is in view": lambda: person.opens_tab("in view"),
        "list the layers": lambda: person.opens_tab("layers"),
        "zoom in": lambda: page.get_by_role("button", name="放大", exact=True).click(),
    }
    times = {name: visitor.answers_ms(act) for name, act in acts.items()}
    say(f"  inputs: {', '.join(f'{name} {took:.0f}' for name, took in times.items())} ms")
    slowest = max(times, key=lambda name: times[name])
    note = f"median {median(times.values()):.0f} ms of {len(times)}; slowest: {slowest}; {spot.in_picture:,} points in the picture"
    return [Result("input answered, slowest", f"{times[slowest]:.0f} ms", bar=INPUT_MS, value=times[slowest], note=note)]


def _search_and_object(visitor: Visitor, ground: Ground, rounds: int) -> list[Result]:
    """Type a name of the million, then open what was found."""
    found: list[float] = []
    opened: list[float] = []
    page = visitor.page
    visitor.opens(overview(ground))
    for name in ground.names[:rounds]:
        visitor.rests()
        page.locator("#map").focus()
        page.keyboard.press("Control+k")
        visitor.awaits("#search-results [role=option][aria-selected=true] .name", name)
        page.keyboard.type(name)
        found.append(visitor.answered_ms())
        visitor.awaits(".inspector:has(footer) header", name)
        page.keyboard.press("Enter")
        opened.append(visitor.answered_ms())
        page.keyboard.press("Escape")
    say(f"  search {', '.join(f'{one:.0f}' for one in found)} ms; object {', '.join(f'{one:.0f}' for one in opened)} ms")
    return [
        Result("search answer, from the last key", f"{median(found):.0f} ms", value=median(found),
               note=f"slowest {max(found):.0f} ms; {len(ground.points):,} names; waits 160 ms for further typing"),
        Result("object open, from Enter", f"{median(opened):.0f} ms", value=median(opened),
               note=f"slowest {max(opened):.0f} ms; facts, people and version are there"),
    ]  # fmt: skip

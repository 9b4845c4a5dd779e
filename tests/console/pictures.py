"""Pictures of every state of the console, for docs/screens and for a look before a release.

    python -m tests.console.pictures http://127.0.0.1:8000 viewer PASSWORD docs/screens
"""

import sys
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.console.people import CHROMIUM, SCREENS, SWITCHES, Person, Screen, open_context

QUALITY = 55  # JPEG: a map with hillshade stays under 300 kB, and its names stay sharp
VALLEY = "at=13/36.405/111.09"
DANGERS = "layers=geohazards,risk_zones,flash_flood_zones,mines,rescue_teams,shelters,roads"

State = Callable[[Person, str, str], None]


def sign_in_refused(person: Person, username: str, _password: str) -> None:
    person.goes_to("/map")
    person.fills_in(username, "not the password")
    person.page.get_by_role("alert").wait_for()


def county(person: Person, username: str, password: str) -> None:
    person.signs_in(username, password)


def valley(person: Person, username: str, password: str) -> None:
    person.signs_in(username, password, f"/map?{DANGERS}&{VALLEY}")


def popup(person: Person, username: str, password: str) -> None:
    person.signs_in(username, password)
    mine = person.knows("/ogc/collections/mines/items?limit=1")["features"][0]
    lon, lat = mine["geometry"]["coordinates"]
    person.goes_to(f"/map?{DANGERS}&at=14/{lat}/{lon}")
    person.sees_the_map()
    person.page.get_by_role("application", name=person.says("map")).click()
    person.page.get_by_text(mine["properties"]["name"]).first.wait_for()
    person.sees_the_map()


def inspector(person: Person, username: str, password: str) -> None:
    person.signs_in(username, password)
    point = person.knows("/ogc/collections/geohazards/items?limit=1")["features"][0]
    lon, lat = point["geometry"]["coordinates"]
    person.goes_to(f"/map?{DANGERS}&at=14/{lat}/{lon}&chosen=geohazards/{point['id']}")
    person.page.get_by_role("article", name=person.says("object")).get_by_role("definition").first.wait_for()
    person.sees_the_map()


def layers(person: Person, username: str, password: str) -> None:
    person.signs_in(username, password)
    person.raises_the_sheet()


def paper(person: Person, username: str, password: str) -> None:
    person.signs_in(username, password)
    person.page.emulate_media(media="print")
    person.page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    person.page.wait_for_function("document.querySelector('#map').getAttribute('aria-busy') === 'false'")


DESK_STATES: tuple[State, ...] = (sign_in_refused, county, valley, popup, inspector, paper)
PHONE_STATES: tuple[State, ...] = (sign_in_refused, county, layers, inspector)


def take(url: str, username: str, password: str, folder: Path, screen: Screen) -> None:
    """All states on one screen, each in a fresh browser context."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=SWITCHES)
        for state in PHONE_STATES if screen.is_phone else DESK_STATES:
            context = open_context(browser, screen)
            person = Person(context.new_page(), url, screen)
            state(person, username, password)
            name = f"{state.__name__.replace('_', '-')}-{screen.name}.jpg"
            person.page.screenshot(path=folder / name, type="jpeg", quality=QUALITY)
            context.close()
        browser.close()


def main() -> None:
    url, username, password, folder = sys.argv[1:]
    Path(folder).mkdir(parents=True, exist_ok=True)
    for screen in SCREENS:
        take(url, username, password, Path(folder), screen)


if __name__ == "__main__":
    main()

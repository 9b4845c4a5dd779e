"""axe looks at every room in its states, by day and by night: nothing serious, nothing critical, nothing wider than the screen."""

from collections.abc import Callable, Mapping

import pytest

from tests.console.people import EVERY_SCREEN, Person, Screen
from tests.console.pictures import SCENES, SCENES_ON_PAPER, NotHere
from tests.console.test_first_console import serious_faults

pytestmark = pytest.mark.browser

PersonAt = Callable[[Screen], Person]
EDITING = {"edit", "faults", "conflict"}  # test_editing.py looks at those
LOOKED_AT = [name for name in SCENES if name not in EDITING | SCENES_ON_PAPER]


@pytest.mark.slow  # one to two minutes a screen; each room has its axe test in the daily suite
@pytest.mark.parametrize("screen", EVERY_SCREEN, ids=lambda screen: screen.name)
def test_axe_finds_nothing_serious_in_any_state_of_any_room(
    screen: Screen, person_at: Callable[[Screen], Person], users: Mapping[str, str]
) -> None:
    person = person_at(screen)
    person.signs_in("admin", users["admin"])
    faults: dict[str, list[str]] = {}
    for name in LOOKED_AT:
        if not person.page.context.cookies():
            person.signs_in("admin", users["admin"])
        try:
            SCENES[name](person)
        except NotHere:
            continue
        finally:
            person.page.context.set_offline(False)
        found = serious_faults(person)
        if person.page.evaluate("document.documentElement.scrollWidth - window.innerWidth") > 0:
            found.append("wider than the screen")
        if found:
            faults[name] = found
    assert faults == {}

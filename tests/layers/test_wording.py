"""The words analyses take from the definitions."""

import pytest

from layers.wording import LayerWording

WORDING = LayerWording()


@pytest.mark.parametrize(
    ("layer", "column", "code", "words"),
    [
        ("rescue_teams", "status", "ready", ("待命", "Ready")),
        ("rescue_teams", "skills", "fire", ("灭火", "Fire fighting")),  # a list of codes
        ("depots", "stock.mode", "goods", ("实物储备", "Goods in store")),  # a code within the entries of an object
        ("geohazards", "source", "exercise", ("演练数据", "Exercise data")),
    ],
)
def test_a_code_is_called_as_its_layer_calls_it(layer: str, column: str, code: str, words: tuple[str, str]) -> None:
    assert WORDING.code(layer, column, code) == words


def test_layers_and_columns_have_the_words_of_their_definition() -> None:
    assert WORDING.layer("rescue_teams") == ("救援队伍", "Rescue teams")
    assert WORDING.column("geohazards", "threat_people").en == "People threatened"


@pytest.mark.parametrize(
    ("layer", "column", "code"),
    [("rescue_teams", "status", "asleep"), ("dragons", "status", "ready"), ("depots", "stock.colour", "red"), ("depots", "name", "甲")],
)
def test_what_no_definition_knows_is_called_by_its_own_name(layer: str, column: str, code: str) -> None:
    assert WORDING.code(layer, column, code) == (code, code)

"""Areas as people and programs send them: a list, one alone, a feature, a collection, features of a layer."""

import pytest

from gis.analysis import Params
from gis.places import Areas

SQUARE = {"type": "Polygon", "coordinates": [[[111.0, 36.0], [111.1, 36.0], [111.1, 36.1], [111.0, 36.0]]]}
FEATURE = {"type": "Feature", "properties": {}, "geometry": SQUARE}


class Asked(Params):
    avoid: Areas = ()


@pytest.mark.parametrize("sent", [
    [SQUARE], SQUARE, FEATURE, {"type": "FeatureCollection", "features": [FEATURE]},
])  # fmt: skip
def test_one_drawn_area_is_the_same_however_it_is_sent(sent: object) -> None:
    (area,) = Asked.model_validate({"avoid": sent}).avoid
    assert area.drawn == SQUARE


def test_a_collection_keeps_the_order_of_its_areas_and_a_layer_is_one_selection() -> None:
    other = {**SQUARE, "coordinates": [[[112.0, 36.0], [112.1, 36.0], [112.1, 36.1], [112.0, 36.0]]]}
    both = {"type": "FeatureCollection", "features": [{**FEATURE, "geometry": other}, FEATURE]}
    assert [area.drawn for area in Asked.model_validate({"avoid": both}).avoid] == [other, SQUARE]
    (layer,) = Asked.model_validate({"avoid": {"layer": "risk_zones"}}).avoid
    assert layer.features is not None
    assert layer.features.layer == "risk_zones"
    assert Asked.model_validate({"avoid": []}).avoid == ()

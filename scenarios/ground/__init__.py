"""The exercise ground 演练场: a seeded, invented, coherent landscape inside a county's real outline.

Start at making.py. terrain.py grows the land; streams.py, settlements.py, roads.py and hazards.py read it in that order
into a Scene; rows/ writes the Scene as layers; filling.py adds what every row must have. Every invented row says
source = 'exercise'. A real name never stands at an invented place: townships keep name and code, and say that their
borders are invented.
"""

from scenarios.ground.making import Elevation, Ground, Size, make_ground, write_ground
from scenarios.ground.settlements import Township

__all__ = ["Elevation", "Ground", "Size", "Township", "make_ground", "write_ground"]

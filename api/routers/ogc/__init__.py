"""The standard doors: OGC API Features 1–4, Tiles and Processes under /ogc, as JSON for programs and as HTML for people.

Start at items.py. One file per idea: landing, collections, items, editing, versions, tiles, dataset_tiles, processes, jobs;
beside them crs.py (axis orders), asking.py (the query of a list), representations.py (format, ETag, 304), links.py and html.py.
"""

from fastapi import APIRouter

from api.routers.ogc.collections import router as collections
from api.routers.ogc.dataset_tiles import router as dataset_tiles
from api.routers.ogc.editing import router as editing
from api.routers.ogc.items import router as items
from api.routers.ogc.jobs import router as jobs
from api.routers.ogc.landing import router as landing
from api.routers.ogc.processes import router as processes
from api.routers.ogc.tiles import router as tiles
from api.routers.ogc.versions import router as versions

router = APIRouter(tags=["ogc"])
for _part in (dataset_tiles, tiles, items, landing, collections, editing, versions, processes, jobs):
    router.include_router(_part, prefix="/ogc")

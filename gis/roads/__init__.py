"""The county's roads: a plain graph for exact questions, Valhalla for routes, and the proof that an answer keeps clear.

network.py is the graph (who can still be reached, what hangs on one bridge); building.py makes Valhalla's tiles from the
road layer and the OSM extract; engine.py asks them; certificate.py checks every returned line against the closed areas.
The engine reads its graph files: the one exception to "gis knows no files".
"""

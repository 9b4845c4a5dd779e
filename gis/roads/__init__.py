"""The county's roads: a plain graph for exact questions, Valhalla for routes, and the proof that an answer keeps clear.

network.py is the graph (who can still be reached, what hangs on one bridge); building.py makes Valhalla's tiles from the
road layer and the OSM extract; engine.py asks them; certificate.py checks every returned line against the closed areas.
splitting.py cuts drawn roads into the pieces of the graph, bridges.py finds what hangs on a single piece, sealing.py reads
what somebody wants closed, travel.py gives minutes between places (by air where there are no roads), escorts.py the lines of
an allocation.
The engine reads its graph files: the one exception to "gis knows no files".
"""

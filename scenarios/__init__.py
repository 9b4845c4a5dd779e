"""The exercise ground (and later warnings, orders, drills). Pure: never the web, never the clock of the wall.

Start at ground/. What lives here may import layers and gis; it must not be imported by them.
"""

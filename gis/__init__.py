"""Pure spatial analysis: frames and arrays in, the same out. Never a database, a file, a clock or a request.

Start at datum.py (which coordinate system is this?) and geometry.py (is this shape sound?). Both speak lon, lat in
CGCS2000 degrees; metres come from `datum.to_metric` and the geodesic `geometry.area_m2`, `geometry.length_m`; true areas
and buffers of shapes anywhere from `spread.py`. To add an analysis, copy analyses/buffer.py: nothing else is edited.
"""

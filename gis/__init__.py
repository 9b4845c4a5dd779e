"""Pure spatial analysis: frames and arrays in, the same out. Never a database or a request.

Start at datum.py (which coordinate system is this?) and geometry.py (is this shape sound?).
"""

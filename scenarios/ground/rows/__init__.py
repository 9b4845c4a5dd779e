"""From the landscape to rows of layers: one file per theme, each a function (scene, filler, sheets so far) -> sheets."""

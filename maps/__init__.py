"""How the county looks: hillshade, and maps/web, the console in the browser.

The console knows the server only through HTTP: `maps/web/src/api` alone calls it, Leaflet lives in `maps/web/src/map`
alone. Nothing here decides; a rule belongs to `scenarios`, a fact to `layers`. Start at `maps/web/src/panels/MapRoom.vue`;
to draw a layer nothing is written here at all, its legend in `layers/definitions` says how.
"""

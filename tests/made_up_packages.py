"""Packages as npm would lay them down, with contents of a few bytes."""

import json
from pathlib import Path

# Two countries side by side on an island, in the form of the real atlas (TopoJSON): steps on a grid of tenths of a degree.
ATLAS = {
    "type": "Topology",
    "transform": {"scale": [0.1, 0.1], "translate": [20.0, 58.0]},
    "arcs": [
        [[20, 0], [0, 20]],  # between the two
        [[20, 20], [-20, 0], [0, -20], [20, 0]],
        [[20, 0], [20, 0], [0, 20], [-20, 0]],
    ],
    "objects": {
        "countries": {
            "type": "GeometryCollection",
            "geometries": [
                {"type": "Polygon", "id": "233", "arcs": [[0, 1]]},
                {"type": "Polygon", "id": "428", "arcs": [[2, -1]]},
            ],
        },
        "land": {
            "type": "GeometryCollection",
            "geometries": [{"type": "MultiPolygon", "arcs": [[[1, 2]]]}],
        },
    },
}


def made_up_packages(folder: Path) -> Path:
    """Write the packages into a folder and return it."""
    files = {
        "@zazuko/yasqe/build/yasqe.min.js": "// yasqe",
        "@zazuko/yasqe/build/yasqe.min.css": "/* yasqe */",
        "@zazuko/yasr/build/yasr.min.js": "// yasr",
        "@zazuko/yasr/build/yasr.min.css": "/* yasr */",
        "leaflet/dist/leaflet.js": "// leaflet\n//# sourceMappingURL=leaflet.js.map",
        "leaflet/dist/leaflet.css": "/* leaflet */",
        "world-atlas/countries-10m.json": json.dumps(ATLAS),
    }
    for place, content in files.items():
        path = folder / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
    return folder

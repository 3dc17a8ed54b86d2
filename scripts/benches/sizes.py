"""What a browser fetches before it shows a page: scripts and styles as they travel, compressed.

It reads the manifest Vite writes beside the built pages. Fonts and pictures are none of these; texts of another
language are fetched only by who reads it.
"""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

from surroundings import DASHBOARD

from benches import figures

DIST = DASHBOARD / "dist"
ENTRY = "index.html"
PAGES = {"login": "login", "student": "student", "admin": "admin"}
SCRIPT_GOALS_KB = {"student": 45, "admin": 75}
STYLE_GOAL_KB = 15
GZIP_LEVEL = 6  # what servers do by themselves


def report() -> None:
    """One line for each page."""
    manifest: dict[str, dict[str, Any]] = json.loads((DIST / ".vite" / "manifest.json").read_text("utf-8"))
    for page, folder in PAGES.items():
        chunks = _reached(manifest, ENTRY) | _reached(manifest, f"src/pages/{folder}/index.tsx")
        scripts = _kb({manifest[chunk]["file"] for chunk in chunks})
        styles = _kb({style for chunk in chunks for style in manifest[chunk].get("css", ())})
        told = [f"scripts {scripts:.1f} kB", f"styles {styles:.1f} kB"]
        if page in SCRIPT_GOALS_KB:
            told.append(figures.goal(scripts <= SCRIPT_GOALS_KB[page], f"scripts ≤ {SCRIPT_GOALS_KB[page]} kB"))
            told.append(figures.goal(styles <= STYLE_GOAL_KB, f"styles ≤ {STYLE_GOAL_KB} kB"))
        print(figures.line(f"{page} page, gzip -{GZIP_LEVEL}", "  ".join(told)))


def _reached(manifest: dict[str, dict[str, Any]], chunk: str) -> set[str]:
    """A chunk and all it cannot do without."""
    reached, todo = set[str](), [chunk]
    while todo:
        one = todo.pop()
        if one not in reached:
            reached.add(one)
            todo += manifest[one].get("imports", ())
    return reached


def _kb(files: set[str]) -> float:
    return sum(len(gzip.compress(Path(DIST, file).read_bytes(), GZIP_LEVEL)) for file in files) / 1000

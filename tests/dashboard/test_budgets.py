"""What a page weighs before it can be used, and that nothing in it needs a looser policy than the server sends."""

import gzip
import json
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
DASHBOARD = ROOT / "static" / "dashboard"

SCRIPT_KB = {"src/pages/login/index.tsx": 45, "src/pages/student/index.tsx": 45, "src/pages/admin/index.tsx": 75}
STYLE_KB = 15


@pytest.fixture(scope="module")
def build(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The pages, built from the source as it is now."""
    folder = tmp_path_factory.mktemp("dist")
    vite = DASHBOARD / "node_modules" / ".bin" / "vite"
    built = subprocess.run(
        [vite, "build", "--outDir", folder, "--emptyOutDir"], cwd=DASHBOARD, capture_output=True, text=True, timeout=110
    )
    assert built.returncode == 0, built.stdout + built.stderr
    return folder


def needed(manifest: dict[str, Any], page: str) -> set[str]:
    """The files a browser fetches before this page is drawn."""
    files: set[str] = set()
    waiting, known = ["index.html", page], set[str]()
    while waiting:
        name = waiting.pop()
        if name in known:
            continue
        known.add(name)
        chunk = manifest[name]
        files |= {chunk["file"], *chunk.get("css", [])}
        waiting += chunk.get("imports", [])
    return files


def weight_kb(build: Path, files: set[str], suffix: str) -> float:
    return sum(len(gzip.compress((build / name).read_bytes())) for name in files if name.endswith(suffix)) / 1000


@pytest.mark.parametrize("page", SCRIPT_KB)
def test_a_page_is_light_enough_for_a_slow_line(build: Path, page: str) -> None:
    manifest = json.loads((build / ".vite" / "manifest.json").read_text("utf-8"))
    files = needed(manifest, page)
    assert 0 < weight_kb(build, files, ".js") <= SCRIPT_KB[page]
    assert 0 < weight_kb(build, files, ".css") <= STYLE_KB


def test_the_page_holds_no_script_and_no_style_of_its_own(build: Path) -> None:
    page = (build / "index.html").read_text("utf-8")
    assert re.findall(r"<script(?![^>]*\bsrc=)|<style|\bstyle=|\bon\w+=", page) == []
    sources = re.findall(r'(?:src|href)="([^"]*)"', page)
    assert sources
    assert all(source.startswith("/") and not source.startswith("//") for source in sources)

"""Files are small, ours, and where one looks for them."""

import os
import re
import subprocess

import pytest

from tests.architecture.tree import ROOT, Texts, read_tree

MOST_LINES = 400
LONGEST_LINE = 2_000  # nobody types one; bundlers and generators do
CODE = re.compile(r".*\.(py|ts|tsx|js|mjs|css|html|sh)|scripts/[^/.]+|\.ci/run")
MIGRATION = re.compile(r"server/store/migrations/.*")
FOREIGN = re.compile(r"(^|/)(vendor|vendored|third_party|node_modules|dist|build)/|\.min\.(js|css)$|\.map$")
GREATEST_KB = 400


def long_files(texts: Texts) -> list[str]:
    """Code files with more than 400 lines: they have two subjects. A migration is one however long it is."""
    code = {path: text for path, text in texts.items() if CODE.fullmatch(path) and not MIGRATION.fullmatch(path)}
    return [f"{path}: {count}" for path, text in sorted(code.items()) if (count := text.count("\n")) > MOST_LINES]


def foreign_files(texts: Texts) -> list[str]:
    """Files copied or generated: by their place, their name, or a line no one has written by hand."""
    code = {path: text for path, text in texts.items() if CODE.fullmatch(path)}
    endless = [path for path, text in code.items() if any(len(line) > LONGEST_LINE for line in text.splitlines())]
    return sorted({*filter(FOREIGN.search, texts), *endless})


def scripts() -> list[str]:
    """The names in scripts/ that are commands."""
    return sorted(path.name for path in (ROOT / "scripts").iterdir() if path.is_file() and not path.suffix)


def test_no_code_file_has_two_subjects() -> None:
    assert long_files(read_tree()) == []


def test_no_file_is_copied_from_others_or_built() -> None:
    assert foreign_files(read_tree()) == []


def test_no_file_is_great() -> None:
    sizes = {path: len(text.encode()) // 1024 for path, text in read_tree().items()}
    assert {path: size for path, size in sizes.items() if size > GREATEST_KB} == {}


@pytest.mark.parametrize("path", ["server/app.py", "static/dashboard/src/store.ts", "scripts/flood"])
def test_a_long_file_would_be_found(path: str) -> None:
    assert long_files({path: "x\n" * 400}) == []
    assert long_files({path: "x\n" * 401}) == [f"{path}: 401"]


def test_locks_documents_and_migrations_may_be_long() -> None:
    long = "x\n" * 1000
    assert long_files({"requirements.lock": long, "README.md": long, "server/store/migrations/0001.py": long}) == []


@pytest.mark.parametrize(
    "path", ["static/vendor/preact.js", "static/dashboard/dist/index.html", "server/page.min.js", "server/app.js.map"]
)
def test_a_foreign_file_would_be_found_by_its_place(path: str) -> None:
    assert foreign_files({path: ""}) == [path]


def test_a_bundle_would_be_found_by_its_endless_line() -> None:
    assert foreign_files({"server/page.js": "x" * 3000, "tests/fixtures/body.json": "x" * 3000}) == ["server/page.js"]


@pytest.mark.parametrize("name", scripts())
def test_every_script_runs_by_name_and_says_what_it_does(name: str) -> None:
    script = ROOT / "scripts" / name
    assert os.access(script, os.X_OK)
    told = subprocess.run([script, "--help"], capture_output=True, text=True, timeout=60)
    assert told.returncode == 0
    assert f"usage: scripts/{name}" in told.stdout


def test_every_script_has_its_line_in_the_readme() -> None:
    readme = (ROOT / "scripts" / "README.md").read_text("utf-8")
    assert [name for name in scripts() if f"| `{name}` |" not in readme] == []

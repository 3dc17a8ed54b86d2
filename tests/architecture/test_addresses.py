"""No file says where packages come from or where a checkout lies: that is each machine's to say.

A lock with an address in it installs from there and nowhere else; a path of one machine is wrong on all others.
Sample addresses are put together from parts, as this file is looked at too.
"""

import re
from pathlib import Path

import pytest

from tests.architecture.tree import ROOT, Texts, lines_matching, read_tree

REGISTRY = re.compile(
    r"registry\.(npmjs|yarnpkg)\.(org|com)|npm\.pkg\.github\.com|registry\.npmmirror\.com"
    r"|\bpypi\.(org|python\.org)/simple|files\.pythonhosted\.org|\bunpkg\.com|cdn\.jsdelivr\.net|cdnjs\.cloudflare\.com"
)
INDEX_LINE = re.compile(r"^\s*(-i|-f|--(extra-)?index-url|--default-index|--index|--find-links)\b|://")
NPM_RESOLVED = re.compile(r'"resolved":')
NPM_REGISTRY = re.compile(r"^\s*(\S+:)?registry\s*=")
SHARED_FOLDER = ".." + "/shared"
HOMES = re.compile(r"(?<![\w./~-])/(home|Users|root|work)/\w")


def addresses(texts: Texts) -> list[str]:
    """Lines that name a package registry or a content network."""
    locks = {path: text for path, text in texts.items() if re.fullmatch(r".*requirements[^/]*\.(lock|txt)", path)}
    npm_locks = {path: text for path, text in texts.items() if path.endswith("package-lock.json")}
    npm_settings = {path: text for path, text in texts.items() if path.endswith(".npmrc")}
    return [
        *lines_matching(texts, REGISTRY),
        *lines_matching(locks, INDEX_LINE),
        *lines_matching(npm_locks, NPM_RESOLVED),
        *lines_matching(npm_settings, NPM_REGISTRY),
    ]


def machine_paths(texts: Texts, root: Path = ROOT) -> list[str]:
    """Lines that hold a path of one machine: a home folder, or the place of this checkout."""
    here = [re.escape(str(root))] if len(root.parts) > 2 else []  # `/app` alone is a likely word
    return lines_matching(texts, re.compile("|".join([HOMES.pattern, *here])))


def outside_paths(texts: Texts) -> list[str]:
    """Lines outside `.ci/run` that look beside the checkout."""
    inside = {path: text for path, text in texts.items() if path != ".ci/run"}
    return lines_matching(inside, re.compile(re.escape(SHARED_FOLDER)))


def test_no_file_names_a_package_registry() -> None:
    assert addresses(read_tree()) == []


def test_no_file_holds_a_path_of_one_machine() -> None:
    assert machine_paths(read_tree()) == []


def test_only_the_ci_looks_beside_the_checkout() -> None:
    assert outside_paths(read_tree()) == []


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("static/dashboard/package-lock.json", '"resolved": "https://example.org/a.tgz"'),
        ("static/dashboard/.npmrc", "registry=https://example.org/"),
        ("requirements.lock", "--index-url https://example.org/simple"),
        ("requirements-node.lock", "    --find-links wheels"),
        ("requirements.lock", "a @ https://example.org/a.whl"),
        ("README.md", "see registry." + "npmjs.org"),
        ("server/app.py", 'URL = "https://files.' + 'pythonhosted.org/a"'),
        ("static/dashboard/index.html", '<script src="https://unpkg' + '.com/preact">'),
    ],
)
def test_an_address_would_be_found(path: str, line: str) -> None:
    assert addresses({path: f"first\n{line}\n"})
    assert addresses({path: f"first\n{line}\n"})[0].startswith(f"{path}:2:")


def test_npm_funding_links_and_plain_requirements_are_no_addresses() -> None:
    lock = '"funding": {"url": "https://github.com/sponsors/someone"}'
    requirement = "uv==1.0 \\\n    --hash=sha256:00\n    # via rollcall (pyproject.toml:dev)"
    assert addresses({"static/dashboard/package-lock.json": lock, "requirements.lock": requirement}) == []


@pytest.mark.parametrize(
    "line", ["open('/" + "home/ada/notes')", "cd /" + "Users/ada", "# see /" + "srv/rollcall/x.py"]
)
def test_a_machine_path_would_be_found(line: str) -> None:
    assert machine_paths({"server/app.py": line}, root=Path("/srv/rollcall"))


@pytest.mark.parametrize("line", ["GET /api/users/1", "~/home/x", "https://example.org/home/ada"])
def test_a_path_of_a_url_is_no_machine_path(line: str) -> None:
    assert machine_paths({"server/app.py": line}, root=Path("/srv/rollcall")) == []


def test_a_look_beside_the_checkout_would_be_found_but_in_the_ci() -> None:
    line = f"cat {SHARED_FOLDER}/notes"
    assert outside_paths({"scripts/test": line})
    assert outside_paths({".ci/run": line}) == []

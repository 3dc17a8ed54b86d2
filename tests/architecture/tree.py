"""The files of this repository as text, for the tests that look at all of them."""

import os
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

Texts = dict[str, str]
"""Path from the root, with `/`, to content."""


def read_tree(root: Path = ROOT) -> Texts:
    """Every text file that is not in a folder .gitignore names.

    The file is read instead of asking git, so that an unpacked archive is tested as well as a clone.
    """
    lines = (root / ".gitignore").read_text("utf-8").splitlines()
    ignored = {".git"} | {line.strip("/") for line in lines if line.endswith("/")}
    texts: Texts = {}
    for folder, folders, files in os.walk(root):
        folders[:] = [name for name in folders if name not in ignored]
        for path in (Path(folder, name) for name in files):
            try:
                texts[path.relative_to(root).as_posix()] = path.read_text("utf-8")
            except UnicodeDecodeError:
                continue  # a picture or a font
    return texts


def lines_matching(texts: Texts, pattern: re.Pattern[str]) -> list[str]:
    """`path:line: match` for the first match of every line that has one."""
    return [
        f"{path}:{number}: {found.group()}"
        for path, text in sorted(texts.items())
        for number, line in enumerate(text.splitlines(), 1)
        if (found := pattern.search(line))
    ]

"""Who imports whom in the house, read from the import lines without running anything."""

import ast
import sys
from collections.abc import Callable, Iterable, Iterator

from tests.architecture.tree import Texts

HOUSE = ("realtime", "server")

Imports = dict[str, set[str]]
"""Module of the house to the modules it imports, wherever in the file; those of others by their first name."""


def imports_of_house(texts: Texts) -> Imports:
    """The imports of every Python file in the house."""
    files = {path: text for path, text in texts.items() if path.endswith(".py") and path.split("/")[0] in HOUSE}
    modules = {module_name(path) for path in files}
    return {module_name(path): set(_imports(path, text, modules)) for path, text in files.items()}


def module_name(path: str) -> str:
    """`server/zoom/__init__.py` is `server.zoom`."""
    return path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def _imports(path: str, text: str, modules: set[str]) -> Iterator[str]:
    package = module_name(path).split(".")
    if not path.endswith("/__init__.py"):
        package = package[:-1]
    for node in ast.walk(ast.parse(text, path)):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield _known(alias.name)
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else []
            base = ".".join([*above, *(node.module.split(".") if node.module else [])])
            for alias in node.names:
                whole = f"{base}.{alias.name}"
                yield _known(whole if whole in modules else base)


def _known(name: str) -> str:
    return name if name.split(".")[0] in HOUSE else name.split(".")[0]


def within(module: str, *packages: str) -> bool:
    """Whether the module is one of these or lies in one of them."""
    return any(module == package or module.startswith(package + ".") for package in packages)


def is_standard(module: str) -> bool:
    """Whether Python itself brings the module."""
    return module in sys.stdlib_module_names


def breaches(imports: Imports, of: Iterable[str], allowed: Callable[[str, str], bool]) -> list[str]:
    """`a imports b` for every import of the modules `of` that is not allowed."""
    return [
        f"{module} imports {name}"
        for module in sorted(of)
        for name in sorted(imports[module])
        if not allowed(module, name)
    ]


def reached(imports: Imports, roots: Iterable[str]) -> set[str]:
    """These modules and all of the house they import, straight or through others."""
    found: set[str] = set()
    waiting = [root for root in roots if root in imports]
    while waiting:
        module = waiting.pop()
        if module not in found:
            found.add(module)
            waiting.extend(name for name in imports[module] if name in imports)
    return found

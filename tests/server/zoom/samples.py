"""The notifications in tests/fixtures/zoom, as bytes and as objects to take apart."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parents[2] / "fixtures" / "zoom"


def names() -> list[str]:
    """Every sample, those observed included, as `sample` takes them."""
    folder = FOLDER / "webhooks"
    return sorted(path.relative_to(folder).as_posix().removesuffix(".json") for path in folder.rglob("*.json"))


def sample(name: str) -> bytes:
    """The bytes of one sample."""
    return (FOLDER / "webhooks" / f"{name}.json").read_bytes()


def changed(name: str, change: Callable[[Any], object]) -> bytes:
    """The bytes of one sample after `change` took it apart in place."""
    message = json.loads(sample(name))
    change(message)
    return json.dumps(message).encode()


def vectors() -> list[dict[str, Any]]:
    """The signed bodies, each with `raw`, `timestamp` and `signature`."""
    document = json.loads((FOLDER / "signature-vectors.json").read_text("utf-8"))
    found: list[dict[str, Any]] = document["vectors"]
    for vector in found:
        vector["secret"] = document["secret_token"]
        vector["raw"] = (
            (FOLDER / vector["body_file"]).read_bytes() if "body_file" in vector else vector["body"].encode()
        )
    return found

"""The built page, as the server sends it: fit for a Content-Security-Policy without inline code, and for caching."""

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

DIST = Path(__file__).resolve().parents[2] / "static" / "dashboard" / "dist"


class Page(HTMLParser):
    """What is in a page: its tags with their attributes, and the text inside scripts and styles."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.inline: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        if self.tags and self.tags[-1][0] in ("script", "style") and data.strip():
            self.inline.append(data)


@pytest.fixture
def page() -> Page:
    return Page((DIST / "index.html").read_text("utf-8"))


def test_the_page_has_no_code_or_style_inside(page: Page) -> None:
    assert page.inline == []
    assert [attributes for tag, attributes in page.tags if tag == "script" and not attributes.get("src")] == []
    assert [
        name for _, attributes in page.tags for name in attributes if name == "style" or name.startswith("on")
    ] == []


def test_the_page_asks_no_one_else_for_anything(page: Page) -> None:
    links = [
        value or "" for _, attributes in page.tags for name, value in attributes.items() if name in ("src", "href")
    ]
    assert [link for link in links if not link.startswith("/") or link.startswith("//")] == []


def test_everything_the_page_loads_has_the_hash_of_its_content_in_its_name() -> None:
    names = [path.name for path in (DIST / "assets").iterdir()]
    assert names
    assert [name for name in names if not re.fullmatch(r".+-[\w-]{8}\.\w+", name)] == []


def test_no_asset_is_written_into_another() -> None:
    texts = [path for path in (DIST / "assets").iterdir() if path.suffix in (".js", ".css")]
    assert [path.name for path in texts if re.search(r"url\(\s*['\"]?data:", path.read_text("utf-8"))] == []


def test_code_inside_a_page_would_be_found() -> None:
    assert Page("<script>alert(1)</script>").inline == ["alert(1)"]
    assert Page("<style>p{}</style><p>text</p>").inline == ["p{}"]

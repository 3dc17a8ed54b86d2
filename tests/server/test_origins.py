import pytest

from server.origins import is_loopback, origin, split_host


@pytest.mark.parametrize(
    ("given", "same"),
    [
        ("https://Example.org", "https://example.org"),
        ("https://example.org:443/", "https://example.org"),
        ("http://example.org:80", "http://example.org"),
        ("http://example.org:443", "http://example.org:443"),
        ("http://[::1]:5000", "http://[::1]:5000"),
    ],
)
def test_origins_have_one_spelling(given: str, same: str) -> None:
    assert origin(given) == same


@pytest.mark.parametrize(
    "given",
    [
        *("", "null", "*", "example.org", "ftp://example.org", "https://", "https://a b", "https://u:p@a.example"),
        *("https://a.example/x", "https://a.example?x", "https://a.example#x", "https://a.example:x", "https://*.a"),
    ],
)
def test_what_is_no_origin_is_refused(given: str) -> None:
    with pytest.raises(ValueError, match=r"not |more |Port |Invalid"):
        origin(given)


@pytest.mark.parametrize(
    ("given", "parts"),
    [("A.example:81", ("a.example", 81)), ("localhost", ("localhost", None)), ("[::1]:5", ("::1", 5))],
)
def test_a_host_header_has_a_name_and_perhaps_a_port(given: str, parts: tuple[str, int | None]) -> None:
    assert split_host(given) == parts


@pytest.mark.parametrize("given", ["", "a/b", "a?b", "u@a", "a:b", "a b", "a,b", "[::1", "a#b", "a\\b"])
def test_what_is_no_host_is_refused(given: str) -> None:
    with pytest.raises(ValueError, match=r"not |more |Port |Invalid"):
        split_host(given)


def test_loopback_is_a_matter_of_the_whole_name() -> None:
    assert all(is_loopback(host) for host in ("localhost", "127.0.0.1", "127.8.0.1", "::1"))
    assert not any(is_loopback(host) for host in ("127.0.0.1.evil.example", "localhost.evil.example", "0.0.0.0", ""))


def test_a_host_header_longer_than_any_host_is_refused() -> None:
    assert split_host("[fe80::1%eth0]") == ("fe80::1%eth0", None)
    with pytest.raises(ValueError, match="too long"):
        split_host(f"[fe80::1%{'a' * 300}]")

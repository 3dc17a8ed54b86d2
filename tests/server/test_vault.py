import pytest

from server.vault import Unreadable, Vault, derived

OLD, NEW = b"o" * 32, b"n" * 32


def test_what_is_sealed_opens_again_and_shows_nothing() -> None:
    vault = Vault([OLD])
    sealed = vault.seal(b"canary")
    assert b"canary" not in sealed
    assert vault.open(sealed) == b"canary"


def test_after_a_change_of_keys_the_old_still_opens_and_the_new_seals() -> None:
    sealed = Vault([OLD]).seal(b"kept")
    both = Vault([NEW, OLD])
    assert both.open(sealed) == b"kept"
    assert Vault([NEW]).open(both.seal(b"fresh")) == b"fresh"


@pytest.mark.parametrize("sealed", [b"", b"nonsense", Vault([OLD]).seal(b"x")], ids=["empty", "nonsense", "foreign"])
def test_what_others_sealed_does_not_open(sealed: bytes) -> None:
    with pytest.raises(Unreadable):
        Vault([NEW]).open(sealed)


def test_what_does_not_open_counts_as_absent_and_is_told_once(caplog: pytest.LogCaptureFixture) -> None:
    vault, foreign = Vault([NEW]), Vault([OLD]).seal(b"canary")
    assert [vault.open_if_ours(foreign) for _ in range(3)] == [None] * 3
    assert vault.open_if_ours(vault.seal(b"ours")) == b"ours"
    (told,) = caplog.messages
    assert "ROLLCALL_SECRET_KEY" in told


def test_a_key_made_for_one_purpose_is_not_that_of_another() -> None:
    assert derived(OLD, "cursor") == derived(OLD, "cursor")
    assert len({derived(OLD, "cursor"), derived(OLD, "resume"), derived(NEW, "cursor")}) == 3

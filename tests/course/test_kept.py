"""What takes long to make is kept by a name for what it depends on, and a damaged entry counts for none."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from jinja2 import DictLoader, Environment

from tinytorch.course import kept


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TINYTORCH_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


def test_what_was_kept_is_found_by_its_key_and_kind() -> None:
    kept.keep("proofs", "a", b"one\ntwo")
    assert kept.find_kept("proofs", "a") == b"one\ntwo"
    assert kept.find_kept("proofs", "b") is None
    assert kept.find_kept("gradebooks", "a") is None


def test_a_changed_entry_is_not_found(cache: Path) -> None:
    kept.keep("proofs", "a", b"content")
    entry = cache / "proofs" / "a"
    entry.write_bytes(entry.read_bytes()[:-1])
    assert kept.find_kept("proofs", "a") is None


def test_what_is_made_once_is_made_anew_only_from_something_else_or_after_damage(cache: Path) -> None:
    made: list[str] = []

    def make() -> object:
        made.append("made")
        return {"pairs": [["a", 1]], "text": "\ud800"}

    for made_from in (["x"], ["x"], ["y"], ["\udcff"], ["\udcff"]):
        assert kept.made_once("pieces", made_from, make) == {"pairs": [["a", 1]], "text": "\ud800"}
    assert len(made) == 3
    for entry in (cache / "pieces").iterdir():
        entry.write_bytes(entry.read_bytes()[:-1])
    kept.made_once("pieces", ["x"], make)
    assert len(made) == 4


def test_only_so_many_entries_are_kept_and_the_oldest_go_first(cache: Path) -> None:
    for number in range(kept.MOST_ENTRIES + 5):
        kept.keep("proofs", f"{number:03}", b"")
    left = sorted(path.name for path in (cache / "proofs").iterdir())
    assert left == [f"{number:03}" for number in range(5, kept.MOST_ENTRIES + 5)]


def test_it_is_in_the_user_s_folder_for_caches(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TINYTORCH_CACHE")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "mine"))
    kept.keep("proofs", "a", b"content")
    assert (tmp_path / "mine" / "tinytorch" / "proofs" / "a").is_file()


def test_a_template_is_compiled_once_and_a_damaged_copy_is_compiled_anew(cache: Path) -> None:
    for _ in range(2):
        environment = Environment(loader=DictLoader({"page": "{{ 1 + 1 }}"}), bytecode_cache=kept.compiled_templates())
        assert environment.get_template("page").render() == "2"
        (compiled,) = (cache / "templates").iterdir()
        compiled.write_bytes(compiled.read_bytes()[:-3])


def test_where_nothing_can_be_kept_nothing_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TINYTORCH_CACHE", os.devnull)
    kept.keep("proofs", "a", b"content")
    assert kept.find_kept("proofs", "a") is None
    assert kept.compiled_templates() is None
    assert kept.made_once("pieces", "x", lambda: [1]) == [1]

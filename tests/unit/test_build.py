"""The flow from files to a kept graph: what is kept, what is left behind, what is forgotten."""

import os
import threading
from datetime import date

import pytest

from kg import build, files
from kg.errors import MinilatError
from kg.names import PREFIXES
from kg.store import Store

DAY = date(2026, 11, 24)
OTHER = date(2016, 6, 30)


@pytest.fixture
def place(tmp_path, monkeypatch):
    """A cache folder, and a build that takes no time."""
    path = tmp_path / "data.ttl"
    path.write_text("<http://example.org/a> a <http://example.org/B> .", encoding="utf-8")
    built = []

    def quick(as_of, *, without=(), own=()):
        built.append((as_of, tuple(without), *own))
        return build.load([path])

    monkeypatch.setattr(build, "fresh", quick)
    monkeypatch.setenv("MINILAT_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache", built


def test_every_file_has_its_graph(tmp_path):
    path = tmp_path / "mine.ttl"
    path.write_text("<http://example.org/a> a <http://example.org/B> .", encoding="utf-8")
    store = build.load([files.ROOT / "data" / "threats.ttl", path])
    assert store.graphs() == sorted(PREFIXES["graph"] + n for n in ("data/threats.ttl", "mine.ttl"))


def test_a_syntax_error_names_file_and_line(tmp_path):
    path = tmp_path / "broken.ttl"
    path.write_text("\n\noops", encoding="utf-8")
    with pytest.raises(MinilatError) as caught:
        build.load([path])
    assert caught.value.code == "E031"
    assert caught.value.where.startswith("broken.ttl:3:")


def test_files_are_loaded_into_a_store_that_is_there(tmp_path):
    store = Store.memory()
    assert build.load([files.ROOT / "data" / "threats.ttl"], into=store) is store
    assert len(store) > 0


def test_a_graph_is_built_once(place):
    folder, built = place
    assert len(build.cached(DAY)) == len(build.cached(DAY)) == 1
    assert built == [(DAY, ())]
    assert len(list(folder.iterdir())) == 1


def test_another_day_and_other_inputs_are_other_graphs(place):
    _, built = place
    left_out = [files.data()[0]]
    build.cached(DAY)
    build.cached(OTHER)
    build.cached(DAY, without=left_out)
    build.cached(DAY, without=left_out)
    assert built == [(DAY, ()), (OTHER, ()), (DAY, tuple(left_out))]


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), RuntimeError("engine"), KeyboardInterrupt()])
def test_a_build_that_is_interrupted_leaves_nothing(place, monkeypatch, error):
    folder, _ = place

    def fail(self, target):
        target.mkdir(parents=True)
        (target / "half").write_text("x")
        raise error

    with monkeypatch.context() as patch:
        patch.setattr(Store, "save", fail)
        expected = MinilatError if isinstance(error, OSError) else type(error)
        with pytest.raises(expected) as caught:
            build.cached(DAY)
    assert list(folder.iterdir()) == []
    if isinstance(error, OSError):
        assert caught.value.code == "E070"
        assert caught.value.hint
    assert len(build.cached(DAY)) == 1


def test_a_build_that_another_process_finished_first_is_used(place, monkeypatch):
    folder, _ = place
    save = Store.save

    def slow(self, target):
        monkeypatch.setattr(Store, "save", save)
        build.cached(DAY)
        save(self, target)

    monkeypatch.setattr(Store, "save", slow)
    assert len(build.cached(DAY)) == 1
    assert [p.name.startswith(".") for p in folder.iterdir()] == [False]


def test_many_threads_may_build_at_once(place):
    folder, _ = place
    sizes, begin = [], threading.Barrier(6)

    def work():
        begin.wait()
        sizes.append(len(build.cached(DAY)))

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sizes == [1] * 6
    assert len(list(folder.iterdir())) == 1


@pytest.mark.parametrize("below", [(), ("below",), ("below", "deeper")])
def test_a_cache_under_a_file_is_refused(place, tmp_path, monkeypatch, below):
    file = tmp_path / "file"
    file.write_text("mine")
    monkeypatch.setenv("MINILAT_CACHE", str(file.joinpath(*below)))
    with pytest.raises(MinilatError) as caught:
        build.cached(DAY)
    assert caught.value.code == "E070"
    assert "MINILAT_CACHE" in caught.value.hint
    assert file.read_text() == "mine"


def test_the_least_recently_used_go_first(place):
    folder, built = place
    days = [date(2020, 1, n) for n in range(1, build.KEPT + 3)]
    for i, day in enumerate(days):
        build.cached(day)
        for path in folder.iterdir():
            if day.isoformat() in path.name:
                os.utime(path, (1_000_000 + i, 1_000_000 + i))
        if i == build.KEPT - 1:
            build.cached(days[0])
    kept = sorted(path.name[6:16] for path in folder.iterdir())
    assert kept == sorted(d.isoformat() for d in (days[0], *days[3:]))
    assert len(built) == len(days)


def test_what_is_not_ours_is_never_removed(place):
    folder, _ = place
    for n in range(10):
        mine = folder / f"my-own-work-{n}"
        mine.mkdir(parents=True)
        (mine / "thesis.txt").write_text("ten years")
    build.cached(DAY)
    assert len(list(folder.glob("my-own-work-*/thesis.txt"))) == 10


def test_a_damaged_graph_is_built_anew(place):
    folder, _ = place
    build.cached(DAY)
    (kept,) = folder.iterdir()
    for path in kept.iterdir():
        path.unlink()
    assert len(build.cached(DAY)) == 1


def test_what_a_killed_process_left_is_removed_in_time(place):
    folder, _ = place
    stale = folder / ".building-abcdefgh"
    stale.mkdir(parents=True)
    os.utime(stale, (1_000_000, 1_000_000))
    build.cached(DAY)
    assert not stale.exists()


def test_the_cache_of_the_user_is_used_when_none_is_chosen(monkeypatch):
    monkeypatch.delenv("MINILAT_CACHE", raising=False)
    assert build.cache_folder().name == "minilat"
    monkeypatch.setenv("MINILAT_CACHE", "")
    assert build.cache_folder().name == "minilat"

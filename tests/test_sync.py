import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import numpy as np
import pytest
from hashed import HashEmbedder, tokens
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from test_store import mounted, question

from ingest import chunk, plan
from ingest.readers import READERS, plain_text
from ingest.schema import Document
from ingest.sync import Report, sync
from rag import generation as disk
from rag import glossary, terms
from rag.errors import IndexLocked, Refused, ResumeError
from rag.store import Store

HOME = Path(__file__).parent.parent


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    write(
        tmp_path / "corpus/bio/about.md",
        "# About\n\nRuns Kubernetes clusters in production.\n\nBakes bread on Sundays.\n",
    )
    write(tmp_path / "corpus/experience/acme.md", "# Acme\n\nCut costs by forty percent.\n")
    write(tmp_path / "corpus/notes.txt", "Speaks three languages.\n")
    return tmp_path / "corpus"


@pytest.fixture
def index(tmp_path: Path) -> Path:
    return tmp_path / "index"


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def run(corpus: Path, index: Path, embedder: HashEmbedder | None = None, **options: bool) -> Report:
    return sync(corpus, index, (embedder or HashEmbedder()).model(), **options)


def outcome(corpus: Path, index: Path) -> Report | str:
    """The report, or the message of what went wrong."""
    try:
        return run(corpus, index)
    except ResumeError as exc:
        return str(exc)


def bytes_of(folder: Path) -> dict[str, bytes]:
    """Every file but the lock, which says who held it last."""
    return {str(p): p.read_bytes() for p in folder.rglob("*") if p.is_file() and p.name != "lock"}


def texts(index: Path) -> dict[str, str]:
    return {d.source: d.text for d in Store(index).current().documents}


def generations(index: Path) -> list[str]:
    return sorted(p.name for p in (index / "generations").iterdir())


def test_the_first_ingest_indexes_everything(corpus: Path, index: Path) -> None:
    report = run(corpus, index)
    assert report.added == ("bio/about.md", "experience/acme.md", "notes.txt")
    assert report.published
    assert report.embedded > 0
    assert texts(index) == {s: (corpus / s).read_text() for s in report.added}
    generation = Store(index).current()
    assert report.passages == len(generation.passages)
    assert generation.passages == tuple(sorted(generation.passages, key=lambda p: (p.source, p.start)))
    nearest = generation.passages[generation.nearest(question("Bakes bread on Sundays."), 1)[0][0]]
    assert nearest.source == "bio/about.md"


def test_no_change_embeds_nothing_and_publishes_nothing(corpus: Path, index: Path) -> None:
    run(corpus, index)
    before = bytes_of(index)
    os.utime(corpus / "notes.txt", (1, 1))
    embedder = HashEmbedder()
    report = run(corpus, index, embedder)
    assert not report.published
    assert (report.embedded, embedder.loads) == (0, 0)
    assert len(report.unchanged) == 3
    assert bytes_of(index) == before


def test_an_edit_embeds_only_what_changed(corpus: Path, index: Path) -> None:
    run(corpus, index)
    write(corpus / "experience/acme.md", "# Acme\n\nCut costs by fifty percent.\n")
    embedder = HashEmbedder()
    report = run(corpus, index, embedder)
    assert report.edited == ("experience/acme.md",)
    assert report.published
    assert len(embedder.texts) == report.embedded
    assert all("fifty" in text for text in embedder.texts)


def test_renamed_and_removed(corpus: Path, index: Path) -> None:
    run(corpus, index)
    (corpus / "notes.txt").rename(corpus / "bio/notes.txt")
    (corpus / "experience/acme.md").unlink()
    report = run(corpus, index)
    assert report.renamed == (("notes.txt", "bio/notes.txt"),)
    assert report.removed == ("experience/acme.md",)
    assert (report.added, report.edited, report.unchanged) == ((), (), ("bio/about.md",))
    assert set(texts(index)) == {"bio/about.md", "bio/notes.txt"}


def test_a_dry_run_writes_nothing(corpus: Path, index: Path) -> None:
    report = run(corpus, index, dry_run=True)
    assert len(report.added) == 3
    assert report.passages > 0
    assert not report.published
    assert not index.exists()
    run(corpus, index)
    before = bytes_of(index.parent)
    (index / "lock").unlink()
    write(corpus / "new.md", "# New\n\nWords.\n")
    embedder = HashEmbedder()
    report = run(corpus, index, embedder, dry_run=True)
    assert report.added == ("new.md",)
    assert report.embedded > 0
    assert (embedder.loads, report.published) == (0, False)
    (corpus / "new.md").unlink()
    assert bytes_of(index.parent) == before
    assert not (index / "lock").exists()


def test_what_is_no_document_is_left_out(corpus: Path, index: Path) -> None:
    for name in ("profile.toml", "aliases.toml", "cases.jsonl", ".hidden.md", ".git/x.md", "bio/.DS_Store"):
        write(corpus / name, "")
    write(corpus / "bio/profile.toml", "x = 1")
    report = run(corpus, index)
    assert len(report.added) == 3
    assert [source for source, _ in report.refused] == ["bio/profile.toml"]


def test_the_owners_settings_travel_with_the_index(corpus: Path, index: Path) -> None:
    run(corpus, index)
    write(corpus / "profile.toml", 'headline = "Baker"')
    embedder = HashEmbedder()
    report = run(corpus, index, embedder)
    assert (report.published, report.embedded, embedder.loads) == (True, 0, 0)
    assert Store(index).current().extra("profile.toml") == 'headline = "Baker"'

    def reject(name: str, text: str) -> None:
        raise ResumeError(f"{name} does not fit")

    with pytest.raises(ResumeError, match=r"profile\.toml does not fit"):
        sync(corpus, index, embedder.model(), check_extra=reject)
    (corpus / "profile.toml").write_bytes(b"\xff")
    with pytest.raises(ResumeError, match=r"profile\.toml cannot be read: not UTF-8"):
        run(corpus, index)


def test_refused_files_leave_the_others_indexed(corpus: Path, index: Path, tmp_path: Path) -> None:
    (corpus / "bad.md").write_bytes(b"caf\xe9")
    write(corpus / "video.mp4", "x")
    write(tmp_path / "outside.md", "secret")
    (corpus / "out.md").symlink_to(tmp_path / "outside.md")
    (corpus / "gone.md").symlink_to(corpus / "nowhere.md")
    (corpus / "away").symlink_to(tmp_path, target_is_directory=True)
    (corpus / "loop").symlink_to(corpus, target_is_directory=True)
    os.mkfifo(corpus / "pipe.md")
    report = run(corpus, index)
    assert len(report.added) == 3
    assert [source for source, _ in report.refused] == ["away", "bad.md", "gone.md", "out.md", "pipe.md", "video.mp4"]
    reasons = dict(report.refused)
    assert "leaves the corpus folder" in reasons["out.md"]
    assert "leaves the corpus folder" in reasons["away"]
    assert "UTF-8" in reasons["bad.md"]
    assert not any("\n" in reason for reason in reasons.values())
    again = run(corpus, index)
    assert again.refused == report.refused
    assert not again.published
    write(corpus / "bad.md", "# Mended\n\nNow it is fine.\n")
    mended = run(corpus, index)
    assert mended.added == ("bad.md",)
    assert "bad.md" not in dict(mended.refused)


def test_private_documents_leave_no_trace(corpus: Path, index: Path) -> None:
    write(corpus / "bio/whispered.md", "---\nvisibility: private\n---\n\nThe salary is unspeakable.\n")
    report = run(corpus, index)
    assert "bio/whispered.md" not in report.added
    assert report.private == 1
    for path in index.rglob("*"):
        assert "whispered" not in path.name
        if path.is_file():
            assert b"whispered" not in path.read_bytes(), path
            assert b"unspeakable" not in path.read_bytes(), path
    again = run(corpus, index)
    assert (again.published, again.private) == (False, 1)


def test_all_made_private_empties_the_index(corpus: Path, index: Path) -> None:
    run(corpus, index)
    for file in corpus.rglob("*.*"):
        file.write_text("---\nvisibility: private\n---\n\nMine.\n")
    (corpus / "notes.txt").unlink()
    report = run(corpus, index)
    assert len(report.removed) == 3
    assert texts(index) == {}
    assert not run(corpus, index).published
    write(corpus / "notes.txt", "Speaks three languages.\n")
    assert run(corpus, index).added == ("notes.txt",)


def test_an_empty_or_missing_corpus_wipes_nothing(corpus: Path, index: Path, tmp_path: Path) -> None:
    run(corpus, index)
    before = bytes_of(index)
    (tmp_path / "empty").mkdir()
    write(tmp_path / "only/profile.toml", "")
    for folder, message in (
        (tmp_path / "missing", "does not exist"),
        (tmp_path / "empty", "holds no documents"),
        (tmp_path / "only", "holds no documents"),
        (corpus / "notes.txt", "is not a folder"),
    ):
        with pytest.raises(ResumeError, match=message) as caught:
            run(folder, index)
        assert caught.value.exit_status == 2
    write(tmp_path / "refused/a.md", "")
    write(tmp_path / "refused/b.xyz", "text")
    with pytest.raises(ResumeError, match=r"every file .* was refused.*a\.md: .*b\.xyz: "):
        run(tmp_path / "refused", index)
    assert bytes_of(index) == before


def test_an_index_among_the_documents_is_refused(corpus: Path) -> None:
    for index in (corpus, corpus / "index"):
        with pytest.raises(ResumeError, match="lies among the documents"):
            run(corpus, index)
    run(corpus, corpus / ".index")  # what is hidden is no document


def test_another_model_is_refused_until_rebuilt(corpus: Path, index: Path) -> None:
    run(corpus, index)
    before = bytes_of(index)
    other = HashEmbedder("hashed-2")
    with pytest.raises(ResumeError, match=r"hashed words \(hashed-1\).*hashed words \(hashed-2\).*--rebuild"):
        run(corpus, index, other)
    assert bytes_of(index) == before
    report = run(corpus, index, other, rebuild=True)
    assert report.published
    assert len(other.texts) == report.embedded > 0
    Store(index).check_model("hashed words", "hashed-2")


def test_a_damaged_or_foreign_index_is_built_anew(corpus: Path, index: Path) -> None:
    run(corpus, index)
    folder = disk.folder_of(index, disk.current(index) or "")
    manifest = json.loads((folder / "manifest.json").read_text())
    (folder / "manifest.json").write_text(json.dumps(manifest | {"format": 99}))
    assert run(corpus, index).published
    (disk.folder_of(index, disk.current(index) or "") / "passages.npy").unlink()
    assert run(corpus, index).published
    (index / "CURRENT").write_text("nonsense/..")
    assert run(corpus, index).published
    (index / "CURRENT").unlink()
    assert run(corpus, index).published
    assert len(texts(index)) == 3
    run(corpus, index)
    assert len(generations(index)) <= 2


@pytest.mark.parametrize(("module", "name"), [(chunk, "VERSION"), (terms, "VERSION")])
def test_a_new_version_rebuilds_without_embedding(
    corpus: Path, index: Path, monkeypatch: pytest.MonkeyPatch, module: object, name: str
) -> None:
    run(corpus, index)
    monkeypatch.setattr(module, name, "next")
    report = run(corpus, index)
    assert (report.published, report.embedded) == (True, 0)
    assert len(report.unchanged) == 3
    assert not run(corpus, index).published


def test_units_are_embedded_with_what_they_name_explained(corpus: Path, index: Path) -> None:
    write(corpus / "vault.md", "# Work\n\nKeeps secrets in Vault.\n")
    run(corpus, index)
    kept = disk.read(disk.folder_of(index, disk.current(index) or ""))
    texts = [text for p in kept.passages for text in p.embedded_sentences]
    at = next(i for i, text in enumerate(texts) if "Vault" in text)
    explained = glossary.glossed(texts[at], "Keeps secrets in Vault.")
    assert explained != texts[at]
    assert kept.sentences[at] == pytest.approx(HashEmbedder().encode([explained])[0], abs=1e-6)


def test_another_glossary_embeds_anew(corpus: Path, index: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = run(corpus, index)
    monkeypatch.setattr(glossary, "version", lambda: "next")
    report = run(corpus, index)
    assert (report.published, report.embedded) == (True, first.embedded)
    assert not run(corpus, index).published


def test_unchanged_files_are_not_read_again(corpus: Path, index: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run(corpus, index)
    write(corpus / "new.md", "# New\n\nWords.\n")
    seen: list[str] = []
    real = plan.read_document

    def watched(path: Path, source: str, root: Path) -> object:
        seen.append(source)
        return real(path, source, root)

    monkeypatch.setattr(plan, "read_document", watched)
    run(corpus, index)
    assert seen == ["new.md"]


def test_refused_files_are_read_again_only_where_they_may_fare_otherwise(
    corpus: Path, index: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[str] = []

    def reader(path: Path, source: str) -> Document:
        seen.append(source)
        raise Refused("takes long" if source == "slow.odd" else "a scan", lasting=source != "slow.odd")

    monkeypatch.setitem(READERS, ".odd", reader)
    write(corpus / "slow.odd", "x")
    write(corpus / "scan.odd", "x")
    first = run(corpus, index)
    assert sorted(seen) == ["scan.odd", "slow.odd"]
    again = run(corpus, index)
    assert seen[2:] == ["slow.odd"]
    assert again.refused == first.refused == (("scan.odd", "a scan"), ("slow.odd", "takes long"))
    assert not again.published
    write(corpus / "scan.odd", "another")
    run(corpus, index)
    assert sorted(seen[3:]) == ["scan.odd", "slow.odd"]
    assert run(corpus, index, rebuild=True).refused == first.refused
    assert sorted(seen[5:]) == ["scan.odd", "slow.odd"]


def test_files_are_read_side_by_side_and_listed_in_order(
    corpus: Path, index: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    together = threading.Barrier(2, timeout=30)  # nobody passes alone

    def reader(path: Path, source: str) -> Document:
        together.wait()
        if source == "0.odd":
            time.sleep(0.1)
        return plain_text.read(path, source)

    monkeypatch.setitem(READERS, ".odd", reader)
    monkeypatch.setattr(plan, "CHILDREN", 2)
    for i in range(4):
        write(corpus / f"{i}.odd", f"Text {i}.")
    report = run(corpus, index)
    assert report.added == ("0.odd", "1.odd", "2.odd", "3.odd", "bio/about.md", "experience/acme.md", "notes.txt")
    assert list(texts(index)) == list(report.added)


def test_left_overs_are_removed(corpus: Path, index: Path) -> None:
    run(corpus, index)
    write(index / "generations/20200101T000000-abcdef/passages.jsonl", "half")
    write(index / "CURRENT.new", "half")
    run(corpus, index)
    assert generations(index) == [disk.current(index)]
    assert not (index / "CURRENT.new").exists()
    for i in range(3):
        write(corpus / "notes.txt", f"Edition {i}.\n")
        before = disk.current(index)
        run(corpus, index)
        assert set(generations(index)) == {before, disk.current(index)}


HOLDER = """
import sys, time
from pathlib import Path
from ingest import lock
with lock.held(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""


def test_one_ingest_at_a_time(corpus: Path, index: Path) -> None:
    holder = subprocess.Popen([sys.executable, "-c", HOLDER, index], stdout=subprocess.PIPE, cwd=HOME)
    assert holder.stdout
    try:
        holder.stdout.readline()
        with pytest.raises(IndexLocked, match=rf"process {holder.pid} on .* since 20") as caught:
            run(corpus, index)
        assert caught.value.exit_status == 4
        assert len(run(corpus, index, dry_run=True).added) == 3
    finally:
        holder.send_signal(signal.SIGKILL)
        holder.wait()
        holder.stdout.close()
    assert (index / "lock").read_text().startswith(f"process {holder.pid} ")
    assert run(corpus, index).published


def test_a_full_disk(corpus: Path, tmp_path: Path) -> None:
    """From no room at all to almost enough: a clear message each time, and the old index answers."""
    failures = 0
    for size in (300, 700, 900, 1000, 1100, 1200, 1300, 4000):
        disk_folder = tmp_path / f"disk{size}"
        with mounted(disk_folder, "-t", "tmpfs", "-o", f"size={size}k", "tmpfs"):
            index = disk_folder / "index"
            first = outcome(corpus, index)
            old = texts(index) if isinstance(first, Report) else {}
            write(corpus / "new.md", "# New\n\n" + "Many words. " * 30)
            last = outcome(corpus, index)
            (corpus / "new.md").unlink()
            for failed in {first, last} - {r for r in (first, last) if isinstance(r, Report)}:
                failures += 1
                assert "the disk is full" in str(failed)
                assert "\n" not in str(failed)
            if isinstance(last, Report):
                assert "new.md" in texts(index)
            elif old:
                assert texts(index) == old
                assert len(generations(index)) == 1
            else:
                assert not list((index / "generations").glob("*"))
    assert failures > 0


LIMITED = """
import resource, sys
from pathlib import Path
from hashed import HashEmbedder
from ingest.sync import sync
from rag.errors import ResumeError
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[3]), resource.RLIM_INFINITY))
try:
    sync(Path(sys.argv[1]), Path(sys.argv[2]), HashEmbedder().model())
except ResumeError as exc:
    sys.exit(str(exc))
"""


@pytest.mark.parametrize("limit", [100, 2_000, 50_000, 150_000])
def test_a_limit_on_the_size_of_files(corpus: Path, index: Path, limit: int) -> None:
    run(corpus, index)
    before = texts(index)
    write(corpus / "new.md", "# New\n\nMore words.\n")
    environment = os.environ | {"PYTHONPATH": f"{HOME}{os.pathsep}{HOME / 'tests'}"}
    command = [sys.executable, "-c", LIMITED, corpus, index, str(limit)]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    assert done.returncode == 1, done
    assert "could not be written" in done.stderr
    assert texts(index) == before
    assert len(generations(index)) == 1


def test_a_read_only_folder(corpus: Path, index: Path) -> None:
    run(corpus, index)
    write(corpus / "new.md", "# New\n\nMore words.\n")
    with mounted(index, "--bind", str(index)):
        subprocess.run(["mount", "-o", "remount,ro,bind", str(index)], check=True)
        with pytest.raises(ResumeError, match=r"could not be written \(Read-only file system\)"):
            run(corpus, index)
        assert len(texts(index)) == 3
    file = index.parent / "file"
    file.write_text("")
    with pytest.raises(ResumeError, match="could not be written"):
        run(corpus, file)


NAMES = ["a.md", "bio/b.md", "bio/c.txt", "experience/d.md", "ö ü/e.md"]
POOL = [
    "# One\n\nRan Kubernetes clusters. Cut costs.\n\n- Go\n- Rust\n",
    "# One\n\nRan Kubernetes clusters. Cut them.\n\n- Go\n- Rust\n",
    "# Two\n\n" + "A long paragraph about bread and baking it. " * 30,
    "plain words",
    "---\ntitle: Three\nvisibility: private\n---\n\nHidden words.\n",
    "",
    "Same line.\n\nSame line.\n\nSame line.\n",
]
EDIT = st.one_of(
    st.tuples(st.just("write"), st.sampled_from(NAMES), st.sampled_from(POOL)),
    st.tuples(st.just("remove"), st.sampled_from(NAMES), st.just("")),
    st.tuples(st.just("rename"), st.sampled_from(NAMES), st.sampled_from(NAMES)),
)


@pytest.mark.slow
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(rounds=st.lists(st.lists(EDIT, min_size=1, max_size=5), min_size=1, max_size=3))
def test_any_edits_end_in_an_index_equal_to_one_built_from_nothing(rounds: list[list[tuple[str, str, str]]]) -> None:
    with tempfile.TemporaryDirectory() as scratch:
        corpus, index = Path(scratch, "corpus"), Path(scratch, "index")
        write(corpus / "a.md", POOL[0])
        run(corpus, index)
        for edits in rounds:
            before = bytes_of(index)
            for edit in edits:
                apply(corpus, edit)
            fresh = Path(scratch, "fresh")
            shutil.rmtree(fresh, ignore_errors=True)
            from_nothing = outcome(corpus, fresh)
            incremental = outcome(corpus, index)
            if isinstance(from_nothing, str) or isinstance(incremental, str):
                assert incremental == from_nothing
                assert bytes_of(index) == before
                continue
            assert incremental.passages == from_nothing.passages
            assert incremental.refused == from_nothing.refused
            assert_equal(index, fresh)
            assert not run(corpus, index).published


def apply(corpus: Path, edit: tuple[str, str, str]) -> None:
    what, name, value = edit
    path = corpus / name
    if what == "write":
        write(path, value)
    elif path.exists() and what == "remove":
        path.unlink()
    elif path.exists():
        (corpus / value).parent.mkdir(parents=True, exist_ok=True)
        path.rename(corpus / value)


def assert_equal(one: Path, other: Path) -> None:
    a, b = Store(one).current(), Store(other).current()
    assert a.passages == b.passages
    assert a.documents == b.documents
    assert a.manifest.sources == b.manifest.sources
    assert a.manifest.refused == b.manifest.refused
    assert np.array_equal(a.vectors, b.vectors)
    for text in ("Ran Kubernetes clusters.", "bread", "nothing of the kind"):
        v = question(text)
        for x, y in zip(a.nearest(v, 10), b.nearest(v, 10), strict=True):
            assert np.array_equal(x, y)
        assert np.array_equal(a.sentence_cosines(v), b.sentence_cosines(v))
        asked = tokens(text).astype(np.float32)
        for i in range(len(a.passages)):
            assert np.array_equal(a.interactions(asked, [i])[0], b.interactions(asked, [i])[0])
        assert np.array_equal(a.keyword_scores(terms.terms(text)), b.keyword_scores(terms.terms(text)))
    assert (a.searched_by, b.searched_by) == ("chroma", "chroma")

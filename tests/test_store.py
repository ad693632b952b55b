import json
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import pytest
from hashed import HashEmbedder, tokens
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rag import generation as disk
from rag import store
from rag.embedder import SCALE, TOKEN_WIDTH
from rag.errors import ResumeError
from rag.generation import Contents, Manifest, SourceRow, StoredDocument
from rag.schema import Passage, Role, Span
from rag.store import Generation, Store
from rag.terms import terms

HOME = Path(__file__).parent.parent
TEXTS = [
    "Ran Kubernetes clusters. Cut costs by 40%.",
    "Wrote C++ and .NET services.\n- Node.js too",
    "Baked bread on Sundays.",
    "Überqueren 🚀 of borders.",
]


def contents(texts: list[str] = TEXTS, fingerprint: str = "hashed-1", previous: str = "") -> Contents:
    """A document and a passage a text, a unit a sentence."""
    embedder = HashEmbedder(fingerprint)
    documents, passages = [], []
    for i, text in enumerate(texts):
        source = f"bio/{i:05}.md"
        units = [Span(text.index(part), text.index(part) + len(part)) for part in text.split(". ")] if text else []
        role = Role("Engineer", "Acme", start="2019", stated=Span(1, 2)) if i == 0 else None
        documents.append(
            StoredDocument(source, "bio", f"Title {i}", text, url="https://example.org", full_text=False, role=role)
        )
        passages.append(
            Passage(
                f"p{i}", source, "bio", f"Title {i}", ("A", "B"), "Lines 1–2", 0, len(text), text, tuple(units), role
            )
        )
    manifest = Manifest(
        model="hashed words",
        fingerprint=fingerprint,
        dimensions=64,
        chunker="1",
        keywords="1",
        created="2025-01-01T00:00:00+00:00",
        previous=previous,
        sources=tuple(SourceRow(d.source, "0" * 64, d.kind, d.title, 1) for d in documents),
        refused=(),
    )
    sentences, own = embedder.encode_tokens([text for p in passages for text in p.embedded_sentences])
    return Contents(
        manifest,
        tuple(documents),
        tuple(passages),
        {"profile.toml": 'headline = "x"'},
        embedder.encode([p.embedded for p in passages]),
        sentences,
        np.concatenate([np.empty((0, TOKEN_WIDTH), np.int8), *own]),
        np.array([len(each) for each in own], dtype=np.int32),
    )


def publish(index: Path, name: str, texts: list[str] = TEXTS, fingerprint: str = "hashed-1") -> None:
    previous = disk.current(index) or ""
    store.write(disk.folder_of(index, name), contents(texts, fingerprint, previous))
    disk.publish(index, name)
    disk.tidy(index)


@pytest.fixture
def index(tmp_path: Path) -> Path:
    publish(tmp_path, "g1")
    return tmp_path


def question(text: str) -> np.ndarray:
    return HashEmbedder().encode_query(text)


def test_what_is_written_is_read(index: Path) -> None:
    wanted = contents()
    found = disk.read(disk.folder_of(index, "g1"))
    assert found.manifest == wanted.manifest
    assert found.documents == wanted.documents
    assert found.passages == wanted.passages
    assert found.extras == wanted.extras
    assert np.array_equal(found.vectors, wanted.vectors)
    assert np.array_equal(found.sentences, wanted.sentences)
    assert np.array_equal(found.tokens, wanted.tokens)
    assert np.array_equal(found.lengths, wanted.lengths)


def test_searches(index: Path) -> None:
    generation = Store(index).current()
    v = question(contents().passages[2].embedded_sentences[0])
    positions, cosines = generation.nearest(v, 3)
    assert generation.searched_by == "chroma"
    assert positions[0] == 2
    assert list(cosines) == sorted(cosines, reverse=True)
    assert cosines == pytest.approx([float(v @ question(generation.passages[p].embedded)) for p in positions], abs=1e-5)
    assert generation.cosines(v, [1, 2]) == pytest.approx(generation.vectors[[1, 2]] @ v)
    assert len(generation.nearest(v, 99)[0]) == 4
    assert generation.similar(2, [0, 2]) == pytest.approx(1)
    assert generation.similar(2, []) == -1

    units = generation.sentence_cosines(v)
    assert len(units) == sum(len(p.sentences) for p in generation.passages) == 5
    assert units[generation.units_of(2)] == pytest.approx([1])
    assert generation.units_of(0) == slice(0, 2)
    best = generation.best_sentences(units)
    assert best[0] == units[:2].max()
    assert int(best.argmax()) == 2

    assert generation.text("bio/00002.md") == TEXTS[2]
    assert generation.document("bio/00002.md").full_text is False
    assert generation.extra("profile.toml") == 'headline = "x"'
    assert generation.extra("aliases.toml") == ""
    with pytest.raises(KeyError):
        generation.text("bio/9.md")


words = st.lists(st.sampled_from(["ran", "kubernetes", "clusters", "bread", "title", "zebra"]), max_size=5)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(question=words, weights=st.lists(st.floats(0.01, 1), min_size=5, max_size=5))
def test_late_interaction_is_each_tokens_best_match(index: Path, question: list[str], weights: list[float]) -> None:
    generation = Store(index).current()
    asked = np.array([w * tokens(word)[0] / SCALE for word, w in zip(question, weights, strict=False)], np.float32)
    every = list(range(len(generation.passages)))
    all_found = generation.interactions(asked.reshape(len(question), TOKEN_WIDTH), every)
    for passage, found in zip(generation.passages, all_found, strict=True):
        held = [tokens(text) / SCALE for text in passage.embedded_sentences]
        wanted = [sum(max(float(t @ q) for t in unit) for q in asked) for unit in held] if question else []
        assert found == pytest.approx(wanted, abs=1e-4)


def test_an_index_without_tokens_has_no_late_interaction(tmp_path: Path) -> None:
    base = contents()
    none = replace(base, tokens=np.empty((0, TOKEN_WIDTH), np.int8), lengths=np.zeros_like(base.lengths))
    store.write(tmp_path / "g1", none)
    assert not len(Generation(tmp_path / "g1").interactions(tokens("bread").astype(np.float32), [0])[0])


def test_keywords(index: Path) -> None:
    generation = Store(index).current()
    assert int(generation.keyword_scores(terms("c++")).argmax()) == 1
    assert list(generation.keyword_scores(terms("kubernetes")) > 0) == [True, False, False, False]
    assert list(generation.keyword_scores(terms("zebra xylophone"))) == [0, 0, 0, 0]
    assert list(generation.keyword_scores([])) == [0, 0, 0, 0]
    assert generation.document_frequency(terms("bread")[0]) == 1
    assert generation.document_frequency(terms("title")[0]) == 4
    assert generation.document_frequency("zebra") == generation.document_frequency("") == 0


@pytest.mark.parametrize("texts", [[], [""], ["..."], ["one"], ["one", "one", "one"]])
def test_few_passages(tmp_path: Path, texts: list[str]) -> None:
    publish(tmp_path, "g1", texts)
    generation = Store(tmp_path).current()
    v = question("one")
    assert len(generation.nearest(v, 8)[0]) == len(texts)
    assert generation.sentence_cosines(v).shape == (sum(bool(t) for t in texts),)
    assert generation.best_sentences(generation.sentence_cosines(v)).shape == (len(texts),)
    assert generation.keyword_scores(["one"]).shape == (len(texts),)


@pytest.mark.slow
def test_search_over_ten_thousand_is_exact(tmp_path: Path) -> None:
    rng = np.random.default_rng(7)
    centres = rng.normal(size=(60, 384))
    vectors = (centres[rng.integers(60, size=10_000)] + 0.7 * rng.normal(size=(10_000, 384))).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    base = contents([f"text {i}" for i in range(10_000)])
    manifest = Manifest(**{f: getattr(base.manifest, f) for f in Manifest.__dataclass_fields__} | {"dimensions": 384})
    sentences = np.repeat(vectors[:1], 10_000, axis=0)
    store.write(tmp_path / "generations" / "g1", replace(base, manifest=manifest, vectors=vectors, sentences=sentences))
    generation = Generation(tmp_path / "generations" / "g1")
    for i in range(50):
        v = vectors[i] + 0.03 * rng.normal(size=384).astype(np.float32)
        v /= np.linalg.norm(v)
        assert set(generation.nearest(v, 60)[0]) == set(np.argsort(-(vectors @ v))[:60])
    assert generation.searched_by == "chroma"


@pytest.mark.parametrize(("warm", "searched_by"), [(True, "chroma"), (False, "scan")])
def test_an_open_generation_outlives_its_files(index: Path, warm: bool, searched_by: str) -> None:
    v = question(contents().passages[0].embedded_sentences[0])
    wanted = Generation(disk.folder_of(index, "g1")).nearest(v, 4)
    held = Generation(disk.folder_of(index, "g1"))
    if warm:
        held.nearest(v, 1)
    publish(index, "g2", ["other"])
    assert disk.folder_of(index, "g1").exists()
    publish(index, "g3", ["another"])
    assert sorted(p.name for p in (index / "generations").iterdir()) == ["g2", "g3"]
    positions, cosines = held.nearest(v, 4)
    assert list(positions) == list(wanted[0])
    assert np.array_equal(cosines, wanted[1])
    assert held.searched_by == searched_by
    assert held.sentence_cosines(v)[0] == pytest.approx(1)
    assert held.text("bio/00000.md") == TEXTS[0]
    assert held.keyword_scores(terms("bread")).any()


def test_an_open_store_takes_up_what_is_published(index: Path) -> None:
    opened = Store(index)
    first = opened.current()
    assert opened.current() is first
    publish(index, "g2", ["other"])
    second = opened.current()
    assert [d.text for d in second.documents] == ["other"]
    assert [d.text for d in first.documents] == TEXTS


def test_no_mix_while_publishing(tmp_path: Path) -> None:
    """Readers ask without pause while generations come and go; each question sees one of them, whole."""
    publish(tmp_path, "g0", ["version 0", "also 0"])
    opened = Store(tmp_path)
    stop = threading.Event()
    seen: set[str] = set()
    wrong: list[object] = []

    def ask() -> None:
        v = question("version")
        while not stop.is_set():
            generation = opened.current()
            positions, _ = generation.nearest(v, 2)
            words = {generation.passages[p].text.split()[1] for p in positions}
            words |= {d.text.split()[1] for d in generation.documents}
            if words != {generation.name[1:]} or generation.searched_by not in {"chroma", "scan"}:
                wrong.append((generation.name, words))
            seen.add(generation.name)

    readers = [threading.Thread(target=ask) for _ in range(3)]
    for reader in readers:
        reader.start()
    for i in range(1, 7):
        publish(tmp_path, f"g{i}", [f"version {i}", f"also {i}"])
    opened.current()
    stop.set()
    for reader in readers:
        reader.join()
    assert wrong == []
    assert len(seen) > 1


def test_many_publishes_leak_nothing(tmp_path: Path) -> None:
    def descriptors() -> int:
        return len(list(Path("/proc/self/fd").iterdir()))

    opened = Store(tmp_path)
    counts = []
    for i in range(12):
        publish(tmp_path, f"g{i}", [f"version {i}"])
        opened.current().nearest(question("version"), 1)
        counts.append(descriptors())
    from chromadb.api.shared_system_client import SharedSystemClient

    held = [path for path in SharedSystemClient._identifier_to_system if str(tmp_path) in path]
    assert len(held) == 1
    assert max(counts[-3:]) <= max(counts[:4]) + 8


def test_no_index(tmp_path: Path) -> None:
    with pytest.raises(ResumeError, match=r"there is no index in .*; run python -m ingest"):
        Store(tmp_path / "none").current()


def test_another_model(index: Path) -> None:
    opened = Store(index)
    opened.check_model("hashed words", "hashed-1")
    with pytest.raises(
        ResumeError, match=r"built with embedding model hashed words, not with other/model; .*--rebuild"
    ):
        Store(index).check_model("other/model", "f00")
    with pytest.raises(ResumeError, match=r"hashed words \(hashed-1\), not with hashed words \(hashed-2\)"):
        Store(index).check_model("hashed words", "hashed-2")
    publish(index, "g2", ["x"], fingerprint="hashed-2")
    with pytest.raises(ResumeError, match="--rebuild"):
        opened.current()


@pytest.mark.parametrize(
    "name",
    [
        "manifest.json",
        "documents.jsonl",
        "passages.jsonl",
        "passages.npy",
        "sentences.npy",
        "tokens.npy",
        "lengths.npy",
        "keywords/vocab.index.json",
        "extras.json",
    ],
)
def test_a_damaged_index(index: Path, name: str) -> None:
    file = disk.folder_of(index, "g1") / name
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])
    with pytest.raises(ResumeError, match=r"damaged \(.*run python -m ingest"):
        Store(index).current()
    file.write_bytes(b"")
    with pytest.raises(ResumeError, match=r"damaged \(.*run python -m ingest"):
        Store(index).current()
    file.unlink()
    with pytest.raises(ResumeError, match=r"damaged \(.*run python -m ingest"):
        Store(index).current()


@pytest.mark.parametrize("pointer", ["", "../..", "gone\n", "a/b"])
def test_a_damaged_pointer(index: Path, pointer: str) -> None:
    (index / "CURRENT").write_text(pointer)
    with pytest.raises(ResumeError, match="run python -m ingest"):
        Store(index).current()


def test_damaged_chroma_files_do_not_change_the_answer(index: Path) -> None:
    shutil.rmtree(disk.folder_of(index, "g1") / "vectors")
    generation = Store(index).current()
    assert generation.nearest(question("Baked bread on Sundays."), 1)[0] == [2]
    assert generation.searched_by == "scan"


def test_an_unknown_format(index: Path) -> None:
    file = disk.folder_of(index, "g1") / "manifest.json"
    file.write_text(json.dumps(asdict(disk.read_manifest(file.parent)) | {"format": 99}))
    with pytest.raises(ResumeError, match=r"index format 99, this program reads \d+; run python -m ingest"):
        Store(index).current()


@contextmanager
def mounted(folder: Path, *arguments: str) -> Iterator[None]:
    folder.mkdir(exist_ok=True)
    if subprocess.run(["mount", *arguments, str(folder)], capture_output=True, check=False).returncode:
        pytest.skip("mounting needs more rights")
    try:
        yield
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def test_a_read_only_index_answers(index: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    view = tmp_path_factory.mktemp("view")
    with mounted(view, "--bind", str(index)):
        subprocess.run(["mount", "-o", "remount,ro,bind", str(view)], check=True)
        generation = Store(view).current()
        assert generation.nearest(question("Baked bread on Sundays."), 1)[0] == [2]
        assert generation.searched_by == "scan"


def test_another_folders_env_file_is_not_read(index: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".env").write_text("CHROMA_API_IMPL=nonsense\nALLOW_RESET=true\nRESUME_LLM=x\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CHROMA_API_IMPL", "nonsense")
    generation = Store(index).current()
    generation.nearest(question("bread"), 1)
    assert generation.searched_by == "chroma"


def test_importing_is_light() -> None:
    code = (
        "import sys, rag.store; print([m for m in ('chromadb', 'bm25s', 'torch', 'onnxruntime') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=HOME)
    assert done.stdout.strip() == "[]"

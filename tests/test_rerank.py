import json
from pathlib import Path

import pytest

from rag import embed
from rag.errors import ResumeError
from rag.rerank import CrossEncoderReranker
from rag.schema import Hit, Passage


def hit(text: str, score: float) -> Hit:
    return Hit(Passage(text, "a.md", "bio", "", (), "", 0, len(text), text, ()), score)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A real, tiny, untrained cross-encoder over the bundled model's vocabulary."""
    from transformers import BertConfig, BertForSequenceClassification, PreTrainedTokenizerFast

    target = tmp_path_factory.mktemp("reranker")
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_file=str(embed.tokenizer()), pad_token="[PAD]", cls_token="[CLS]", sep_token="[SEP]"
    )
    tokenizer.save_pretrained(target)
    size = len(json.loads(embed.tokenizer().read_text())["model"]["vocab"])
    shape = {"hidden_size": 16, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 16}
    BertForSequenceClassification(BertConfig(vocab_size=size, num_labels=1, **shape)).save_pretrained(target)
    return target


@pytest.mark.slow
def test_the_models_own_scores_order_the_hits(folder: Path) -> None:
    from sentence_transformers import CrossEncoder

    texts = ["ran clusters", "baked bread", "taught physics to children", "sold cars"]
    expected = dict(zip(texts, CrossEncoder(str(folder)).predict([("who ran it", t) for t in texts]), strict=True))
    best = CrossEncoderReranker(str(folder))("who ran it", [hit(t, 0.5) for t in texts], 3)
    assert [h.passage.text for h in best] == sorted(texts, key=lambda t: -expected[t])[:3]
    assert all(0 < h.score < 1 for h in best)
    assert CrossEncoderReranker(str(folder))("q", [], 3) == []


@pytest.mark.slow
def test_a_model_that_is_not_there_is_named_with_the_fix(tmp_path: Path) -> None:
    with pytest.raises(ResumeError, match=r"none-such.*RESUME_RERANKER"):
        CrossEncoderReranker(str(tmp_path / "none-such"))

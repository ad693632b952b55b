import base64
import copy
import hashlib
import json
import re
from html.parser import HTMLParser
from typing import Any

import pytest

from eval.charts import charts, plane, risk_at, written
from eval.html import PAGE, agreement, page

HOSTILE = "\"'><script>alert(1)</script><img src=x onerror=alert(1)>\u202e{{ 7 * 7 }}\ud800"


def result(id: str, right: bool, **more: Any) -> dict[str, Any]:
    return {
        "id": id,
        "kind": "fact",
        "split": "dev",
        "origin": "written",
        "question": f"question {id}",
        "history": [],
        "standalone_question": f"question {id}",
        "answerable": True,
        "expected": [["400M", "re:\\d+"]],
        "forbidden": [],
        "sources": ["a.md"],
        "answer": "",
        "note": "",
        "decision": "answer",
        "reason": None,
        "confidence": 0.9,
        "text": f"said of {id} [1]",
        "right": right,
        "why": [] if right else ["the fact “400M” is not stated"],
        "statements": [{"text": "said", "citations": [1], "supported": None}],
        "citations": [
            {
                "number": 1,
                "source": "a.md",
                "title": "A",
                "locator": "Line 3",
                "quote": "cut costs",
                "start": 3,
                "end": 12,
                "before": "We ",
                "after": " by 40%",
                "faithful": right,
            }
        ],
        "hits": [{"source": "a.md", "locator": "Line 3", "score": 0.7}],
        "scores": {"right": float(right), "token_f1": None},
        "not_judged": ["faithfulness"],
        "error": None,
    } | more


def row(of: str, mean: float | None, low: float | None = None, high: float | None = None) -> dict[str, Any]:
    return {"of": of, "n": 0 if mean is None else 3, "mean": mean, "low": low, "high": high, "not_judged": 2}


REPORT: dict[str, Any] = {
    "version": 1,
    "engine": "extractive",
    "index": {"generation": "g", "documents": 2, "passages": 5, "embedding_model": "m", "chunker": "3"},
    "cases": {
        "files": [{"path": "eval/cases.jsonl", "sha256": "ab" * 32}],
        "n": 8,
        "written": 7,
        "suggested": 1,
        "by_kind": {"fact": 8},
        "by_split": {"dev": 8},
    },
    "scores": [
        {
            "metric": "right",
            "group": "decision",
            "unit": "share",
            "better": "higher",
            "about": "a <b>",
            "rows": [row("all", 0.75, 0.5, 1.0), row("fact", None), row("origin:suggested", 1.0, 1.0, 1.0)],
        },
        {
            "metric": "usd",
            "group": "cost",
            "unit": "usd",
            "better": "lower",
            "rows": [row("all", 0.02, 0.01, 0.04)],
        },
    ],
    "risk_coverage": {"points": [[0.5, 0.0], [1.0, 0.25]], "aurc": 0.1, "n": 4},
    "thresholds": [
        {"metric": "usd", "of": "all", "bar": 0.1, "value": 0.02, "met": True},
        {"metric": "right", "of": "all", "bar": 0.9, "value": 0.75, "met": False},
        {"metric": "right", "of": "fact", "bar": 0.9, "value": None, "met": None},
    ],
    "judge": {"model": "scripted:one", "n": 7, "not_judged": 1, "kappa": {"support": 0.71, "correctness": None}},
    "results": [
        *(result(f"c{i}", i != 2, origin="suggested" if i == 4 else "written") for i in range(7)),
        result(
            "bad",
            False,
            question="javascript:alert(1)",
            history=[[HOSTILE, HOSTILE]],
            expected=[[HOSTILE], ["re:" + HOSTILE]],
            forbidden=[HOSTILE],
            sources=[HOSTILE],
            note=HOSTILE,
            text=HOSTILE,
            why=[HOSTILE],
            error=HOSTILE,
            statements=[{"text": HOSTILE, "citations": [1]}],
            citations=[
                {
                    "number": 1,
                    "source": HOSTILE,
                    "title": HOSTILE,
                    "locator": HOSTILE,
                    "quote": HOSTILE,
                    "start": 0,
                    "end": 1,
                    "before": HOSTILE,
                    "after": HOSTILE,
                    "faithful": False,
                }
            ],
            hits=[{"source": "javascript:alert(1)", "locator": HOSTILE, "score": 0.5}],
        ),
    ],
    "timings": {
        "p50_ms": 5.25,
        "p95_ms": 1200.0,
        "total_s": 3.1,
        "per_case_ms": {f"c{i}": float(i) for i in range(7)},
        "date": "2026-11-24T00:00:00+00:00",
    },
}


class Read(HTMLParser):
    """Elements with their attributes, the text below each id, and what is not closed."""

    VOID = frozenset("meta link input br img".split())

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.blocks: dict[str, str] = {}
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        inside = self.open[-1] if self.open else ""
        if inside in {"style", "script"}:
            self.blocks[inside] = data
        else:
            self.text += data

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attrs for name, attrs in self.elements if name == tag]


@pytest.fixture(scope="module")
def read() -> Read:
    return Read(page(REPORT))


def several() -> dict[str, Any]:
    other = copy.deepcopy(REPORT) | {"engine": "openai:x", "judge": None}
    other["results"][0] |= {"right": False, "why": ["it was refused"], "text": "another answer"}
    other["results"].append(result("only there", True))
    return {"version": 1, "engines": [REPORT, other]}


@pytest.mark.parametrize("report", [REPORT, several()], ids=["one", "several"])
def test_every_element_is_closed_and_every_id_is_one(report: dict[str, Any]) -> None:
    found = Read(page(report))
    assert not found.open
    ids = [attrs["id"] for _, attrs in found.elements if "id" in attrs]
    assert len(set(ids)) == len(ids)
    referred = [attrs["aria-labelledby"] for _, attrs in found.elements if "aria-labelledby" in attrs]
    targets = [(attrs["href"] or "").removeprefix("#") for attrs in found.all("a")]
    assert set(referred) | set(targets) <= set(ids)


@pytest.mark.parametrize("report", [REPORT, several()], ids=["one", "several"])
def test_what_others_wrote_is_text_and_nothing_else(report: dict[str, Any]) -> None:
    found = Read(page(report))
    assert len(found.all("script")) == 1
    assert not found.all("img")
    assert not [name for _, attrs in found.elements for name in attrs if name.startswith("on") or name == "style"]
    assert all((attrs["href"] or "").startswith("#") for attrs in found.all("a"))
    assert found.text.count("<script>alert(1)</script>") >= 12
    assert "{{ 7 * 7 }}" in found.text
    assert "javascript:alert(1)" in found.text


def test_only_its_own_style_and_script_may_run(read: Read) -> None:
    policy = next(m["content"] or "" for m in read.all("meta") if m.get("http-equiv") == "Content-Security-Policy")
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    for name in ("style", "script"):
        digest = base64.b64encode(hashlib.sha256(read.blocks[name].encode()).digest()).decode()
        assert f"{name}-src 'sha256-{digest}'" in policy


def test_nothing_is_fetched(read: Read) -> None:
    assert not re.search(r"https?:|url\(|@import", page(REPORT))
    assert [attrs["href"] for attrs in read.all("link")] == ["data:,"]


def test_it_can_be_written_although_a_document_holds_half_a_character() -> None:
    assert page(REPORT).encode("utf-8")


def test_every_table_has_a_caption_and_every_field_a_label(read: Read) -> None:
    tags = [tag for tag, _ in read.elements]
    assert tags.count("table") == tags.count("caption") > 5
    fields = [i for i, tag in enumerate(tags) if tag in {"select", "input"}]
    assert all("label" in tags[i - 13 : i] for i in fields)
    assert len(fields) == tags.count("label") == 4
    assert {"main", "header", "footer", "nav"} <= set(tags)


def test_the_cases_that_failed_come_first_and_are_open(read: Read) -> None:
    cases = [attrs for attrs in read.all("details") if attrs.get("class") == "case"]
    assert [c["data-outcome"] for c in cases] == ["wrong"] * 2 + ["right"] * 6
    # c2 is slow as well as wrong; c6 … c3 are the slowest of the right ones
    assert ["open" in c for c in cases] == [True] * 6 + [False] * 2
    assert sum(c["data-origin"] == "suggested" for c in cases) == 1
    assert "the fact “400M” is not stated" in read.text
    assert "✗ not what the document says there" in read.text


def test_quotes_are_marked_in_their_context() -> None:
    assert "…We <mark>cut costs</mark> by 40%…" in page(REPORT)


def test_thresholds_judge_and_origins_are_told(read: Read) -> None:
    said = " ".join(read.text.split())
    assert "✗ 1 of 3 missed." in said
    assert said.index("≥ 90.0 % 75.0 % ✗ missed") < said.index("≤ $0.1000 $0.0200 ✓ met")
    assert "– not measured" in said
    assert "scripted:one gave 7 judgements; 1 more" in said
    assert "support0.71substantial" in said.replace(" ", "")
    assert "7 written by a person, 1 suggested by the program" in said


def test_engines_stand_side_by_side() -> None:
    found = Read(page(several()))
    said = " ".join(found.text.split())
    assert "extractive: ✓ right" in said
    assert "openai:x: ✗ wrong" in said
    assert "said of c0" in said
    assert "another answer" in said
    cases = [attrs for attrs in found.all("details") if attrs.get("class") == "case"]
    assert [c["data-outcome"] for c in cases].count("wrong") == 3
    assert len(cases) == 9


def test_a_report_in_which_nothing_was_measured() -> None:
    empty = copy.deepcopy(REPORT) | {
        "results": [],
        "thresholds": [],
        "judge": None,
        "risk_coverage": {"points": [], "aurc": None, "n": 0},
    }
    empty["timings"] |= {"p50_ms": None, "p95_ms": None, "per_case_ms": {}}
    for score in empty["scores"]:
        score["rows"] = [row("all", None)]
    text = page(empty)
    assert "No engine says how sure it is." in text
    assert "No model was asked to judge" in text
    assert not Read(text).open


def test_a_whisker_stands_where_its_figures_are() -> None:
    right, usd = charts([REPORT])
    whisker = right.overall.whiskers[0]
    assert (whisker.low, whisker.at, whisker.high, right.overall.bar) == (50.0, 75.0, 100.0, 90.0)
    assert (whisker.figure, whisker.interval) == ("75.0 %", "50.0–100.0 %")
    assert (usd.overall.whiskers[0].at, usd.end) == (50.0, "$0.0400")  # the axis ends at the highest interval
    assert right.lines[1].whiskers[0].figure == ""


def test_the_risk_between_two_points_follows_the_errors() -> None:
    points = [(0.5, 0.0), (1.0, 0.25)]  # of 4: two right, then a tie of one right and one wrong
    assert risk_at(0.25, points) == 0.0
    assert risk_at(0.75, points) == pytest.approx(0.125 / 0.75)  # half an error in three
    assert risk_at(1.0, points) == 0.25
    found = plane([REPORT])
    assert found is not None
    assert found.risks[0].at == ("0.0 %", "0.0 %", "16.7 %", "25.0 %")
    assert found.risks[0].path.endswith("640.0,50.0")  # 0.25 of an axis that ends at 0.3
    assert found.up[-1] == (0, "30 %")


@pytest.mark.parametrize(
    ("kappa", "word"),
    [
        (None, "not defined"),
        (-0.1, "none beyond chance"),
        (0.1, "slight"),
        (0.7, "substantial"),
        (1.0, "almost perfect"),
    ],
)
def test_kappa_in_words(kappa: float | None, word: str) -> None:
    assert agreement(kappa) == word


def test_figures_with_their_units() -> None:
    assert [written(0.1234), written(1234.5, "tokens"), written(0.5, "usd"), written(None)] == [
        "12.3 %", "1,234", "$0.5000", "–",
    ]  # fmt: skip


def _luminance(colour: str) -> float:
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
def test_text_has_contrast_aa(scheme: int) -> None:
    """WCAG 2.2, 1.4.3: 4.5 to 1."""
    css = (PAGE / "report.css").read_text(encoding="utf-8")
    roots = re.findall(r":root \{(.*?)\}", css, re.DOTALL)
    colours = dict(re.findall(r"--([\w-]+): (#\w{6})", roots[scheme]))
    pairs = [(ink, paper) for ink in ("ink", "soft", "accent", "good", "bad") for paper in ("paper", "raised")]
    pairs += [("mark-ink", "mark"), ("bad", "bad-soft"), ("ink", "bad-soft")]
    for ink, paper in pairs:
        light, dark = sorted((_luminance(colours[ink]), _luminance(colours[paper])), reverse=True)
        assert (light + 0.05) / (dark + 0.05) >= 4.5, (ink, paper)


def test_the_report_is_json_as_it_is_read() -> None:
    assert page(json.loads(json.dumps(REPORT))) == page(REPORT)

"""report.json → JUnit XML: a test case a question, and one a threshold."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from xml.etree import ElementTree

from eval.markdown import Run, runs

_UNFIT = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that XML 1.0 cannot hold."""


def xml(report: Mapping[str, Any]) -> str:
    """The document. Thresholds are a suite of their own: they, not single questions, decide the exit status."""
    root = ElementTree.Element("testsuites", name="python -m eval")
    for run in runs(report):
        _questions(run, root)
        _thresholds(run, root)
    ElementTree.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ElementTree.tostring(root, encoding="unicode") + "\n"


def _questions(run: Run, root: ElementTree.Element) -> None:
    results = run["results"]
    errors = sum(r["error"] is not None for r in results)
    wrong = sum(not r["right"] for r in results) - errors
    spent = run["timings"]["per_case_ms"]
    suite = _suite(root, f"{run['engine']}: questions", len(results), wrong, errors)
    for result in results:
        name = _fit(f"{result['id']}: {result['question']}")
        seconds = f"{spent.get(result['id'], 0.0) / 1000:.4f}"
        case = ElementTree.SubElement(
            suite, "testcase", classname=_fit(f"{run['engine']}.{result['kind']}"), name=name, time=seconds
        )
        if not result["right"]:
            tag = "failure" if result["error"] is None else "error"
            made = ElementTree.SubElement(case, tag, message=_fit("; ".join(result["why"])))
            made.text = _fit(result["text"])


def _thresholds(run: Run, root: ElementTree.Element) -> None:
    bars = run["thresholds"]
    if not bars:
        return
    suite = _suite(root, f"{run['engine']}: thresholds", len(bars), sum(b["met"] is False for b in bars), 0)
    for bar in bars:
        name = f"{bar['metric']} ({bar['of']})"
        case = ElementTree.SubElement(suite, "testcase", classname=f"{run['engine']}.thresholds", name=name)
        if bar["met"] is False:
            ElementTree.SubElement(case, "failure", message=f"{name} is {bar['value']:.3f}, the bar is {bar['bar']}")
        elif bar["met"] is None:
            ElementTree.SubElement(case, "skipped", message="no question measures it")


def _suite(root: ElementTree.Element, name: str, tests: int, failures: int, errors: int) -> ElementTree.Element:
    counts = {"tests": str(tests), "failures": str(failures), "errors": str(errors)}
    return ElementTree.SubElement(root, "testsuite", {"name": _fit(name), **counts})


def _fit(text: str) -> str:
    return _UNFIT.sub("\ufffd", text)

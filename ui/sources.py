"""The source view: a document's text, escaped, which `source.js` highlights at `#start-end`."""

from __future__ import annotations

import re
from html import escape

from starlette.responses import HTMLResponse, Response

from rag.store import Generation
from ui.headers import policy
from ui.problems import Problem


def page(generation: Generation, source: str, owner: str) -> Response:
    """A document of the index; raises Problem for anything else, so that no path leads to the disk."""
    try:
        document = generation.document(source)
    except KeyError:
        raise Problem(404, "no-source", "No such document", "There is no such document here.") from None
    title = document.title or source
    html = (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="robots" content="noindex">'
        f"<title>{escape(title)} · Source</title>"
        '<link rel="icon" href="/favicon.svg"><link rel="stylesheet" href="/static-ui/source.css">'
        '<script src="/static-ui/source.js" defer></script></head>'
        f'<body><header><a href="/">← Ask about {escape(owner)}</a></header>'
        f'<main><h1>{escape(title)}</h1><p class="path">{escape(source)}</p>'
        '<p id="found" class="found" role="status"></p>'
        f"{''.join(_part(*part) for part in parts(generation, source))}</main></body></html>"
    )
    return HTMLResponse(html, headers={"Content-Security-Policy": policy()})


def parts(generation: Generation, source: str) -> list[tuple[str, str]]:
    """The document's text in order, cut at its pages where it has any: (heading, text), which add up to the text."""
    text = generation.text(source)
    starts: dict[str, int] = {}
    before = 0
    for passage in sorted((p for p in generation.passages if p.source == source), key=lambda p: p.start):
        if (found := re.match(r"Page \d+", passage.locator)) and found[0] not in starts:
            # A page's first heading is above its first passage; two line ends are between it and the page before.
            gap = text.find("\n\n", before, passage.start)
            starts[found[0]] = passage.start if gap < 0 else gap + 2
        before = passage.end
    if not starts:
        return [("", text)]
    names = list(starts)
    cuts = [0, *[starts[name] for name in names[1:]], len(text)]
    return [(name, text[cuts[i] : cuts[i + 1]]) for i, name in enumerate(names)]


def _part(heading: str, text: str) -> str:
    # A parser drops a newline right after <pre> and turns \r into \n; either would shift every offset after it.
    kept = escape(text).replace("\r", "&#13;")
    title = f"<h2>{escape(heading)}</h2>" if heading else ""
    return f'<section class="part">{title}<pre class="text">\n{kept}</pre></section>'

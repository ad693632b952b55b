"""What the page shows, as HTML: pure, and every word from elsewhere escaped.

The HTML is handed to a Markdown component, whose parser leaves an HTML block alone up to a blank line: so there is no
newline in it at all. What escapes here is sanitised once more in the browser.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from urllib.parse import quote

from rag.profile import Profile
from ui import contact
from ui.turn import Card, Line, Turn


def words(text: str) -> str:
    """Escaped text; line breaks are kept as elements."""
    return "<br>".join(escape(part) for part in text.replace("\r\n", "\n").replace("\r", "\n").split("\n"))


def source_url(card: Card) -> str:
    """Where the source view shows the quote."""
    return f"/sources/{quote(card.source, safe='/')}#{card.start}-{card.end}"


def masthead(owner: Profile) -> str:
    """Name and headline."""
    title = owner.display_name or "Ask My Resume"
    line = f'<p class="headline">{words(owner.headline)}</p>' if owner.headline else ""
    return f'<header class="masthead"><h1>{words(title)}</h1>{line}</header>'


def welcome(owner: Profile, suggested: Sequence[str]) -> str:
    """What stands in place of a conversation before there is one."""
    of = f"{words(owner.display_name)}’s work" if owner.display_name else "this career"
    return (
        f'<section class="welcome"><h2>Ask anything about {of}</h2>'
        "<p>Every sentence of an answer comes from the documents and shows where it stands. "
        "What they do not say, you will not hear.</p>"
        f"{questions(suggested)}</section>"
    )


def questions(suggested: Sequence[str]) -> str:
    """Questions as buttons that ask themselves."""
    if not suggested:
        return ""
    buttons = "".join(f'<li><button type="button" class="ask">{words(one)}</button></li>' for one in suggested)
    return f'<ul class="suggested">{buttons}</ul>'


def conversation(turns: Sequence[Turn], first: int = 1) -> str:
    """Turns, oldest first; `first` is the number of the oldest."""
    return "".join(turn(one, number) for number, one in enumerate(turns, first))


def turn(shown: Turn, number: int) -> str:
    """A question, its answer and its sources."""
    body = _refusal(shown, number) if shown.decision == "refuse" else _answer(shown, number)
    sources = _sources(shown, number)
    # Classes and titles carry what the page's script needs: the browser's sanitiser drops `data-` and `aria-`.
    kind = f"is-{shown.state} of-{shown.decision}{' has-sources' if sources else ''}"
    return (
        f'<article class="turn {kind}" id="turn-{number}">'
        f'<h2 class="question"><span class="unseen">You asked: </span>{words(shown.question)}</h2>'
        f'<div class="reply">{body}{_foot(shown)}</div>{sources}</article>'
    )


def _answer(shown: Turn, number: int) -> str:
    note = f'<p class="note">{words(shown.note)}</p>' if shown.note else ""
    if shown.state == "waiting" and not note:
        note = '<p class="note pulse">Looking through the documents…</p>'
    if shown.state == "failed":
        note += f'<button type="button" class="ask again" title="{escape(shown.question)}">Ask again</button>'
    return f"{_lead(shown)}{_lines(shown.lines, shown.cards, number)}{note}"


def _refusal(shown: Turn, number: int) -> str:
    parts = [_lead(shown), _lines(shown.lines, shown.cards, number)]
    if shown.contact:
        url = contact.url(shown.contact)
        name = f'<a href="{escape(url)}" target="_blank" rel="noopener noreferrer">{words(shown.contact)}</a>'
        parts.append(f'<p class="contact">Ask directly: {name if url else words(shown.contact)}</p>')
    if shown.suggested:
        parts.append(f'<p class="instead">The documents can answer:</p>{questions(shown.suggested)}')
    return "".join(parts)


def _lead(shown: Turn) -> str:
    return f'<p class="lead">{words(shown.lead)}</p>' if shown.lead else ""


def _lines(lines: Sequence[Line], cards: Sequence[Card], number: int) -> str:
    by_number = {card.number: card for card in cards}
    shown = [
        f"{words(line.text)}{''.join(_chip(by_number[n], number) for n in line.cards if n in by_number)}"
        for line in lines
    ]
    if len(shown) == 1:
        return f'<p class="said">{shown[0]}</p>'
    return f'<ul class="said">{"".join(f"<li>{one}</li>" for one in shown)}</ul>' if shown else ""


def _chip(card: Card, number: int) -> str:
    label = " ".join(f"Source {card.number}: {card.title or card.source}, {card.locator}".split())
    return (
        f' <a class="chip to-{number}-{card.number}" href="{escape(source_url(card))}" target="_blank"'
        f' rel="noopener noreferrer" title="{escape(label)}">{card.number}</a>'
    )


def _sources(shown: Turn, number: int) -> str:
    if not shown.cards:
        return ""
    cards = "".join(_card(card, number) for card in shown.cards)
    return f'<section class="sources"><h3>Sources</h3><ol>{cards}</ol></section>'


def _card(card: Card, number: int) -> str:
    return (
        f'<li class="card" id="card-{number}-{card.number}"><a class="place" href="{escape(source_url(card))}"'
        ' target="_blank" rel="noopener noreferrer">'
        f'<span class="number">{card.number}</span> <span class="title">{words(card.title or card.source)}</span>'
        f' <span class="locator">{words(card.locator)}</span><span class="unseen"> (opens the document)</span></a>'
        f'<blockquote><span class="around">{words(card.before)}</span><mark>{words(card.quote)}</mark>'
        f'<span class="around">{words(card.after)}</span></blockquote><p class="path">{words(card.source)}</p></li>'
    )


def _foot(shown: Turn) -> str:
    if shown.state == "writing":
        return '<p class="note pulse">Writing…</p>'
    if shown.state != "done":
        return ""
    said = engine(shown)
    return (
        f'<div class="foot"><p class="engine">{words(said)}</p><p class="tools">'
        '<button type="button" class="tool copy">Copy</button>'
        '<button type="button" class="tool vote up" title="This answer helped">Helpful</button>'
        '<button type="button" class="tool vote down" title="This answer did not help">Not helpful</button>'
        '<span class="thanks"></span></p></div>'
    )


def engine(shown: Turn) -> str:
    """Who wrote the answer, and what came of checking it."""
    if shown.engine == "extractive":
        who = "Quoted from the documents by the offline engine"
    else:
        who = f"Written by {shown.engine}"
    if not shown.lines:
        return who if shown.engine != "extractive" else "Answered by the offline engine"
    withheld = ""
    if shown.withheld:
        withheld = f" · {shown.withheld} sentence{'s' if shown.withheld > 1 else ''} withheld"
    return f"{who} · checked against sources{withheld}"

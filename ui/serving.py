"""Settings → the app that is served, with everything around it that holds for every way in."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from starlette.types import ASGIApp

from rag import wiring
from rag.settings import Settings
from ui import api, surface
from ui.bodies import Bodies
from ui.desk import Desk, Warming
from ui.headers import Headers
from ui.joins import Joins
from ui.limits import Gate, Limits, SqliteWindows
from ui.log import Log
from ui.methods import Methods
from ui.origins import Origins
from ui.streams import Streams
from ui.suggestions import Suggestions
from ui.visitors import Visitors

if TYPE_CHECKING:
    from rag.assistant import Assistant

WIRE: dict[str, Any] = {
    "http": "h11",  # the quicker httptools takes headers without end
    "h11_max_incomplete_event_size": 32 * 1024,
    "ws": "none",
    "proxy_headers": False,  # `Visitors` knows which proxies are trusted
    "server_header": False,
}
"""For uvicorn, whoever runs it."""


def build(settings: Settings, make: Callable[[Settings], Assistant] = wiring.assistant) -> tuple[Desk, ASGIApp]:
    """The desk, whose warm-up has not begun, and the app around it."""
    windows = SqliteWindows(settings.state / "visitors.sqlite")

    def assistant() -> Assistant:
        made = make(settings)
        made.warm()
        return made

    desk = Desk(
        Warming(assistant),
        lambda: wiring.owner(settings.index),
        Limits(windows, settings.per_minute, settings.per_day),
        Limits(windows, 2 * settings.per_minute, 2 * settings.per_day, "thumbs"),
        Gate(settings.at_once, settings.queue),
        Log(settings.state / "log.sqlite" if settings.log else None),
    )
    joins = Limits(windows, 10 * settings.per_minute, 10 * settings.per_day, "joins")
    return desk, around(desk, settings, joins)


def around(desk: Desk, settings: Settings, joins: Limits) -> ASGIApp:
    """The app, and outside of it what no way in may miss; outermost last."""
    from ui import page

    inner = api.build(desk, settings.llm or "extractive", settings.per_minute, settings.per_day)
    suggestions = Suggestions(lambda: desk.warming.assistant, desk.owner)
    gradio = page.mount(inner, desk, suggestions)
    surface.close(gradio)
    inner.router.routes[-1].app = surface.Front(inner.router.routes[-1].app, desk.owner)  # type: ignore[attr-defined]
    app: ASGIApp = Streams(inner, desk.closed)
    app = Joins(app, page.events(gradio), joins)
    app = Bodies(app)
    app = Methods(app)
    app = Origins(app, settings.allowed_origins)
    app = Visitors(app, settings.trusted_proxies)
    return Headers(app, settings.allowed_origins)

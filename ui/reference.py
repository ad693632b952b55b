"""`/api/docs`: the OpenAPI description as a plain page, since FastAPI's own loads its scripts from another host."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from html import escape
from typing import Any

from starlette.responses import HTMLResponse, Response

from ui.headers import policy


def page(openapi: Mapping[str, Any]) -> Response:
    """Every operation with its words and its body's schema."""
    schemas = openapi.get("components", {}).get("schemas", {})
    parts = [
        _operation(path, method, of) for path, methods in openapi["paths"].items() for method, of in methods.items()
    ]
    parts += [
        f"<h2>{escape(name)}</h2><pre tabindex=0>{escape(json.dumps(schema, indent=2, ensure_ascii=False))}</pre>"
        for name, schema in schemas.items()
        if name in ("Ask", "Feedback")
    ]
    html = (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<title>API · Ask My Resume</title><link rel="icon" href="/favicon.svg">'
        '<link rel="stylesheet" href="/static-ui/source.css"></head><body><main>'
        '<h1>HTTP API</h1><p>The machine-readable description is <a href="/api/openapi.json">/api/openapi.json</a>.</p>'
        f"{''.join(parts)}</main></body></html>"
    )
    return HTMLResponse(html, headers={"Content-Security-Policy": policy()})


def _operation(path: str, method: str, of: Mapping[str, Any]) -> str:
    answers = "".join(
        f"<li>{escape(status)}: {escape(answer['description'])}</li>"
        for status, answer in sorted(of["responses"].items())
    )
    about = re.sub("`([^`]+)`", r"<code>\1</code>", escape(of.get("description", "")))
    return (
        f"<section><h2><code>{escape(method.upper())} {escape(path)}</code></h2>"
        f"<p><strong>{escape(of.get('summary', ''))}.</strong> {about}</p>"
        f"<ul>{answers}</ul></section>"
    )

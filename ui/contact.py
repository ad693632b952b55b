"""Where a contact leads: text of the owner's, which becomes a link only where it is plainly one."""

from __future__ import annotations

import re
from urllib.parse import urlsplit


def url(contact: str) -> str:
    """A `mailto:` or `https:` address of the contact, empty where it is neither."""
    contact = contact.strip()
    if re.fullmatch(r"[\w.+%-]+@[\w-]+(?:\.[\w-]+)+", contact):
        return f"mailto:{contact}"
    if re.fullmatch(r"(?:https?://|mailto:)\S+", contact, re.IGNORECASE):
        return contact
    if re.fullmatch(r"[a-z0-9-]+(?:\.[a-z0-9-]+)+(?:/\S*)?", contact, re.IGNORECASE):
        return f"https://{contact}" if urlsplit(f"https://{contact}").hostname else ""
    return ""

"""Whether a name that is also an ordinary word is meant as a name: by its capital, or by what surrounds it."""

from __future__ import annotations

import re

from rag.terms import titled

# What surrounds a lower-case word that is a name as well as a word ("does she know rust?", "go developer").
_CUE = (
    r"\b(?:us(?:e|es|ed|ing)|know|knows|knew|learn(?:ed|t)?|wrote"
    r"|(?:program(?:s|med|ming)?|cod(?:e|es|ed|ing)|writ(?:e|es|ing|ten)|skills?) in"
    r"|work(?:ed)? (?:with|in)|working with"
    r"|(?:experienced?|skilled|proficient|familiar|fluent|good|comfortable|expertise|background)"
    r" (?:with|in|at|of|using)"
    r")(?: any)? "
)
_CLOSE = (
    r"(?=\s*(?:[?.,!;]|$|(?:and|or|at|in|for|on|experience|professionally|code|programming|before|daily|regularly)\b))"
)
_TRADE = r" (?:experience|skills?|knowledge|expertise|developer|programmer|engineer|code|projects?)\b"


def capital(name: str, question: str) -> bool:
    """Written with its capital, and not only because it opens the question or because everything has one."""
    proper = name[:1].upper() + name[1:]
    if re.fullmatch(rf"\W*{re.escape(proper)}\W*", question, re.IGNORECASE):
        return True
    return not titled(question) and any(
        match.start() > 0 for match in re.finditer(rf"(?<![\w.#+]){re.escape(proper)}(?![\w#]|\+\+|\.\w)", question)
    )


def cued(name: str, question: str) -> bool:
    """Written in lower case where only a name makes sense: "does she know rust?"."""
    name = re.escape(name)
    return re.search(rf"{_CUE}{name}(?!\w){_CLOSE}|(?<![\w.]){name}{_TRADE}", question, re.IGNORECASE) is not None

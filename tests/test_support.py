import datetime as dt

import pytest

from eval.support import by_rule
from rag.schema import Citation

TODAY = dt.date(2026, 1, 15)
ROLE = "title: Staff Engineer\nemployer: Acme, Inc.\nstart: 2016-09\nend: 2019-02\nlocation: Porto"
HEADING = "### Ward Manager, Santa Clara Hospital\nMarch 2021 – present | Porto"
WORDS = "Served 400M users: on three\n continents."


def citation(quote: str, title: str = "A talk", locator: str = "Skills › Languages") -> Citation:
    return Citation(1, "a.md", title, locator, quote, 0, len(quote))


@pytest.mark.parametrize(
    ("statement", "quotes", "carried"),
    [
        ("Served 400M users: on three continents.", [WORDS], True),
        ("Served 401M users: on three continents.", [WORDS], False),
        ("Served 40 users", ["Served 400 users"], False),
        ("erved 400M users", [WORDS], False),
        ("400M — Served 400M users: on three continents.", [WORDS], True),
        ("500M — Served 400M users: on three continents.", [WORDS], False),
        ("As Staff Engineer at Acme, Inc.: Served 400M users: on three continents.", [WORDS, ROLE], True),
        ("400M — As Staff Engineer at Acme, Inc. (inferred): Served 400M users", [WORDS, ROLE], True),
        ("As Staff Engineer at Rapido: Served 400M users", [WORDS, ROLE], False),
        ("As Staff Engineer at Acme, Inc.: Served 400M users", [WORDS], False),
        ("As Staff Engineer at Acme, Inc.: Served no users", [WORDS, ROLE], False),
        ("In “A talk”: Served 400M users", [WORDS], True),
        ("A talk: Served 400M users", [WORDS], True),
        ("Languages: Served 400M users", [WORDS], True),
        ("In “Another talk”: Served 400M users", [WORDS], False),
        ("Staff Engineer at Acme, Inc., 2016-09 to 2019-02 (2 years 6 months), Porto.", [ROLE], True),
        ("2 years 6 months: Staff Engineer at Acme, Inc., 2016-09 to 2019-02 (2 years 6 months), Porto.", [ROLE], True),
        ("2019-02: Staff Engineer at Acme, Inc., 2016-09 to 2019-02 (2 years 6 months), Porto.", [ROLE], True),
        ("Staff Engineer at Acme, Inc., 2016-09 to 2019-02 (3 years 6 months), Porto.", [ROLE], False),
        ("Staff Engineer at Acme, Inc., 2016-09 to 2019-03 (2 years 7 months), Porto.", [ROLE], False),
        ("Staff Engineer at Acme, Inc., Lisbon.", [ROLE], False),
        ("Ward Manager at Santa Clara Hospital, 2021-03 to present (4 years 11 months), Porto.", [HEADING], True),
        ("Ward Manager at Santa Clara Hospital, March 2021 – present (4 years 11 months), Porto.", [HEADING], True),
        ("Ward Manager at Santa Clara Hospital, March 2021 – present (5 years 11 months), Porto.", [HEADING], False),
        (
            "March 2021: Ward Manager at Santa Clara Hospital, April 2021 – present (4 years 10 months)",
            [HEADING],
            False,
        ),
        ("Ward Manager at Santa Clara Hospital, since 2021-03.", [HEADING], True),
        ("Ward Manager at Santa Clara Hospital, since 2021-04.", [HEADING], False),
        ("Handovers that work (2023-05-02)", ["Handovers that work", "date: 2023-05-02"], True),
        ("Handovers that work (2023-06-02)", ["Handovers that work", "date: 2023-05-02"], False),
        ("9 years 1 month in total, from 2016-09 to now, computed from the dates of 2 roles.", [ROLE, HEADING], None),
        ("By the stated dates no two roles overlap.", [ROLE], None),
        ("Anything at all", [], False),
    ],
)
def test_what_the_offline_engine_says(statement: str, quotes: list[str], carried: bool | None) -> None:
    assert by_rule(statement, [citation(q) for q in quotes], True, TODAY) is carried


def test_other_words_of_a_model_are_for_a_judge() -> None:
    quotes = [citation(WORDS)]
    assert by_rule("Four hundred million people were served.", quotes, False, TODAY) is None
    assert by_rule("Served 400M users", quotes, False, TODAY) is True
    assert by_rule("Served 400M users", [], False, TODAY) is False

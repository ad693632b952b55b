import pytest

from rag.glossary import glossed


@pytest.mark.parametrize(
    ("quote", "purpose"),
    [
        ("Implemented secret management with Vault", "passwords"),
        ("Follows TDD", "tests are written before the code"),
        ("Follows test-driven development", "tests are written before the code"),
        ("Provisioned AWS with Terraform", "by scripts instead of by hand"),
        ("Moved the ledger to PostgreSQL", "stores data"),
    ],
)
def test_what_a_thing_is_for_is_said_beside_it(quote: str, purpose: str) -> None:
    found = glossed(f"Engineer · Acme\n{quote}", quote)
    assert found.startswith(f"Engineer · Acme\n{quote} (")
    assert purpose in found


@pytest.mark.parametrize(
    "quote",
    ["Jumped over the vault", "The rest of the acid", "Baked bread", "", "The reaction was cold, the sparks flew"],
)
def test_what_names_nothing_stays_as_it_is(quote: str) -> None:
    assert glossed(quote, quote) == quote


def test_only_what_the_quote_names_is_explained() -> None:
    assert glossed("Vault and Terraform\nBaked bread", "Baked bread") == "Vault and Terraform\nBaked bread"


def test_a_purpose_that_two_names_share_is_said_once() -> None:
    assert glossed("PostgreSQL and Redis", "PostgreSQL and Redis").count("stores data") == 1

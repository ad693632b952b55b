from rag.breaker import Breaker


def test_it_opens_after_five_failures_in_a_row_and_tries_once_a_minute() -> None:
    now = 0.0
    breaker = Breaker(5, 60, lambda: now)
    for _ in range(4):
        breaker.failed()
    breaker.succeeded()
    for _ in range(4):
        breaker.failed()
    assert breaker.allows()
    breaker.failed()
    assert not breaker.allows()
    now = 61
    assert breaker.allows()
    assert not breaker.allows()  # one at a time
    breaker.succeeded()
    assert breaker.allows()
    assert breaker.allows()

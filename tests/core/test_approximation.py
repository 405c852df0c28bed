from desktop.core.approximation import Approximation, sentence, words

FOUND = Approximation(0.9996, 200, 250_000, 6, 1_000)


def test_what_is_missed_is_never_rounded_away():
    assert words(FOUND) == "approximate search, finds 99.9 % of what exact search would"
    assert "100 %" in words(Approximation(1.0, 200, 250_000, 6, 1_000))


def test_the_sentence_says_on_what_it_was_measured():
    said = sentence(FOUND)
    assert "the 6 nearest of 1,000 groups" in said and "measured on 200 passages" in said

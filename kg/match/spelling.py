"""Names made comparable: case, accents, punctuation, articles and the order of words are told apart from the name."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Final

KEPT: Final = 32_768
"""How many names are remembered in their plain form: a service meets names without end."""
_ARTICLES: Final = frozenset("the la le les l el los las o a die der das il lo gli de het".split())  # noqa: SIM905
_LINKS: Final = _ARTICLES | frozenset("of and for in on de la du des del della y e et und van von da do".split())  # noqa: SIM905
_TAIL: Final = re.compile(r"\s*\((?:the|la|le|les|l['’]|el|los|las)\)\s*$", re.IGNORECASE)
_WORDS: Final = re.compile(r"\w+")
_DOTS: Final = re.compile(r"\b(?:\w\.){2,}")


@lru_cache(maxsize=KEPT)
def plain(name: str) -> str:
    """NAME in lower case without accents, punctuation, a leading article and an article in brackets behind it.

    >>> plain("Côte d’Ivoire (la)"), plain("U.S.A.")
    ('cote d ivoire', 'usa')
    """
    bare = "".join(
        c
        for c in unicodedata.normalize("NFKD", _TAIL.sub("", name).casefold().replace("&", " and "))
        if not unicodedata.combining(c)
    )
    bare = _DOTS.sub(lambda m: m[0].replace(".", ""), bare)
    words = _WORDS.findall(bare)
    while len(words) > 1 and words[0] in _ARTICLES:
        words = words[1:]
    return " ".join(words)


@lru_cache(maxsize=KEPT)
def ordered(name: str) -> str:
    """The words of :func:`plain` that carry meaning, in alphabetical order, whichever way round they are written.

    >>> ordered("Korea, Republic of")
    'korea republic'
    """
    words = [w for w in plain(name).split() if w not in _LINKS]
    return " ".join(sorted(words))


@lru_cache(maxsize=KEPT)
def initials(name: str) -> str:
    """The first letters of the words of :func:`plain` that carry meaning.

    >>> initials("Council of the Baltic Sea States")
    'cbss'
    """
    return "".join(w[0] for w in plain(name).split() if w not in _LINKS)

"""In which language a text is, well enough to see that a dataset mixes them.

By script where that tells, else by counting function words: the method of stop-word
identification in Grefenstette, "Comparing two language identification schemes" (1995). Short
texts and code say nothing, which is an answer too.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

ENOUGH = 3  # different function words that must be seen
LOOKED_AT = 60  # words
_WORDS = {
    "English": "the and of to is are was were that this with for you your which what how many "
               "does do can have has from not be it will would their there who when",
    "German": "der die das und ist nicht mit ein eine einen dem den des auf für von zu sich wie "
              "wird werden auch kann sind haben oder wenn welche bei nach über",
    "French": "le les des est une dans pour que qui sur avec pas vous votre plus sont au aux ce "
              "cette quel quelle ou être nous leur comment du et",
    "Spanish": "el los las una por para con que del está son como más pero sus qué cómo cuál "
               "puede este esta es y sobre entre muy hay",
    "Italian": "il lo gli che per con una sono della di è del nel alla come più anche questo "
               "quale può non le ed si dei",
    "Portuguese": "os uma com para não que em do da dos das por mais como são pode seu sua está "
                  "você qual ao é e também",
    "Dutch": "het een van en niet dat met voor zijn op aan ook wat hoe kan worden deze bij naar "
             "wordt hebben of uw je",
}
_LISTS = [(name, frozenset(words.split())) for name, words in _WORDS.items()]
_SCRIPTS = {
    "Russian or another Cyrillic language": re.compile("[\u0400-\u04ff]"),
    "Greek": re.compile("[\u0370-\u03ff]"), "Arabic": re.compile("[\u0600-\u06ff]"),
    "Hebrew": re.compile("[\u0590-\u05ff]"), "Hindi": re.compile("[\u0900-\u097f]"),
    "Thai": re.compile("[\u0e00-\u0e7f]"), "Japanese": re.compile("[\u3040-\u30ff]"),
    "Korean": re.compile("[\uac00-\ud7af]"), "Chinese": re.compile("[\u3400-\u9fff]"),
}


def language_of(text: str, words: Sequence[str]) -> str:
    """The language's name, or "" where there is too little to tell; `words` in lower case."""
    if not text.isascii():
        for name, script in _SCRIPTS.items():
            if len(script.findall(text)) * 3 > sum(map(len, words)):
                return name
    first = words[:LOOKED_AT]
    votes = [(len(known.intersection(first)), name) for name, known in _LISTS]
    most, name = max(votes)
    if most < ENOUGH or any(2 * count > most and other != name for count, other in votes):
        return ""
    return name

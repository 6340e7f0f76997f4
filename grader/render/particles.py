"""Korean particles: which of two forms fits what a placeholder was filled with, names and numbers too."""

from __future__ import annotations

import re

#: What stands after a word without being read.
_SILENT = " \t\n()[]{}<>`'\".,:;!?…"

# How Korean readers pronounce what is not Hangul: the final consonant of the last syllable, "" for none.
# Which consonant it is matters to 으로/로 alone, where ㄹ goes with the vowels.
_VOWEL, _RIEUL, _OTHER = "", "ㄹ", "ㄱ"
_FINAL_OF_DIGITS = dict(zip("0123456789", "ㅇㄹ ㅁ  ㄱㄹㄹ ", strict=True))
_FINAL_OF_LETTERS = {"l": _RIEUL, "r": _RIEUL, "m": _OTHER, "n": _OTHER}
_FINAL_OF_SIGNS = {"%": _VOWEL, "∞": _VOWEL, "℃": _VOWEL, "ŵ": _OTHER, "ŷ": _OTHER}
_WORDS = {
    _VOWEL: (
        "adagrad adamw alpha array backward beta bias data df dict dtype eps eta file float gamma gib grad "
        "int intercept kib layer linear list loss mib mse ndarray opt optimizer optimizr param parameter "
        "parameters params rate relu shape sigmoid size slope step str tensor theta weight"
    ),
    _RIEUL: "bool cell kernel label lr model sequential tuple",
    _OTHER: "adam column epoch hat nan net none python rmsprop what yhat",
}
_FINAL_OF_WORDS = {word: final for final, words in _WORDS.items() for word in words.split()}


def josa(word: str, consonant: str, vowel: str) -> str:
    """Give the particle that follows ``word``, both where nobody can tell: ``은(는)``, ``(으)로``."""
    final = _final(word)
    if final is None:
        more = consonant.removesuffix(vowel)
        return f"({more}){vowel}" if more != consonant else f"{consonant}({vowel})"
    if consonant == "으로" and final == _RIEUL:
        return vowel
    return consonant if final else vowel


def _final(text: str) -> str | None:
    """Give the final consonant of how ``text`` is read, ``""`` for a vowel; ``None`` if nobody can tell."""
    spoken = text.rstrip(_SILENT)
    letter = spoken[-1:]
    if letter in _FINAL_OF_SIGNS:
        return _FINAL_OF_SIGNS[letter]
    if "가" <= letter <= "힣":
        number_of_final = (ord(letter) - ord("가")) % 28
        return {0: _VOWEL, 8: _RIEUL}.get(number_of_final, _OTHER)
    if letter in _FINAL_OF_DIGITS:
        return _FINAL_OF_DIGITS[letter].strip()
    word = re.split(r"[^A-Za-z]", spoken)[-1]
    if word.lower() in _FINAL_OF_WORDS:
        return _FINAL_OF_WORDS[word.lower()]
    if word and (len(word) == 1 or word.isupper()):
        return _FINAL_OF_LETTERS.get(letter.lower(), _VOWEL)
    return None

"""What a file's name tells: a folder name for its report, and perhaps whose notebook it is."""

from __future__ import annotations

import os
import re
import unicodedata
from collections import Counter
from typing import TYPE_CHECKING

from grader.records import Student

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

MAX_LETTERS = 60  # of up to four bytes each; the names of folders end at 255
_RESERVED = re.compile(r"con|prn|aux|nul|com.|lpt.", re.IGNORECASE)  # Windows keeps these for devices

_ID = re.compile(r"(?<!\d)\d{6,12}(?!\d)")
#: What Moodle puts behind a name, ``_1234567_assignsubmission_file_``: its own number, not the student's.
_MOODLE = re.compile(r"_\d+_assignsubmission_\w*")
_HANGUL = re.compile(r"[가-힣]+")
#: A name begins with one of the family names that nearly everybody has …
_FAMILY_NAMES = (
    "강고공곽구국권금김나남노도류마맹명문민박반방배백변봉서석선설성소손송신심안양엄여연염오옥왕용우"
    "원위유육윤은이인임장전정제조주지진차채천최추탁태편표하한함허현형호홍황"
)
_LONG_FAMILY_NAMES = ("독고", "사공")  # those of two syllables that do not begin with one of the others
#: … and so do these, which are about homework.
_WORD = re.compile(
    "강의|고급|공지|구현|금요|나의|노트|도움|마지막|명령|목요|문제|반복|배치|변수|선형|설명|성적|손실|신경망|여기|연습|"
    "우리|원본|유의|이론|이름|이미지|인공|임시|전북|전체|정규|정답|정리|제목|제출|조교|조별|주차|지난|진짜|차시|채점|"
    "최소|최적|최종|추가|표지|하이퍼|한국|한글|함수|현재|서울|고려대|연세|한양|성균|인하대|전남대|제주대|조선대|국민대"
)


def readable(name: str) -> str:
    """Give a file's name or path as people read it, in composed letters.

    Archives made by Korean Windows hold names in cp949, which other systems unpack as bytes that are no text.
    """
    try:
        name.encode()
    except UnicodeEncodeError:
        raw = os.fsencode(name)
        try:
            name = raw.decode("cp949")
        except UnicodeDecodeError:
            name = raw.decode("utf-8", "replace")
    return unicodedata.normalize("NFC", name)


def slug_of(stem: str) -> str:
    """Give a name for a folder and a URL: letters of any script, digits, ``-``, ``_``; never empty."""
    words = re.sub(r"\W+", "-", unicodedata.normalize("NFC", stem))
    slug = words.strip("-_")[:MAX_LETTERS].rstrip("-_") or "submission"
    return f"{slug}-notebook" if _RESERVED.fullmatch(slug) else slug


def unique_slugs(paths: Sequence[Path]) -> list[str]:
    """Give each path its slug, distinct for folders that do not tell capitals apart.

    Files of one name are told apart by the folders they lie in, then by number in the order of
    their paths, so that the order in which they are given changes nothing.
    """
    slugs = {path: slug_of(readable(path.stem)) for path in paths}
    crowded = Counter(slug.casefold() for slug in slugs.values())
    for path, slug in slugs.items():
        if crowded[slug.casefold()] > 1:
            slugs[path] = slug_of(f"{readable(path.absolute().parent.name)}-{slug}")
    taken: set[str] = set()
    for path in sorted(slugs, key=lambda path: unicodedata.normalize("NFC", path.as_posix())):
        slugs[path] = next(free for free in _numbered(slugs[path]) if free.casefold() not in taken)
        taken.add(slugs[path].casefold())
    return [slugs[path] for path in paths]


def _numbered(slug: str) -> Iterator[str]:
    yield slug
    number = 2
    while True:
        yield f"{slug}-{number}"
        number += 1


def student_of(stem: str) -> Student:
    """Read ``202243052_홍길동``, ``홍길동 - week4`` or ``steps_202243052의 사본``, as far as it can be read.

    The id is the longest run of 6 to 12 digits; the name is the first run of 2 to 4 Hangul
    syllables that begins with a family name and is no word about homework.
    """
    text = re.sub(r"\s*의 사본", " ", _MOODLE.sub(" ", unicodedata.normalize("NFC", stem)))
    names = [word for word in _HANGUL.findall(text) if _is_name(word)]
    return Student(id=max(_ID.findall(text), key=len, default=None), name=names[0] if names else None)


def _is_name(word: str) -> bool:
    family = word[0] in _FAMILY_NAMES or word.startswith(_LONG_FAMILY_NAMES)
    return 2 <= len(word) <= 4 and family and not _WORD.match(word)

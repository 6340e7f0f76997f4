"""What stands in a recording's JSON, taken for what it has to be: each of these gives it, or raises.

Nothing is believed: what raises is one of ``WRONG``, and whoever reads the whole leaves that part out.
"""

from __future__ import annotations

from typing import Any

from grader.recording.events import Numbers

TEXT = 10_000  # characters
WRONG = (
    KeyError,
    ValueError,
    TypeError,
    IndexError,
    AttributeError,
    OverflowError,
    RecursionError,
    RuntimeError,
)


def as_list(item: Any) -> list[Any]:
    """Give a list."""
    if type(item) is not list:
        raise TypeError(type(item).__name__)
    return item


def as_text(item: Any) -> str:
    """Give a text that can be written anywhere: half of a surrogate pair cannot."""
    return str(item)[:TEXT].encode("utf-8", "replace").decode()


def as_shape(item: Any) -> tuple[int, ...]:
    """Give the sizes of a tensor, of at most 64 dimensions."""
    shape = tuple(as_index(size) for size in item)
    if len(shape) > 64:
        raise ValueError("too many dimensions")
    return shape


def as_index(item: Any) -> int:
    """Give a whole number from 0 on: no ``True``, no text."""
    if type(item) is not int or item < 0:
        raise ValueError(item)
    return item


def as_number(item: Any) -> Any:
    """Give a number that a float can hold, as the type it has; infinity and NaN are some."""
    if type(item) not in (int, float, bool):
        raise TypeError(type(item).__name__)
    float(item)  # an integer may be too large for one
    return item


def as_numbers(item: Any) -> Numbers | None:
    """Give numbers as floats, where they are there."""
    return None if item is None else tuple(float(as_number(number)) for number in item)


def so_many(item: Any, count: int) -> Numbers | None:
    """Give numbers of which there have to be so many, where they are there."""
    numbers = as_numbers(item)
    if numbers is not None and len(numbers) != count:
        raise ValueError(f"{len(numbers)} numbers in place of {count}")
    return numbers


def like(given: Numbers | None, item: Any) -> Numbers | None:
    """Give numbers that belong to ``given`` ones, one each; where those are not there they say nothing."""
    numbers = as_numbers(item)
    return numbers if numbers is not None and given is not None and len(numbers) == len(given) else None


def some(item: Any) -> list[Any]:
    """Give a list with something in it."""
    if not as_list(item):
        raise ValueError("none")
    return list(item)

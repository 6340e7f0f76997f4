"""The distribution of a class's scores as bars."""

from collections.abc import Sequence

from markupsafe import Markup

from grader.render.messages import Words
from grader.render.pictures import svg

_WIDTH, _HEIGHT, _FLOOR = 380, 190, 140


def histogram(counts: Sequence[int], words: Words) -> tuple[Markup, str] | None:
    """Draw ``counts`` over equal shares of full marks, and say it in a sentence; ``None`` for none."""
    if not sum(counts):
        return None
    share = 100 // len(counts)
    most = max(counts)
    fullest = counts.index(most)
    finding = words(
        "class.distribution-finding",
        count=sum(counts),
        low=fullest * share,
        high=(fullest + 1) * share,
        most=most,
    )
    width = _WIDTH / len(counts)
    body = [_bar(n * width, width, count, most) for n, count in enumerate(counts)]
    body += [_edge(n, len(counts), share) for n in range(len(counts) + 1)]
    body.append(svg.label(_WIDTH / 2, _FLOOR + 42, words("class.percent"), "mid"))
    title = words("class.distribution")
    return svg.picture(body, size=(_WIDTH, _HEIGHT), title=title, finding=finding), finding


def _bar(left: float, width: float, count: int, most: int) -> Markup:
    tall = 112 * count / most
    bar = Markup('<rect class="column" x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}" rx="2"/>')
    if not count:
        return Markup()
    number = svg.label(left + width / 2, _FLOOR - tall - 7, str(count), "mid strong")
    return bar.format(left + 3, _FLOOR - tall, width - 6, tall) + number


def _edge(n: int, bins: int, share: int) -> Markup:
    at = n * _WIDTH / bins
    kind = "end" if n == bins else "mid" if n else "start"
    line = Markup('<path class="axis" d="M0 {0}H{1}"/>').format(_FLOOR, _WIDTH) if n == 0 else Markup()
    return line + svg.label(at, _FLOOR + 18, str(n * share), kind)

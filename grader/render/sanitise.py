"""What a notebook shows, made harmless: nothing that runs, loads or lies over the page.

Markdown is rendered without its raw HTML. Whatever becomes HTML passes Ammonia (nh3), which knows the
elements and attributes it lets through and no other; styles and images are not among them. Drawings come in
as images, in which a browser neither runs a script nor fetches anything.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from functools import cache, lru_cache
from typing import Any

import nh3
from latex2mathml.converter import convert
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict
from markupsafe import Markup, escape
from mdit_py_plugins.dollarmath import dollarmath_plugin

from grader.render.text import clean

_TEXT = (
    "a abbr b blockquote br caption cite code col colgroup dd del details div dl dt em figcaption figure "
    "h1 h2 h3 h4 h5 h6 hr i ins kbd li mark ol p pre q s samp small span strong sub summary sup "
    "table tbody td tfoot th thead tr u ul var wbr"
)
_MATH = (
    "math annotation mfrac mi mn mo mover mpadded mphantom mroot mrow ms mspace msqrt mstyle "
    "msub msubsup msup mtable mtd mtext mtr munder munderover semantics"
)
_ATTRIBUTES = {
    "a": {"href", "title"},
    "abbr": {"title"},
    "ol": {"start"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan", "scope"},
    "math": {"display"},
    "mi": {"mathvariant"},
    "mo": {"stretchy", "fence", "minsize", "maxsize", "movablelimits", "separator", "accent"},
    "mover": {"accent"},
    "munder": {"accentunder"},
    "mtable": {"columnalign", "rowspacing", "columnspacing"},
    "mspace": {"width"},
}

_LONGEST_FORMULA = 2000
_IMAGES = {"image/png": b"\x89PNG\r\n\x1a\n", "image/jpeg": b"\xff\xd8\xff", "image/gif": b"GIF8"}


def safe_html(source: str) -> Markup:
    """Give ``source`` with nothing left in it but text, tables and formulas."""
    kept = nh3.clean(
        clean(source),
        tags=set(_TEXT.split()) | set(_MATH.split()),
        attributes=_ATTRIBUTES,
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener noreferrer nofollow",
    )
    # The corner of a table of pandas heads nothing; as a heading it would be announced without a name.
    return Markup(kept.replace("<th></th>", "<td></td>"))  # noqa: S704 - this is what the sanitiser is for


@lru_cache(maxsize=512)  # a class's notebooks have their prompts in common
def safe_markdown(source: str) -> Markup:
    """Give a Markdown cell as HTML: its own HTML as text, formulas as MathML, images as their description."""
    return safe_html(_markdown().render(source))


def image_source(mime: str, content: str) -> str | None:
    """Give an output's image as a ``data:`` address; ``None`` if it is not what it says."""
    if mime == "image/svg+xml":
        return f"data:{mime};base64,{base64.b64encode(content.encode('utf-8', 'replace')).decode()}"
    try:
        raw = base64.b64decode("".join(content.split()), validate=True)
    except (binascii.Error, ValueError):
        return None
    known = mime in _IMAGES and raw.startswith(_IMAGES[mime])
    return f"data:{mime};base64,{base64.b64encode(raw).decode()}" if known else None


@cache
def _markdown() -> MarkdownIt:
    made = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])
    made.use(dollarmath_plugin, renderer=_formula, double_inline=True)
    made.add_render_rule("image", _image)
    return made


def _formula(latex: str, options: dict[str, Any]) -> str:
    """Give a formula as MathML, or as it was typed where it cannot be understood."""
    typed = str(Markup("<code>{}</code>").format(latex))
    if len(latex) > _LONGEST_FORMULA:
        return typed
    try:
        return str(convert(latex, display="block" if options.get("display_mode") else "inline"))
    except Exception:  # noqa: BLE001 - the converter raises whatever it stumbles over
        return typed


def _image(
    _renderer: RendererHTML, tokens: Sequence[Token], at: int, _options: OptionsDict, _env: EnvType
) -> str:
    return str(escape(f"[{tokens[at].content or tokens[at].attrGet('src') or ''}]"))

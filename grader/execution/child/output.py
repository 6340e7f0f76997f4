"""A flood of output is dammed at its source: what the kernel sends for one cell is counted and cut here."""

from __future__ import annotations

from collections import Counter
from typing import Any

from jupyter_client.session import Session

#: Messages that tell the host what happens to a cell: they pass however much was printed before.
VITAL = frozenset(
    {"status", "execute_input", "execute_reply", "error", "kernel_info_reply", "shutdown_reply"}
)

#: A cell may send more than the host keeps, because ``clear_output`` lets an animation start afresh.
TRAFFIC = 10

#: What a message costs besides its content, so that a million empty ones are a flood as well.
ENVELOPE = 500


class CappedSession(Session):  # type: ignore[misc]  # jupyter_client is not typed
    """Sends a limited amount of output for a cell; beyond that it is swallowed, the cell is in ``dropped``.

    Counted by the message's parent, so that a thread left behind by one cell cannot use up another's share.
    """

    def __init__(self, *, output_bytes: int, **options: Any) -> None:
        super().__init__(**options)
        self._longest, self._allowed = output_bytes, output_bytes * TRAFFIC
        self._sent: Counter[str] = Counter()
        self.dropped: set[str] = set()

    def send(  # noqa: PLR0913, PLR0917 - the signature is the base class's
        self,
        stream: Any,
        msg_or_type: Any,
        content: Any = None,
        parent: Any = None,
        ident: Any = None,
        buffers: Any = None,
        track: bool = False,  # noqa: FBT001, FBT002
        header: Any = None,
        metadata: Any = None,
    ) -> Any:
        """Send as much as is allowed. Called by ipykernel for everything that leaves the kernel."""
        message = msg_or_type
        if not isinstance(message, dict):
            message = self.msg(msg_or_type, content, parent, header, metadata)
        kept = self._kept(message)
        if kept is not None:
            super().send(stream, kept, ident=ident, buffers=buffers, track=track)
        return message

    def _kept(self, message: dict[str, Any]) -> dict[str, Any] | None:
        """Give the message, what is left of it, or None."""
        content = message["content"]
        if message["msg_type"] in VITAL:
            return {**message, "content": _shortened(content, self._longest)}
        cell = str(message["parent_header"].get("msg_id"))
        room = self._allowed - self._sent[cell] - ENVELOPE
        if message["msg_type"] == "stream":
            kept = content["text"][: max(min(room, self._longest), 0)]
            whole, size = len(kept) == len(content["text"]), len(kept)
            content = {**content, "text": kept}
        else:
            size = len(self.pack(content))
            whole = size <= room
        if not whole:
            self.dropped.add(cell)
        if room <= 0 or (not whole and message["msg_type"] != "stream"):
            return None
        self._sent[cell] += size + ENVELOPE
        return {**message, "content": content}


def _shortened(value: Any, length: int) -> Any:
    """Cut the texts in a structure: an exception's message may be of any size."""
    if isinstance(value, str):
        return value[:length]
    if isinstance(value, dict):
        return {key: _shortened(item, length) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_shortened(item, length) for item in value]
    return value

"""What `scripts/docs` changes on the way: lines of Chinese that follow each other have no gap.

A hook of mkdocs. A source line ends where it is long enough; Chinese has no spaces to put there.
"""

from __future__ import annotations

import re
from typing import Any, Final

_CJK: Final = "\u2e80-\u9fff\uff00-\uffef“”…"
_FENCE: Final = re.compile(r"(^```.*?^```$)", re.M | re.S)
_BREAK: Final = re.compile(rf"^(?![#|>])(.*[{_CJK}*]) *\n *(?=[{_CJK}])", re.M)


def on_page_markdown(markdown: str, **_: Any) -> str:
    """Join such lines, outside of what is shown as it is typed."""
    parts = _FENCE.split(markdown)
    return "".join(part if part.startswith("```") else _joined(part) for part in parts)


def _joined(text: str) -> str:
    while (joined := _BREAK.sub(r"\1", text)) != text:
        text = joined
    return text

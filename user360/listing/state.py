"""Everything a list shows follows from its address; this is the address, read and written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Self
from urllib.parse import urlencode

from django.http import QueryDict

SIZES = (25, 50, 100)
DEFAULT_SIZE = 50
DEFAULT_SORT = "-createdAt"
MAX_TEXT = 200


@dataclass(frozen=True)
class ListState:
    """The state of the list, as its address names it (CONTRACT 2).

    `segment` slug, `q` quick search, `c` conditions as JSON text, `id` any ID exactly, `level` member levels,
    `sort` a column's key with `-` for descending, `size` rows a page, `after` and `before` cursors.
    """

    segment: str = ""
    q: str = ""
    c: str = ""
    id: str = ""
    level: tuple[str, ...] = ()
    sort: str = DEFAULT_SORT
    size: int = DEFAULT_SIZE
    after: str = ""
    before: str = ""

    @classmethod
    def from_query(cls, query: QueryDict) -> Self:
        """Reads an address; what is not understood is as if it were not there."""
        size = query.get("size", "")
        return cls(
            segment=query.get("segment", ""),
            q=query.get("q", "").strip()[:MAX_TEXT],
            c=query.get("c", ""),
            id=query.get("id", "").strip()[:MAX_TEXT],
            level=tuple(level for level in dict.fromkeys(query.getlist("level")) if level),
            sort=query.get("sort", "") or DEFAULT_SORT,
            size=int(size) if size in map(str, SIZES) else DEFAULT_SIZE,
            after=query.get("after", ""),
            before=query.get("before", ""),
        )

    @classmethod
    def from_address(cls, address: str) -> Self:
        """The same from a query string."""
        return cls.from_query(QueryDict(address))

    def address(self, **changes: Any) -> str:
        """The query string of this state with `changes`, which begin at the first page unless they name another."""
        state = replace(self, **({"after": "", "before": ""} | changes if changes else {}))
        plain = ListState()
        pairs: Mapping[str, Any] = {
            name: value for name, value in vars(state).items() if value != getattr(plain, name)
        }
        return "?" + urlencode(pairs, doseq=True) if pairs else "?"

    @property
    def queried(self) -> bool:
        """Whether anything but the segment narrows the list: what the permission to query is about."""
        return bool(self.c or self.id or self.level)

    @property
    def narrowed(self) -> bool:
        """Whether the list shows less than everybody."""
        return self.queried or bool(self.q or self.segment)

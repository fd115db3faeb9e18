"""Reasons to refuse a text, each stated once and judged alike by Python and by PostgreSQL.

Patterns keep to what both regular expression languages read alike: no `\\d`, `\\w`, `\\s`, no dot, no anchors
(a pattern always stands for the whole text).
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from .sql import literal


@dataclass(frozen=True, slots=True)
class Refusal:
    """One reason: when it holds (in Python and as SQL over `{x}`) and the sentence for people.

    A sentence with `\\1` quotes groups of `quoted`, a pattern that the text then matches wholly.
    """

    holds: Callable[[str], bool]
    sql: str
    sentence: str
    quoted: str = ""

    def sentence_for(self, text: str) -> str:
        """The sentence about this text."""
        return re.sub(f"^(?:{self.quoted})$", self.sentence, text) if self.quoted else self.sentence

    def sql_sentence(self, x: str) -> str:
        """SQL text of the same sentence."""
        if not self.quoted:
            return literal(self.sentence)
        return f"regexp_replace({x}, {_whole(self.quoted)}, {literal(self.sentence)})"

    def sql_holds(self, x: str) -> str:
        """SQL boolean: the refusal holds for the text expression `x`."""
        return self.sql.replace("{x}", x)


def refuse_matching(pattern: str, sentence: str) -> Refusal:
    """Refuse texts that match wholly; the sentence may quote the groups of the pattern."""
    compiled = re.compile(pattern)
    quoted = pattern if "\\" in sentence else ""
    return Refusal(lambda text: bool(compiled.fullmatch(text)), f"{{x}} ~ {_whole(pattern)}", sentence, quoted)


def require_match(pattern: str, sentence: str) -> Refusal:
    """Refuse texts that do not match wholly."""
    compiled = re.compile(pattern)
    return Refusal(lambda text: not compiled.fullmatch(text), f"{{x}} !~ {_whole(pattern)}", sentence)


def refuse_containing(pattern: str, sentence: str) -> Refusal:
    """Refuse texts of which some part matches."""
    compiled = re.compile(pattern)
    return Refusal(lambda text: bool(compiled.search(text)), f"{{x}} ~ {literal(pattern)}", sentence)


def refuse_longer_than(limit: int, sentence: str) -> Refusal:
    """Refuse texts of more than `limit` characters."""
    return Refusal(lambda text: len(text) > limit, f"length({{x}}) > {limit}", sentence)


def first_sentence(refusals: Iterable[Refusal], text: str) -> str | None:
    """The sentence of the first refusal that holds, or None."""
    return next((refusal.sentence_for(text) for refusal in refusals if refusal.holds(text)), None)


def sql_first_sentence(refusals: Iterable[Refusal], x: str, *, unless: str = "false") -> str:
    """SQL text: the sentence of the first refusal that holds, or NULL. CASE keeps the order of evaluation.

    `unless` is a quick SQL test for values that are plainly valid, as nearly all of a file are.
    """
    arms = " ".join(f"WHEN {refusal.sql_holds(x)} THEN {refusal.sql_sentence(x)}" for refusal in refusals)
    return f"(CASE WHEN {unless} THEN NULL {arms} END)"


def _whole(pattern: str) -> str:
    return literal(f"^(?:{pattern})$")

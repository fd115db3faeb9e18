"""One spelling for each identifier (ID2), so that two spellings of one ID are one.

`FORMATS` says how each format is brought to that spelling; hashed and AES values have rules of their own, because
nobody can see the identifier inside. Sets of values go through `identity_sql` where PostgreSQL can do it.
"""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

from user360.property_types.base import InvalidValue, ParseContext, refuse
from user360.property_types.email import EmailType
from user360.property_types.phone import PhoneType
from user360.property_types.reading import ONE_LINE, SPREADSHEET_SENTENCE, text_of
from user360.property_types.refusal import Refusal, first_sentence, refuse_matching, require_match, sql_first_sentence
from user360.property_types.sql import literal, sql_trim
from user360.property_types.string import MAX_STRING, TOO_LONG

from .presets import PRESET_ID_TYPES

# Pandas and others write a column of digits with gaps as 4711.0.
DECIMAL_ID = refuse_matching(r"[0-9]+[.]0", "A program turned this ID into a decimal number")
# Spreadsheets always write one digit, E and a sign; 1234567890123e45 may be a device ID.
SHORTENED_ID = refuse_matching("[0-9]([.,][0-9]+)?[eE][+][0-9]{2,3}", SPREADSHEET_SENTENCE)
_ALWAYS = (SHORTENED_ID, ONE_LINE, TOO_LONG)
_PHONE, _EMAIL = PhoneType(), EmailType()


@dataclass(frozen=True, slots=True)
class TextRule:
    """A spelling that both Python and PostgreSQL can make: `sql_spell` over `{x}` does what `spell` does.

    `plain` is a pattern of ASCII texts that are valid at first sight, as nearly all of a file are.
    """

    spell: Callable[[str], str]
    sql_spell: str
    refusals: tuple[Refusal, ...]
    plain: str


def _lower(text: str) -> str:
    """ASCII letters only, as PostgreSQL does under the collation "C"."""
    return text.translate(_LOWER)


_LOWER = {code: code + 32 for code in range(ord("A"), ord("Z") + 1)}
_SQL_LOWER = 'lower({x} COLLATE "C")'


def _mac(text: str) -> str:
    digits = re.sub("[:.-]", "", _lower(text))
    return re.sub("(..)(?=..)", r"\1:", digits)


def _hashed(digits: int, name: str) -> TextRule:
    return TextRule(
        _lower,
        _SQL_LOWER,
        (require_match(f"[0-9A-Fa-f]{{{digits}}}", f"Not an {name} hash ({digits} hexadecimal digits)"),),
        plain=f"[0-9a-f]{{{digits}}}",
    )


TEXT_RULES: dict[str, TextRule] = {
    "text": TextRule(
        lambda text: unicodedata.normalize("NFC", text),
        "CASE WHEN octet_length({x}) = length({x}) THEN {x} ELSE normalize({x}, NFC) END",
        (*_ALWAYS, DECIMAL_ID),
        plain=r"[0-9]+|[A-Za-z][!-\u007e]*",
    ),
    "digits": TextRule(
        lambda text: re.sub("[ -]", "", text),
        "translate({x}, ' -', '')",
        (*_ALWAYS, DECIMAL_ID, require_match(r"[0-9]([ -]?[0-9])*", "Not a number of digits alone")),
        plain="[0-9]+",
    ),
    "device": TextRule(
        _lower,
        _SQL_LOWER,
        (*_ALWAYS, require_match(r"[0-9A-Za-z._:-]+", "Not a device ID (letters, digits and - . _ : alone)")),
        plain="[a-z][0-9a-z._:-]*",
    ),
    "mac": TextRule(
        _mac,
        "regexp_replace(regexp_replace(lower({x} COLLATE \"C\"), '[:.-]', '', 'g'), '(..)(?=..)', '\\1:', 'g')",
        (
            *_ALWAYS,
            require_match(
                "([0-9A-Fa-f]{2}[:-]?){5}[0-9A-Fa-f]{2}|([0-9A-Fa-f]{4}[.]){2}[0-9A-Fa-f]{4}",
                "Not a MAC address (expected 12 hexadecimal digits, such as 00:1a:2b:3c:4d:5e)",
            ),
        ),
        plain="([0-9a-f]{2}:){5}[0-9a-f]{2}",
    ),
}

ENCRYPTED_RULES: dict[str, TextRule] = {
    "md5": _hashed(32, "MD5"),
    "sha256": _hashed(64, "SHA256"),
    # The cipher text says nothing of its own: decrypting it belongs to matching.
    "aes": TextRule(lambda text: text, "{x}", _ALWAYS, plain="[A-Za-z][0-9A-Za-z+/=]*"),
}

PYTHON_RULES: dict[str, Callable[[str, ParseContext], str]] = {
    "phone": lambda value, context: _PHONE.parse(value, context=context),
    "email": lambda value, context: _EMAIL.parse(value, context=context),
}

FORMATS: tuple[str, ...] = (*TEXT_RULES, *PYTHON_RULES)


def format_of(type_key: str) -> str:
    """The format of a preset ID type; `text` for those a workspace made."""
    preset = PRESET_ID_TYPES.get(type_key)
    return preset.format if preset else "text"


def normalise_identity(type_key: str, value: str, *, encryption: str, default_country: str) -> str:
    """The one spelling of an identifier of a preset type. Encryption: none, md5, sha256, aes. Raises InvalidValue."""
    return normalise_format(format_of(type_key), value, encryption=encryption, default_country=default_country)


def normalise_format(written: str, value: str, *, encryption: str, default_country: str) -> str:
    """The same for a type whose format (a key of FORMATS) the workspace keeps."""
    rule = _text_rule(written, encryption)
    if rule is None:
        spelt = PYTHON_RULES[written](value, ParseContext(default_country=default_country))
    else:
        text = text_of(value, "an ID")
        sentence = first_sentence(rule.refusals, text)
        if sentence is not None:
            raise refuse(sentence)
        spelt = rule.spell(text)
    if not spelt:
        raise refuse("The ID is empty")
    if TOO_LONG.holds(spelt):
        raise refuse(TOO_LONG.sentence)
    return spelt


def _text_rule(written: str, encryption: str) -> TextRule | None:
    return TEXT_RULES.get(written) if encryption == "none" else ENCRYPTED_RULES[encryption]


@dataclass(frozen=True, slots=True)
class IdentitySql:
    """SQL over a not-empty text expression: `error` is the sentence or NULL, `value` the spelling of valid rows."""

    error: str
    value: str


def identity_sql(written: str, expr: str, *, encryption: str) -> IdentitySql | None:
    """What normalises a set of values of this format in PostgreSQL; None for phone and e-mail, which Python judges."""
    rule = _text_rule(written, encryption)
    if rule is None:
        return None
    x = sql_trim(expr)
    spelt = rule.sql_spell.replace("{x}", x)
    plain = f"(length({expr}) <= {MAX_STRING} AND {expr} ~ {literal(f'^({rule.plain})$')})"
    refused = f"coalesce({sql_first_sentence(rule.refusals, x)}, {sql_first_sentence((TOO_LONG,), spelt)})"
    return IdentitySql(
        error=f"(CASE WHEN {plain} THEN NULL ELSE {refused} END)",
        value=f"({spelt})",
    )


__all__ = ["FORMATS", "IdentitySql", "InvalidValue", "identity_sql", "normalise_format", "normalise_identity"]

"""Two spellings of one identifier are one."""

import hashlib

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.user360.property_types.strings import dirty
from user360.identification.guard_rails import is_meaningless, sql_is_meaningless
from user360.identification.normalise import (
    ENCRYPTED_RULES,
    FORMATS,
    TEXT_RULES,
    InvalidValue,
    identity_sql,
    normalise_format,
    normalise_identity,
)
from user360.identification.presets import PRESET_ID_TYPES
from user360.property_types import is_empty

MD5 = hashlib.md5(b"+33612345678", usedforsecurity=False).hexdigest()
SHA256 = hashlib.sha256(b"+33612345678").hexdigest()


@pytest.mark.parametrize(
    ("type_key", "value", "encryption", "one"),
    [
        ("userId", "  Ada-01 ", "none", "Ada-01"),
        ("userId", "Cafe\u0301", "none", "Caf\u00e9"),
        ("mobile", "06 12 34 56 78", "none", "+33612345678"),
        ("whatsapp", "+33 (0)6 12 34 56 78", "none", "+33612345678"),
        ("email", " ADA@Example.COM ", "none", "ada@example.com"),
        ("openid", "oABC", "none", "oABC"),
        ("idfa", "6D92078A-8246-4BA4-AE5B-76104861E7DC", "none", "6d92078a-8246-4ba4-ae5b-76104861e7dc"),
        ("imei", "49-015420-323751-8", "none", "490154203237518"),
        ("mac", "00-1A-2B-3C-4D-5E", "none", "00:1a:2b:3c:4d:5e"),
        ("mac", "001a.2b3c.4d5e", "none", "00:1a:2b:3c:4d:5e"),
        ("device_id", "1234567890123E45", "none", "1234567890123e45"),
        ("mobile", "1" * 29 + "e99", "md5", "1" * 29 + "e99"),
        ("mobile", MD5.upper(), "md5", MD5),
        ("mobile", SHA256.upper(), "sha256", SHA256),
        ("mobile", " bWFjaGluZQ== ", "aes", "bWFjaGluZQ=="),
        ("loyalty_card", " X 1 ", "none", "X 1"),
    ],
)
def test_an_identifier_has_one_spelling(type_key: str, value: str, encryption: str, one: str) -> None:
    spelt = normalise_identity(type_key, value, encryption=encryption, default_country="FR")
    assert spelt == one
    assert normalise_identity(type_key, spelt, encryption=encryption, default_country="FR") == one


@pytest.mark.parametrize(
    ("type_key", "value", "encryption", "words"),
    [
        ("userId", "9.19E+11", "none", "A spreadsheet shortened this number"),
        ("userId", "4711.0", "none", "turned this ID into a decimal number"),
        ("userId", "x" * 256, "none", "Longer than 255"),
        ("userId", " ", "none", "The ID is empty"),
        ("userId", "a\0", "none", "NUL"),
        ("mobile", "12", "none", "Not a phone number"),
        ("email", "ada", "none", "Not an e-mail address"),
        ("imei", "49X", "none", "digits alone"),
        ("mac", "00:1a", "none", "Not a MAC address"),
        ("idfa", "a b", "none", "Not a device ID"),
        ("mobile", MD5[:-1], "md5", "Not an MD5 hash"),
        ("mobile", MD5, "sha256", "Not an SHA256 hash"),
    ],
)
def test_what_cannot_be_an_identifier_is_refused(type_key: str, value: str, encryption: str, words: str) -> None:
    with pytest.raises(InvalidValue, match=words):
        normalise_identity(type_key, value, encryption=encryption, default_country="FR")


def test_presets_are_in_order_of_priority_and_only_the_user_id_is_single() -> None:
    presets = list(PRESET_ID_TYPES.values())
    assert len(presets) == 17
    assert [preset.priority for preset in presets] == list(range(1, 18))
    assert [preset.key for preset in presets if preset.single_value] == ["userId"]
    assert {preset.format for preset in presets} <= set(FORMATS)


def python_says(written: str, text: str, encryption: str) -> tuple[str | None, str | None]:
    try:
        return None, normalise_format(written, text, encryption=encryption, default_country="")
    except InvalidValue as error:
        return error.message, None


RULES = [(written, "none") for written in TEXT_RULES] + [("phone", encryption) for encryption in ENCRYPTED_RULES]
identifiers = st.one_of(
    dirty,
    st.from_regex("[0-9A-Fa-f]{2}([:-]?[0-9A-Fa-f]{2}){5}|[0-9a-fA-F]{32}|[0-9]{5}([ -]?[0-9]){10}", fullmatch=True),
    st.uuids().map(str),
    st.sampled_from(
        [MD5, SHA256, MD5.upper(), "1" * 29 + "e99", "1234567890123E45", "9.1E+11", "Cafe\u0301", "4711.0", "\u212b"]
    ),
).filter(lambda text: not is_empty(text))
with_database = settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))


@pytest.mark.django_db
@pytest.mark.parametrize(("written", "encryption"), RULES)
@with_database
@given(texts=st.lists(identifiers, min_size=30, max_size=60))
def test_postgresql_spells_alike(written: str, encryption: str, texts: list[str]) -> None:
    sql = identity_sql(written, "c3", encryption=encryption)
    assert sql is not None
    assert "%" not in sql.error + sql.value
    select = f"SELECT {sql.error}, {sql.value} FROM unnest(%s::text[]) WITH ORDINALITY AS s (c3, n) ORDER BY n"  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(select, [texts])
        answers = cursor.fetchall()
    for text, (error, spelt) in zip(texts, answers, strict=True):
        by_sql = (error, None if error else spelt)
        assert (text, *by_sql) == (text, *python_says(written, text, encryption))


@pytest.mark.parametrize("written", ["phone", "email"])
def test_only_python_judges_phones_and_mail(written: str) -> None:
    assert identity_sql(written, "c3", encryption="none") is None


MEANINGLESS = ["null", " NULL ", "n/a", "0", "-1", "unknown", "Test@Test.com", "", "--", "000000000000000"]
MEANINGLESS += ["00000000-0000-0000-0000-000000000000", "00:00:00:00:00:00", "02:00:00:00:00:00"]
MEANINGLESS += [hashlib.md5(b"", usedforsecurity=False).hexdigest(), hashlib.sha256(b"null").hexdigest()]
MEANINGFUL = ["C00001", "7", "10", "ada@example.com", "+33612345678", "nullarbor", "00004", "\u00e9", MD5]


def test_values_that_stand_for_nothing_identify_nobody() -> None:
    assert [value for value in MEANINGLESS if not is_meaningless(value)] == []


def test_real_identifiers_identify() -> None:
    assert [value for value in MEANINGFUL if is_meaningless(value)] == []


@pytest.mark.django_db
@with_database
@given(texts=st.lists(st.one_of(identifiers, st.sampled_from(MEANINGLESS + MEANINGFUL)), min_size=30, max_size=60))
def test_postgresql_knows_the_same_meaningless_values(texts: list[str]) -> None:
    meaningless = sql_is_meaningless("c3")
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {meaningless} FROM unnest(%s::text[]) WITH ORDINALITY AS s (c3, n) ORDER BY n",  # noqa: S608
            [texts],
        )
        answers = [answer for (answer,) in cursor.fetchall()]
    assert answers == [is_meaningless(text) for text in texts]

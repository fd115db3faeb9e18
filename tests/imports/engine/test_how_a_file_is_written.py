"""Encoding, delimiter, header and packing are found by themselves, and every row keeps the line it begins in."""

import gzip

import pytest

from imports.engine.reading import Rows
from imports.services import user_imports
from tests.imports.engine.files import finish, import_users, mapped, start
from user360.models import Profile, Workspace

FRENCH = "uid,ville\n" + "".join(f"U{n},Orléans-sur-Çà « été »\n" for n in range(40))
RUSSIAN = "uid,ville\n" + "".join(f"U{n},Санкт-Петербург и Москва\n" for n in range(40))
CHINESE = "uid,ville\n" + "".join(f"U{n},北京市海淀区中关村大街\n" for n in range(40))

ENCODINGS = {
    "UTF-8": (FRENCH.encode(), "utf-8"),
    "UTF-8 with a byte order mark": (FRENCH.encode("utf-8-sig"), "utf-8"),
    "UTF-16 with a byte order mark": (FRENCH.encode("utf-16"), "utf-16-le"),
    "UTF-16, big endian, without a mark": (FRENCH.encode("utf-16-be"), "utf-16-be"),
    "Windows-1252": (FRENCH.encode("cp1252"), "cp1252"),
    "Windows-1251": (RUSSIAN.encode("cp1251"), "cp1251"),
    "GB18030": (CHINESE.encode("gb18030"), "gb18030"),
}


@pytest.mark.parametrize(("content", "encoding"), ENCODINGS.values(), ids=ENCODINGS)
def test_an_encoding_is_found_and_the_text_is_read_in_it(workspace: Workspace, content: bytes, encoding: str):
    user_import = start(content)

    assert user_import.encoding == encoding
    assert [column["name"] for column in user_import.columns] == ["uid", "ville"]
    original = {"cp1251": RUSSIAN, "gb18030": CHINESE}.get(encoding, FRENCH)
    assert user_import.columns[1]["samples"][0] == original.splitlines()[1].split(",")[1]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_a_delimiter_is_found(workspace: Workspace, delimiter: str):
    rows = [["uid", "ville", "note"], ["A", "Paris", '"one, two; three"'], ["B", "Rome", "x"]]

    user_import = start("\n".join(delimiter.join(row) for row in rows) + "\n")

    assert user_import.delimiter == delimiter
    assert len(user_import.columns) == 3


def test_the_reading_can_be_corrected(workspace: Workspace):
    user_import = start("uid;ville\nA;Orl\xe9ans\n".encode("latin-1"))

    user_imports.set_reading(user_import=user_import, encoding="latin-1", delimiter=";", header=False)

    assert [column["name"] for column in user_import.columns] == ["Column 1", "Column 2"]
    assert user_import.columns[1]["samples"] == ["ville", "Orléans"]
    assert user_import.mapping == []


def test_a_packed_file_of_several_parts_is_read_as_one(workspace: Workspace):
    content = gzip.compress(b"uid,city\nA,Paris\n") + gzip.compress(b"B,Rome\n")

    done = import_users(content, {"uid": "userId", "city": "city"})

    assert done.counts == {"total": 2, "new": 2}


def test_a_file_without_header_can_be_imported_by_the_places_of_its_columns(workspace: Workspace):
    user_import = start("A1,Paris,ann@example.com\nA2,Rome,bob@example.com\n")
    columns = mapped({"Column 1": "userId", "Column 2": "city", "Column 3": "email"})
    user_imports.save_mapping(user_import=user_import, columns=columns, user_id_column="")

    assert finish(user_import).counts == {"total": 2, "new": 2}


def test_lines_are_true_to_the_file_whatever_their_ends():
    text = 'a,b\r\n1,"x\r\ny"\r\n\r\n2,z\r3,"p\nq\nr"\n4,end'

    batches = list(Rows([text[:7], text[7:9], text[9:]], ","))

    lines = [line for batch in batches for line in batch.lines]
    rows = [row for batch in batches for row in batch.rows]
    assert list(zip(lines, rows, strict=True)) == [
        (1, ["a", "b"]),
        (2, ["1", "x\r\ny"]),
        (4, []),
        (5, ["2", "z"]),
        (6, ["3", "p\nq\nr"]),
        (9, ["4", "end"]),
    ]


def test_white_space_around_cells_and_every_special_character_survive_or_go_as_they_should(workspace: Workspace):
    values = ["back\\slash", "tab\\t", " padded ", "nöt ascii", "\u00a0wide\u3000", 'quo"te', "\\N", "{a,b}"]
    rows = "".join(f'U{n},"{value.replace(chr(34), chr(34) * 2)}"\n' for n, value in enumerate(values))

    import_users(f"uid,city\n{rows}", {"uid": "userId", "city": "city"})

    stored = Profile.objects.order_by("user_id").values_list("city", flat=True)
    assert list(stored) == [value.strip() for value in values]


@pytest.mark.parametrize("pack", [bytes, gzip.compress], ids=["plain", "gzip"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_the_number_of_rows_is_told_before_they_are_all_read(workspace: Workspace, encoding: str, pack):
    text = "uid,ville\n" + "".join(f"U{n},{'Orléans' * (n % 9)}\n" for n in range(6_000))

    user_import = start(pack(text.encode(encoding)))

    assert user_import.row_estimate == pytest.approx(6_000, rel=0.05)
    user_imports.set_reading(user_import=user_import, encoding=user_import.encoding, delimiter=",", header=True)
    assert user_import.row_estimate == pytest.approx(6_000, rel=0.05)

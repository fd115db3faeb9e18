"""A file that cannot be imported is refused with one clear sentence, and nothing has changed."""

import errno
import gzip
from collections.abc import Iterator
from unittest import mock

import pytest

from imports.engine.reading import Rows
from imports.engine.refusal import FileRefused, MappingRefused
from imports.models import UserImport
from imports.services import user_imports
from tests.imports.engine.files import finish, mapped, start
from user360.models import Profile, Workspace

PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20

REFUSED = {
    "an empty file": (b"", "The file is empty."),
    "only blank lines": (b"\n\n  \n", "The file is empty."),
    "a header only": (b"user_id,city\n", "The file has a header and no rows, so there is nothing to import."),
    "a picture": (PNG, "This is not a text file, so there is no table to read in it."),
    "an Excel workbook": (
        b"PK\x03\x04rest",
        "This is an Excel workbook or a ZIP archive; save the table as CSV and upload that.",
    ),
    "a column twice": (
        b"user_id,city,city\nA,Paris,Rome\n",
        "The column “city” is there 2 times (columns 2, 3); give each its own name.",
    ),
    "a quotation mark that is never closed": (
        b'user_id,city\nA,Paris\nB,"Rome\nC,Oslo\n',
        "The quotation mark opened in line 3 is never closed.",
    ),
    "a gzip that is cut off": (
        gzip.compress(b"user_id,city\n" + b"A,Paris\n" * 5_000)[:-20],
        "The gzip file is cut off: it ends in the middle.",
    ),
    "a damaged gzip": (
        gzip.compress(b"user_id,city\nA,Paris\n")[:10] + b"nonsense!" * 9,
        "The gzip file is damaged and cannot be unpacked.",
    ),
    "a gzip bomb": (
        gzip.compress(b"user_id,city\n" + b"A,Paris\n" * 15_000_000, compresslevel=9),
        "The gzip file unpacks to more than 200 times its size.",
    ),
    "too many columns": (
        ",".join(f"c{place}" for place in range(1_001)).encode() + b"\n1\n",
        "The file has 1,001 columns; 1,000 is the most.",
    ),
}


@pytest.mark.parametrize(("content", "sentence"), REFUSED.values(), ids=REFUSED)
def test_a_file_is_refused_with_a_sentence_and_leaves_nothing_behind(
    workspace: Workspace, content: bytes, sentence: str
):
    with pytest.raises(FileRefused) as refusal:
        start(content)

    assert str(refusal.value) == sentence
    assert not UserImport.objects.exists()


def test_a_file_without_a_header_is_taken_and_explained(workspace: Workspace):
    user_import = start("A1,Paris,ann@example.com,2020-01-02\nA2,Rome,bob@example.com,2020-01-03\n")

    assert not user_import.header
    assert [column["name"] for column in user_import.columns] == ["Column 1", "Column 2", "Column 3", "Column 4"]
    (note,) = user_import.notes
    assert note == (
        "The first row looks like data, not like the names of columns (“ann@example.com”);"
        " put a row with the names above it."
    )


def test_a_line_without_an_end_is_refused_before_it_fills_the_memory():
    given = 0

    def endless() -> Iterator[str]:
        nonlocal given
        yield "user_id,city\nA,"
        for _ in range(4_000):
            given += 1
            yield "x" * 2**18

    with pytest.raises(FileRefused) as refusal:
        list(Rows(endless(), ","))

    assert str(refusal.value) == "Line 2 is longer than 1,048,576 characters; this is not a table of users."
    assert given < 10


def test_a_quoted_row_without_an_end_is_refused_before_it_fills_the_memory():
    given = 0

    def endless() -> Iterator[str]:
        nonlocal given
        yield 'user_id,city\nA,Paris\nB,"'
        for _ in range(4_000):
            given += 1
            yield "so many lines\n" * 2**14

    with pytest.raises(FileRefused) as refusal:
        list(Rows(endless(), ","))

    assert str(refusal.value) == (
        "The row that begins in line 3 is longer than 1,048,576 characters; "
        "a quotation mark opened there is never closed."
    )
    assert given < 200


def test_a_stored_file_that_was_changed_is_refused_and_nothing_is_imported(workspace: Workspace):
    user_import = start("user_id,city\nA,Paris\n")
    user_imports.save_mapping(
        user_import=user_import, columns=mapped({"user_id": "userId", "city": "city"}), user_id_column=""
    )
    with user_import.file.storage.open(str(user_import.file.name), "wb") as stored:
        stored.write(b"user_id,city\nA,Rome\n")

    done = finish(user_import)

    assert done.job.state == "failed"
    assert done.job.error == "The stored file is no longer the one that was uploaded; upload it again."
    assert not Profile.objects.exists()


def test_a_full_disk_is_said_in_one_sentence(workspace: Workspace):
    full = OSError(errno.ENOSPC, "No space left on device")
    with (
        mock.patch("django.core.files.storage.filesystem.FileSystemStorage._save", side_effect=full),
        pytest.raises(FileRefused) as refusal,
    ):
        start("user_id,city\nA,Paris\n")

    assert str(refusal.value) == "There is no space left on the server's disk to keep the file."


def test_a_full_disk_of_the_database_fails_the_import_in_one_sentence(workspace: Workspace):
    user_import = start("user_id,city\nA,Paris\n")
    user_imports.save_mapping(
        user_import=user_import, columns=mapped({"user_id": "userId", "city": "city"}), user_id_column=""
    )
    from django.db import OperationalError
    from psycopg.errors import DiskFull

    def full(*_: object) -> None:
        raise OperationalError("could not extend file") from DiskFull()

    with mock.patch("imports.engine.pipeline.stage", side_effect=full):
        done = finish(user_import)

    assert (done.job.state, done.job.error) == (
        "failed",
        "The database's disk is full. Nothing is half written: make room and start the import again.",
    )


WRONG_MAPPINGS = {
    "an unknown column": ({"nobody": "city"}, "The file has no column “nobody”."),
    "an unknown property": ({"city": "town"}, "There is no property “town”."),
    "a property twice": ({"city": "city", "plan": "city"}, "The property city is in two columns, “city” and “plan”."),
    "an unknown ID type": ({"city": "id:passport"}, "There is no ID type “passport”."),
    "an unknown encryption": (
        {"city": "id:mobile:rot13"},
        "“rot13” is not an encryption; there are none, md5, sha256, aes.",
    ),
    "what the product keeps": ({"city": "createdAt"}, "Created is kept by the product and cannot be imported."),
    "nothing at all": ({"city": "-"}, "No column is mapped, so there is nothing to import."),
}


@pytest.mark.parametrize(("mapping", "sentence"), WRONG_MAPPINGS.values(), ids=WRONG_MAPPINGS)
def test_a_mapping_that_does_not_hold_together_is_refused(
    workspace: Workspace, mapping: dict[str, str], sentence: str
):
    user_import = start("user_id,city,plan\nA,Paris,1\n")

    with pytest.raises(MappingRefused) as refusal:
        user_imports.save_mapping(user_import=user_import, columns=mapped(mapping), user_id_column="")

    assert str(refusal.value) == sentence

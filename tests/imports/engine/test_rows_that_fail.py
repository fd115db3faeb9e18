"""A wrong row fails alone, with its line, its column and a sentence; the others are imported."""

import pytest

from tests.imports.engine.files import import_users, report_rows
from user360.models import Identity, Profile, Workspace

TOO_LONG_ID = "x" * 10_000
WRONG_CELLS = {
    "a number": ("id:mobile", "call me", "Not a phone number"),
    "a phone without its country": (
        "phone",
        "06 12 34 56 78",
        "Write the phone number with + and its country code, such as +33 6 12 34 56 78",
    ),
    "a number that a spreadsheet shortened": (
        "id:mobile",
        "9.19E+11",
        "A spreadsheet shortened this number; its last digits are gone",
    ),
    "an e-mail without a domain": ("email", "ann@", "Not an e-mail address (expected name@example.com)"),
    "a day that may be read two ways": (
        "dob",
        "31/12/1999",
        "31/12/1999 can be read day first or month first; choose the date format of the column, or write YYYY-MM-DD",
    ),
    "a day without separators": (
        "dob",
        "19991231",
        "19991231 looks like a date written YYYYMMDD; choose that date format for the column, or write 1999-12-31",
    ),
    "a day that is none": ("dob", "20260230", "Not a date (expected YYYY-MM-DD)"),
    "an age that is none": ("age", "31.5", "Not an age in whole years (0 to 150)"),
    "no number": ("age", "many", "Not a number"),
    "neither yes nor no": ("emailOptin", "maybe", "Not true or false"),
}


@pytest.mark.parametrize(("target", "cell", "sentence"), WRONG_CELLS.values(), ids=WRONG_CELLS)
def test_a_wrong_cell_fails_its_row_with_line_column_and_sentence(
    workspace: Workspace, target: str, cell: str, sentence: str
):
    done = import_users(f"uid,cell\nA,\nB,{cell}\nC,\n", {"uid": "userId", "cell": target})

    assert done.job.state == "completed_with_errors"
    assert done.counts == {"total": 3, "new": 2, "failed": 1}
    assert done.errors == [(3, "invalidDataType", "cell", sentence)]
    assert done.job.rows.get().message == sentence


def test_a_user_id_of_ten_thousand_characters_fails(workspace: Workspace):
    done = import_users(f"uid,city\n{TOO_LONG_ID},Paris\nB,Rome\n", {"uid": "userId", "city": "city"})

    assert done.errors == [(2, "invalidDataType", "uid", "Longer than 255 characters")]
    assert done.counts == {"total": 2, "new": 1, "failed": 1}


def test_a_ragged_row_fails_with_its_line(workspace: Workspace):
    done = import_users('uid,city\n"A\n1",Paris\nB\nC,Rome,more\nD,Oslo\n', {"uid": "userId", "city": "city"})

    assert done.errors == [
        (2, "invalidDataType", "uid", "Contains a line break or another control character"),
        (4, "wrongNumberOfColumns", "", "1 cells where the header has 2: fewer than columns"),
        (5, "wrongNumberOfColumns", "", "3 cells where the header has 2: more than columns"),
    ]
    assert done.counts == {"total": 4, "new": 1, "failed": 3}


def test_wrong_quotation_marks_fail_their_row_alone(workspace: Workspace):
    done = import_users('uid,city\nA,"Paris"x\nB,"Rome ""Eterna"""\n', {"uid": "userId", "city": "city"})

    assert done.errors == [
        (2, "invalidQuoting", "", 'The quotation marks in line 2 are wrong; inside quotes write " twice')
    ]
    assert Profile.objects.get().city == 'Rome "Eterna"'


def test_a_nul_byte_fails_its_row(workspace: Workspace):
    done = import_users(b"uid,city\nA,Pa\0ris\nB,Rome\n", {"uid": "userId", "city": "city"})

    assert done.errors == [(2, "invalidCharacter", "", "Contains a NUL character")]


def test_bytes_of_another_encoding_fail_their_row(workspace: Workspace):
    content = "uid,city\nA,Orléans\nB,Nîmes\n".encode() + "C,Besançon\n".encode("latin-1")

    done = import_users(content, {"uid": "userId", "city": "city"})

    assert done.errors == [(4, "invalidEncoding", "", "Some bytes are not in the encoding of the rest of the file")]
    assert set(Profile.objects.values_list("city", flat=True)) == {"Orléans", "Nîmes"}


def test_an_id_that_belongs_to_somebody_else_fails_the_row_and_names_both(workspace: Workspace):
    mapping = {"uid": "userId", "mail": "id:email", "phone": "id:mobile"}
    import_users("uid,mail,phone\nA,a@example.com,\nB,,+33612345678\n", mapping)

    done = import_users("uid,mail,phone\nB,a@example.com,\n,a@example.com,+33612345678\nC,a@example.com,\n", mapping)

    assert done.errors == [
        (
            2,
            "identityConflict",
            "mail",
            "The E-mail “a@example.com” belongs to the user “A”, while the row is about the user “B”",
        ),
        (
            3,
            "identityConflict",
            "mail",
            "The E-mail “a@example.com” belongs to the user “A”, while the row is about the user “B”",
        ),
        (
            4,
            "identityConflict",
            "mail",
            "The E-mail “a@example.com” belongs to the user “A”, while the row brings another user ID",
        ),
    ]


def test_an_id_of_two_users_of_the_file_fails_the_second(workspace: Workspace):
    done = import_users("uid,mail\nA,a@example.com\nB,A@example.com\nA,\n", {"uid": "userId", "mail": "id:email"})

    assert done.errors == [
        (3, "duplicateInFile", "mail", "The E-mail “a@example.com” is in line 2 as well, for another user")
    ]
    assert done.counts == {"total": 3, "new": 1, "unchanged": 1, "failed": 1}


def test_placeholders_join_nobody(workspace: Workspace):
    done = import_users(
        "uid,mail\nA,test@test.com\nB,test@test.com\nnull,\n0,\n", {"uid": "userId", "mail": "id:email"}
    )

    assert done.counts == {"total": 4, "new": 4}
    assert not Identity.objects.filter(value="test@test.com").exists()


def test_a_formula_is_kept_as_the_text_it_is(workspace: Workspace):
    import_users('uid,name\nA,"=HYPERLINK(""http://x.example"",""x"")"\n', {"uid": "userId", "name": "name"})

    assert Profile.objects.get().name == '=HYPERLINK("http://x.example","x")'


def test_three_hundred_columns_are_imported(workspace: Workspace):
    names = [f"field{place}" for place in range(300)]
    header, values = ",".join(["uid", *names]), ",".join(["A", *(f"v{place}" for place in range(300))])

    done = import_users(
        f"{header}\n{values}\nB{',' * 300}\n", {"uid": "userId", **{name: name for name in names}},
        new=dict.fromkeys(names, "string"),
    )  # fmt: skip

    assert done.counts == {"total": 2, "new": 2}, done.job.error
    assert Profile.objects.get(user_id="A").attributes == {name: f"v{place}" for place, name in enumerate(names)}


def test_the_error_file_holds_the_failed_rows_and_can_be_imported_as_it_is(workspace: Workspace):
    mapping = {"uid": "userId", "age": "age"}
    first = import_users("uid,age,other\nA,31,x\nB,many,y\n", mapping)
    errors = first.job.files.get(name="errors.csv").file.read()

    assert report_rows(first.job, "errors.csv") == [
        {
            "uid": "B",
            "age": "many",
            "other": "y",
            "line": "3",
            "result": "FAILED",
            "error_code": "invalidDataType",
            "error_column": "age",
            "error_message": "Not a number",
        }
    ]
    again = import_users(errors.replace(b"many", b"32"), mapping)
    assert again.counts == {"total": 1, "new": 1}
    assert Profile.objects.get(user_id="B").age == 32


def test_two_rows_of_one_user_apply_in_the_order_of_the_file(workspace: Workspace):
    done = import_users(
        "uid,city,age\nA,Paris,31\nA,,32\nA,Rome,\nA,Rome,\n", {"uid": "userId", "city": "city", "age": "age"}
    )

    assert done.counts == {"total": 4, "new": 1, "updated": 2, "unchanged": 1}
    assert (Profile.objects.get().city, Profile.objects.get().age) == ("Rome", 32)


def test_a_skipped_row_leaves_its_ids_free_for_the_rows_behind_it(workspace: Workspace):
    mapping = {"uid": "userId", "mail": "id:email"}
    import_users("uid,mail\nA,\n", mapping)

    done = import_users("uid,mail\nA,x@example.com\nB,x@example.com\n", mapping, on_conflict="skip")

    assert done.counts == {"total": 2, "new": 1, "skipped": 1}
    assert Identity.objects.get(value="x@example.com").profile.user_id == "B"

"""CSV imports of users: what the wizard and the command call, in this order.

`start_import` takes a private copy of the file and finds out how it is written; `set_reading` corrects that.
`propose_mapping` and `save_mapping` say what each column is, `save_conflicts` and `save_tags` the rest. `dry_run`
counts what would happen, `run` does it; both are jobs. All raise `FileRefused` or `MappingRefused` (both are
`JobRefused`: one sentence for the person) and then have changed nothing. Everything happens inside the workspace's
scope, and every setter forgets the result of an earlier dry run.
"""

from collections.abc import Sequence
from typing import Any

from django.contrib.auth.models import User
from django.core.files.base import File

from imports.engine.mapping import MappedColumn, Proposal
from imports.models import UserImport
from user360.models import Job


def start_import(*, file: File[Any], name: str, actor: User | None, source_name: str = "") -> UserImport:
    """Keeps a private copy of the file and finds encoding, delimiter, header, columns, samples and an estimate.

    `source_name` names the CSV source (made when new); empty means "CSV import". Raises FileRefused. A file that
    seems to have no header is taken with `header=False` and a sentence in `notes`.
    """
    raise NotImplementedError


def set_reading(*, user_import: UserImport, encoding: str, delimiter: str, header: bool) -> None:
    """Reads the file anew in this encoding (a key of ENCODINGS), delimiter (of DELIMITERS) and with or without header.

    Changes the columns and forgets the mapping. Raises FileRefused.
    """
    raise NotImplementedError


def propose_mapping(user_import: UserImport) -> list[Proposal]:
    """What each column most likely is, one proposal a column in their order. Writes nothing."""
    raise NotImplementedError


def save_mapping(*, user_import: UserImport, columns: Sequence[MappedColumn], user_id_column: str) -> None:
    """Keeps what each column is; `user_id_column` is a header or empty. Columns not named are left out.

    Raises MappingRefused, whose `column` is the header that it is about or empty.
    """
    raise NotImplementedError


def save_conflicts(*, user_import: UserImport, on_conflict: str, merge_tags: bool) -> None:
    """Keeps what happens to users that exist already: a value of `UserImport.OnConflict`."""
    raise NotImplementedError


def save_tags(*, user_import: UserImport, tags: Sequence[str], segment_name: str = "") -> None:
    """Keeps the labels that every imported user gets."""
    raise NotImplementedError


def default_tag(user_import: UserImport) -> str:
    """The label proposed for everybody in the file: `DDMonYY_HH:MM` in the workspace's zone."""
    raise NotImplementedError


def dry_run(*, user_import: UserImport, actor: User | None) -> Job:
    """Starts a job that counts over the whole file what an import would do; the result is in `user_import.dry_run`."""
    raise NotImplementedError


def run(*, user_import: UserImport, actor: User | None) -> Job:
    """Starts the import as a job; once only."""
    raise NotImplementedError

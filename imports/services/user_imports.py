"""CSV imports of users: what the wizard and the command call, in this order.

`start_import` takes a private copy of the file and finds out how it is written; `set_reading` corrects that.
`propose_mapping` and `save_mapping` say what each column is, `save_conflicts` and `save_tags` the rest. `dry_run`
counts what would happen, `run` does it; both are jobs. All raise `FileRefused` or `MappingRefused` (both are
`JobRefused`: one sentence for the person) and then have changed nothing. Everything happens inside the workspace's
scope, and every setter forgets the result of an earlier dry run.
"""

from __future__ import annotations

import errno
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django.contrib.auth.models import User
from django.core.files.base import File
from django.db import transaction
from django.utils import timezone

from imports.engine.dialect import DELIMITERS
from imports.engine.encoding import ENCODINGS
from imports.engine.limits import MAX_FILE_BYTES
from imports.engine.mapping import MappedColumn, Proposal
from imports.engine.plan import Plan, make_plan
from imports.engine.proposals import Proposer
from imports.engine.refusal import FileRefused, MappingRefused
from imports.engine.sniffing import Look, first_look, look_again
from imports.models import UserImport
from segments.models import Segment
from user360.models import Job, Property, Source, Tag
from user360.property_types.string import MAX_STRING
from user360.services import jobs
from user360.tenancy import current_workspace

IMPORT_JOB, CHECK_JOB = "import_users", "check_import"
DEFAULT_SOURCE = "CSV import"
# How many of the source's imports are asked what a header meant.
_REMEMBERED = 20
State = UserImport.State


def start_import(*, file: File[Any], name: str, actor: User | None, source_name: str = "") -> UserImport:
    """Keeps a private copy of the file and finds encoding, delimiter, header, columns, samples and an estimate.

    `source_name` names the CSV source (made when new); empty means "CSV import". Raises FileRefused. A file that
    seems to have no header is taken with `header=False` and a sentence in `notes`.
    """
    if file.size > MAX_FILE_BYTES:
        raise FileRefused("The file is larger than 2 GB; split it or compress it with gzip.")
    user_import = UserImport(name=name[-200:], size=file.size, created_by=actor)
    _keep_copy(user_import, file)
    try:
        look, user_import.sha256 = first_look(user_import.file, name=name)
        _remember(user_import, look)
        with transaction.atomic():
            user_import.source = _source(source_name)
            user_import.tags = [default_tag(user_import)]
            user_import.save()
    except BaseException:
        user_import.file.delete(save=False)
        raise
    return user_import


def set_reading(*, user_import: UserImport, encoding: str, delimiter: str, header: bool) -> None:
    """Reads the file anew in this encoding (a key of ENCODINGS), delimiter (of DELIMITERS) and with or without header.

    Changes the columns and forgets the mapping. Raises FileRefused.
    """
    if encoding not in ENCODINGS or delimiter not in DELIMITERS:
        raise FileRefused("Choose an encoding and a delimiter from the lists.")
    look = look_again(user_import.file, encoding=encoding, delimiter=delimiter, header=header)
    # Read another way the file has no more rows than before.
    _remember(user_import, replace(look, row_estimate=user_import.row_estimate))
    user_import.mapping, user_import.user_id_column = [], ""
    _save(user_import)


def propose_mapping(user_import: UserImport) -> list[Proposal]:
    """What each column most likely is, one proposal a column in their order. Writes nothing.

    The type of a property to be created is a guess from the first rows; "" in `NewProperty.type` means the narrowest
    type that the whole file fits, and is what the command uses.
    """
    look = look_again(
        user_import.file,
        encoding=user_import.encoding,
        delimiter=user_import.delimiter,
        header=user_import.header,
    )
    proposer = Proposer(
        list(Property.objects.all()),
        _last_mappings(user_import),
        list(Tag.objects.filter(archived_at=None, is_labels=False).values_list("name", flat=True)),
    )
    return proposer.propose(list(zip(look.names, look.values, strict=True)))


def save_mapping(*, user_import: UserImport, columns: Sequence[MappedColumn], user_id_column: str) -> None:
    """Keeps what each column is; `user_id_column` is a header or empty. Columns not named are left out.

    Raises MappingRefused, whose `column` is the header that it is about or empty.
    """
    make_plan(names=_names(user_import), header=user_import.header, mapping=columns, user_id_column=user_id_column)
    user_import.mapping = [column.to_json() for column in columns]
    user_import.user_id_column = user_id_column
    _save(user_import)


def save_conflicts(*, user_import: UserImport, on_conflict: str, merge_tags: bool) -> None:
    """Keeps what happens to users that exist already: a value of `UserImport.OnConflict`."""
    if on_conflict not in UserImport.OnConflict.values:
        raise MappingRefused(f"“{on_conflict}” is not a way to treat existing users.")
    user_import.on_conflict, user_import.merge_tags = on_conflict, merge_tags
    _save(user_import)


def save_tags(*, user_import: UserImport, tags: Sequence[str], segment_name: str = "") -> None:
    """Keeps the labels that every imported user gets, and the name of the static segment they make, if any."""
    cleaned = list(dict.fromkeys(tag.strip() for tag in tags if tag.strip()))
    if any(len(tag) > MAX_STRING for tag in cleaned):
        raise MappingRefused(f"A tag has at most {MAX_STRING} characters.")
    segment_of(segment_name)
    user_import.tags, user_import.segment_name = cleaned, segment_name.strip()
    _save(user_import)


def segment_of(name: str) -> Segment | None:
    """The static segment of this name. Raises MappingRefused for one whose members follow from conditions."""
    found: Segment | None = Segment.objects.filter(name__iexact=name.strip(), archived_at=None).first()
    if found is not None and found.is_dynamic:
        raise MappingRefused(f"The members of the segment “{found.name}” follow from its conditions; choose another.")
    return found


def default_tag(user_import: UserImport) -> str:
    """The label proposed for everybody in the file: `DDMonYY_HH:MM` in the workspace's zone."""
    return user_import.created_at.astimezone(current_workspace().zone).strftime("%d%b%y_%H:%M")


def plan_of(user_import: UserImport) -> Plan:
    """The saved mapping against the schema as it is now. Raises MappingRefused."""
    return make_plan(
        names=_names(user_import),
        header=user_import.header,
        mapping=[MappedColumn.from_json(stored) for stored in user_import.mapping],
        user_id_column=user_import.user_id_column,
        on_conflict=user_import.on_conflict,
        merge_tags=user_import.merge_tags,
        labels=user_import.tags,
    )


@transaction.atomic
def dry_run(*, user_import: UserImport, actor: User | None) -> Job:
    """Starts a job that counts over the whole file what an import would do; the result is in `user_import.dry_run`."""
    plan_of(user_import)
    _refuse_started(user_import)
    if user_import.check_job is not None and not user_import.check_job.finished:
        jobs.request_cancel(job=user_import.check_job)
    job = create_job(user_import=user_import, kind=CHECK_JOB, actor=actor)
    jobs.send(job)
    return job


@transaction.atomic
def run(*, user_import: UserImport, actor: User | None) -> Job:
    """Starts the import as a job; once only."""
    plan_of(user_import)
    job = create_job(user_import=user_import, kind=IMPORT_JOB, actor=actor)
    jobs.send(job)
    return job


@transaction.atomic
def create_job(*, user_import: UserImport, kind: str, actor: User | None) -> Job:
    """The job row of an import or of its check, not sent to anybody: for callers that do the work themselves."""
    _refuse_started(user_import)
    job = jobs.create(kind=kind, subject=user_import.name, actor=actor, params={"user_import": user_import.pk})
    if kind == IMPORT_JOB:
        # Of two clicks the second finds the import started.
        started = UserImport.objects.filter(pk=user_import.pk).exclude(state=State.STARTED)
        if not started.update(state=State.STARTED, job=job):
            raise MappingRefused("This import has been started already.")
        user_import.state, user_import.job = State.STARTED, job
    else:
        user_import.state, user_import.check_job, user_import.dry_run = State.CHECKING, job, {}
        user_import.save(update_fields=["state", "check_job", "dry_run"])
    return job


def _keep_copy(user_import: UserImport, file: File[Any]) -> None:
    stamp = timezone.now().strftime("%Y%m%d-%H%M%S")
    ending = ".csv.gz" if user_import.name.lower().endswith(".gz") else ".csv"
    try:
        user_import.file.save(f"users-{stamp}{ending}", file, save=False)
    except OSError as error:
        if error.errno == errno.ENOSPC:
            raise FileRefused("There is no space left on the server's disk to keep the file.") from error
        raise


def _source(name: str) -> Source:
    source: Source
    source, _ = Source.objects.get_or_create(
        workspace=current_workspace(), name=name.strip()[:100] or DEFAULT_SOURCE, defaults={"kind": Source.Kind.CSV}
    )
    return source


def _remember(user_import: UserImport, look: Look) -> None:
    user_import.encoding, user_import.delimiter, user_import.header = look.encoding, look.delimiter, look.header
    user_import.columns, user_import.row_estimate, user_import.notes = look.columns, look.row_estimate, look.notes


def _names(user_import: UserImport) -> list[str]:
    return [column["name"] for column in user_import.columns]


def _last_mappings(user_import: UserImport) -> dict[str, MappedColumn]:
    earlier = UserImport.objects.filter(source=user_import.source, state=State.STARTED).exclude(pk=user_import.pk)
    known: dict[str, MappedColumn] = {}
    for mapping, user_id_column in earlier.values_list("mapping", "user_id_column")[:_REMEMBERED]:
        for stored in mapping:
            column = MappedColumn.from_json(stored)
            if column.column == user_id_column:
                column = MappedColumn(column.column, "userId")
            known.setdefault(column.column.casefold(), column)
    return known


def _refuse_started(user_import: UserImport) -> None:
    if user_import.state == State.STARTED:
        raise MappingRefused("This import has been started already.")


def _save(user_import: UserImport) -> None:
    _refuse_started(user_import)
    user_import.state, user_import.dry_run = State.DRAFT, {}
    user_import.save()

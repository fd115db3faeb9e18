"""Every page and dialog of the product, and how a browser gets there."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass

from django.core.files.base import ContentFile
from django.utils import timezone
from playwright.sync_api import Page

from imports.models import UserImport
from imports.services import user_imports
from imports.services.import_options import choose_mapping
from segments.models import Segment
from tests.factories import profile
from user360.models import Job, Profile
from user360.services import jobs

type Step = Callable[[Page], None]
KNOWN, VIP = {"property": "city", "op": "known"}, {"tag": "Labels", "op": "has_any", "value": ["VIP"]}
CONDITIONS = json.dumps({"all": [KNOWN, VIP]})
NOBODY = json.dumps({"property": "city", "op": "is", "value": "Atlantis"})
BROKEN = json.dumps({"property": "gone", "op": "is", "value": "x"})
FILE = b"customer_id,full name,mail,town,vip\n" + b"".join(
    b"C%d,Ann Lee,ann%d@example.com,Paris,yes\n" % (n, n) for n in range(1, 12)
)


@dataclass(frozen=True)
class Look:
    """One state of one page: its address below the workspace and the steps that bring the state about."""

    address: str
    steps: tuple[Step, ...] = ()


def click(role: str, name: str) -> Step:
    """Press the first control of this role whose name starts so."""

    def step(page: Page) -> None:
        page.get_by_role(role, name=re.compile("^" + re.escape(name))).first.click()  # type: ignore[arg-type]

    return step


def fill(label: str, text: str) -> Step:
    """Write into the first field of this label."""
    return lambda page: page.get_by_label(label).first.fill(text)


def opened(page: Page) -> None:
    """Wait until a dialog is open and whatever it fetches has come."""
    page.locator("dialog[open]").wait_for()
    page.wait_for_load_state("networkidle")


def settled(page: Page) -> None:
    """Wait until whatever the page fetches has come."""
    page.wait_for_load_state("networkidle")


def here(selector: str) -> Step:
    """Wait until this is seen."""
    return lambda page: page.locator(selector).first.wait_for()


def dialog(name: str, role: str = "link") -> tuple[Step, ...]:
    """Open the dialog behind this link."""
    return (click(role, name), opened)


def of_users() -> list[Look]:
    """The list, its states and its dialogs."""
    return [
        Look("users/"),
        Look("users/", dialog("Column Display")),
        Look("users/", (*dialog("Condition"), here(".rule"))),
        Look(f"users/?c={CONDITIONS}&q=a"),
        Look(f"users/?c={CONDITIONS}", (click("link", "City"), opened, here(".rule"))),
        Look(f"users/?c={NOBODY}"),
        Look(f"users/?c={BROKEN}"),
        Look("users/", dialog("Export User")),
        Look("users/", (click("checkbox", "Select the users of this page"), here("[data-bulk-bar]"))),
        Look("users/", (click("button", "Add user"),)),
        Look("users/", (click("button", "Member level"),)),
        Look("users/", (lambda page: page.keyboard.press("?"), opened)),
        Look("users/new/"),
        Look("users/new/", (fill("E-mail", "nobody"), click("button", "Add user"), here(".field-error, .note-bad"))),
    ]


def of_a_user() -> list[Look]:
    """One user: every tab, editing and tagging."""
    one = Profile.objects.order_by("pk")[0]
    page = f"users/{one.pk}/"
    return [
        Look(page),
        Look(f"{page}?tab=groups", (settled,)),
        Look(f"{page}?tab=properties"),
        Look(f"{page}?tab=timeline"),
        Look(f"{page}?about=identity"),
        Look(f"{page}?tab=properties", (click("link", "Edit City"), here("[data-inline-edit]"))),
        Look(page, dialog("Edit")),
        Look(f"{page}edit/"),
        Look(page, dialog("Tag")),
        Look(f"{page}tags/"),
    ]


def of_segments() -> list[Look]:
    """Segments: reading, making, changing, taking away."""
    first = Segment.objects.order_by("pk")[0]
    page = f"segments/{first.slug}/"
    actions = click("button", "Actions")
    some = Profile.objects.order_by("pk")[0]
    return [
        Look("segments/"),
        Look("segments/?q=zzzz"),
        Look("segments/?show=archived"),
        Look(page),
        Look(page, (actions,)),
        Look(page, (actions, *dialog("Rename"))),
        Look(page, (actions, *dialog("Archive"))),
        Look(page, (actions, *dialog("Delete"))),
        Look(f"{page}edit/", (here(".rule"), settled)),
        Look("segments/new/", (here(".rule"), settled)),
        Look("segments/new/", (here(".rule"), click("button", "Create segment"))),
        Look(f"{page}why/{some.pk}/"),
    ]


def of_configuration() -> list[Look]:
    """Properties and the shell of the workspace."""
    return [
        Look("properties/"),
        Look("properties/", dialog("New property")),
        Look("properties/", dialog("City")),
        Look("properties/new/"),
        Look("users/", (click("button", "Your account"),)),
        Look("users/", (click("button", "Workspace"),)),
        Look("nowhere/"),
    ]


def of_logs() -> list[Look]:
    """User logs: the list, and a job of each ending."""
    now = timezone.now()
    many = {"total": 1000, "new": 988, "failed": 12}
    kind = {"kind": "import_users", "started_at": now}
    Job.objects.create(state="failed", error="The file has no header.", finished_at=now, subject="a.csv", **kind)
    Job.objects.create(state="completed_with_errors", counts=many, finished_at=now, subject="b-" * 90 + ".csv", **kind)
    jobs.create(kind="import_users", subject="c.csv", actor=None, params={})
    every = [Look(f"logs/{job.pk}/") for job in Job.objects.filter(kind="import_users").order_by("pk")]
    return [Look("logs/"), Look("logs/?state=undone"), *every]


def of_imports() -> list[Look]:
    """Each step of leading through an import: on the way, checked, and with a check that waits for a worker."""
    profile({"city": "Lyon"}, user_id="C1")
    checked, waiting = _mapped("users.csv"), _mapped("others.csv")
    job = user_imports.create_job(user_import=checked, kind=user_imports.CHECK_JOB, actor=None)
    jobs.run(job.pk)
    user_imports.create_job(user_import=waiting, kind=user_imports.CHECK_JOB, actor=None)
    steps = [Look(f"imports/{checked.pk}/{step}/") for step in ("map", "conflicts", "tags", "review")]
    return [Look("imports/new/"), *steps, Look(f"imports/{waiting.pk}/review/")]


def _mapped(name: str) -> UserImport:
    draft = user_imports.start_import(file=ContentFile(FILE), name=name, actor=None)
    columns, user_id = choose_mapping(user_import=draft, mapped=(), user_id="", create_properties=True)
    user_imports.save_mapping(user_import=draft, columns=columns, user_id_column=user_id)
    return draft


AREAS: dict[str, Callable[[], list[Look]]] = {
    "users": of_users,
    "a user": of_a_user,
    "segments": of_segments,
    "configuration": of_configuration,
    "logs": of_logs,
    "imports": of_imports,
}

"""What an empty installation needs before anybody can sign in: an administrator and a workspace."""

import os
import secrets
from dataclasses import dataclass

from allauth.account.models import EmailAddress
from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import QuerySet

from user360.models import Workspace
from user360.services.workspaces import create_workspace

DEFAULT_EMAIL = "admin@example.com"
DEMO = "demo"


@dataclass(frozen=True)
class Administrator:
    """The account just made. `password` is set only when it was made up here; it can be shown this one time."""

    email: str
    password: str | None


@transaction.atomic
def first_start() -> Administrator | None:
    """Create the organization's administrator and the workspace `demo`, each where there is none of its kind.

    One transaction: an account whose password was never shown would lock everybody out.
    """
    administrator = _create_administrator() if not _superusers().exists() else None
    if not Workspace.objects.exists():
        create_workspace(name="Demo", slug=DEMO, owner=_superusers().earliest("pk"))
    return administrator


def _superusers() -> QuerySet[User]:
    return User.objects.filter(is_superuser=True)


def _create_administrator() -> Administrator:
    email = os.environ.get("USER360_ADMIN_EMAIL") or DEFAULT_EMAIL
    given = os.environ.get("USER360_ADMIN_PASSWORD")
    password = given or secrets.token_urlsafe(12)
    user = User.objects.create_superuser(username=email, email=email, password=password)
    EmailAddress.objects.create(user=user, email=email, primary=True, verified=True)
    return Administrator(email, None if given else password)

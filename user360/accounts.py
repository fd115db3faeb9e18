"""Sign-in with allauth: accounts come from administrators and invitations, never from a public form."""

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class AccountAdapter(DefaultAccountAdapter):
    """Closes the public sign-up."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002 - the answer is the same for all
        """Nobody signs up by themselves."""
        return False

"""The user groups a query bar can choose from; the layer that has groups registers where they come from."""

from collections.abc import Callable, Sequence

type GroupProvider = Callable[[], Sequence[tuple[str, str]]]

_providers: list[GroupProvider] = []


def register_groups(provider: GroupProvider) -> None:
    """`provider` gives (slug, name) of the current workspace's groups; called from `AppConfig.ready()`."""
    _providers.append(provider)


def groups() -> list[tuple[str, str]]:
    """All groups of the current workspace, by slug and name."""
    return [group for provider in _providers for group in provider()]

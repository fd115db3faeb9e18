"""What the customer tells the layers above it."""

from django.dispatch import Signal

# Sent inside the transaction of every write that can change which segments a profile is in, with `workspace_id: int`
# and `profile_ids: Sequence[int]`.
profiles_touched = Signal()

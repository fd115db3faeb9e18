"""Records of imports."""

from imports.models.job_row import JobRow
from imports.models.user_import import UserImport

__all__ = ["JobRow", "UserImport"]

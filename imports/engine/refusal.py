"""What a person can mend about a file or its mapping. Nothing has been changed when one of these is raised."""

from user360.services.jobs import JobRefused


class FileRefused(JobRefused):
    """The file cannot be imported; the message is one sentence that says why."""


class MappingRefused(JobRefused):
    """The mapping does not hold together; `column` is the header it is about, or empty."""

    def __init__(self, message: str, *, column: str = "") -> None:
        super().__init__(message)
        self.column = column

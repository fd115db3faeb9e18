"""Reading the page as a person does."""

import re


def subjects(page: str) -> list[str]:
    """The subjects of the rows from top to bottom."""
    return [re.findall(r"<td>(.*?)</td>", row)[0] for row in page.split("<tr data-row")[1:]]

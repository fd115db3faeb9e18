"""Log lines tell what happened, and nothing of the customers it happened to."""

import logging
import logging.config

import pytest

from config.logging import logging_settings


@pytest.fixture(params=[False, True], ids=["text", "json"])
def lines(request, capsys, name="laurent"):
    """What an error with a customer among its local variables leaves in the log."""
    before = logging.root.handlers[:]
    logging.config.dictConfig(logging_settings(as_json=request.param))
    try:
        email = f"{name}@example.com"
        email.index("?")
    except ValueError:
        logging.getLogger("user360").exception("it_broke")
    yield capsys.readouterr().err
    logging.root.handlers[:] = before


def test_a_traceback_shows_no_values_of_variables(lines):
    assert "it_broke" in lines
    assert "ValueError" in lines
    assert "laurent@example.com" not in lines

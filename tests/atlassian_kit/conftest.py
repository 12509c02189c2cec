"""Fixtures for what Jira and Confluence share."""

from collections.abc import Callable

import pytest

from connector_kit.testing.adf import adf_checker
from connector_kit.testing.specs import REASON


@pytest.fixture(scope="session")
def adf_errors() -> Callable[[object], list[str]]:
    """Return what Atlassian's own JSON schema has to say against a document."""
    checker = adf_checker()
    if checker is None:
        pytest.skip(REASON)
    return checker

"""JQL for the sandbox: a grammar, the checks that Jira makes, and the search over issues.

query = parse('project = PMOS AND status != Done ORDER BY priority')
search = query.compile(FieldCatalog(standard_fields()), JqlContext(now, directory, user))
search.select(issues)
"""

from .context import Directory, FieldValue, IssueView, JqlContext, Ref, RefIndex, SprintState
from .errors import JqlError
from .fields import FieldCatalog, FieldDef, Kind, custom_field, standard_fields
from .query import UNBOUNDED, Query, Search, parse
from .saved import with_filters

__all__ = [
    "UNBOUNDED",
    "Directory",
    "FieldCatalog",
    "FieldDef",
    "FieldValue",
    "IssueView",
    "JqlContext",
    "JqlError",
    "Kind",
    "Query",
    "Ref",
    "RefIndex",
    "Search",
    "SprintState",
    "custom_field",
    "parse",
    "standard_fields",
    "with_filters",
]

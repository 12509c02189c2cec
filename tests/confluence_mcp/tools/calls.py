"""For each tool, calls that between them lead to all requests that it can make."""

from collections.abc import Mapping
from typing import Any

PERSON = "data analyst"
ACCOUNT = "712020:5a9d1c0e-0000-4000-8000-000000000007"
PAGE = {"page": "98432"}
MISSING = {"page": "99999999"}

CALLS: Mapping[str, tuple[dict[str, Any], ...]] = {
    "confluence_search": (
        {"text": "agent", "space": "PM OS", "author": PERSON, "label": "agent-spec", "since": "900d", "limit": 1},
        {"under": "PMOS/Agent Specifications", "author": "me"},
        {"author": "712020:5a9d1c0e-0000-4000-8000-000000000005"},
        {"cql": "spaces = x"},
    ),
    "confluence_get_page": (
        PAGE,
        {"page": "98415", "version": 1},
        {"page": "PMOS/Product Architect", "part": "outline"},
        {"page": "98471"},
        MISSING,
    ),
    "confluence_list_pages": (
        {"space": "PMOS"},
        {"space": "KB", "show": "newest", "limit": 1},
        {"page": "98400", "depth": 10},
        {"page": "98407"},
        {"page": "98432", "show": "ancestors"},
    ),
    "confluence_list_spaces": ({"query": "PM"}, {"kind": "personal"}),
    "confluence_list_versions": ({"page": "98415", "limit": 1}, {"page": "98471"}),
    "confluence_compare_versions": ({"page": "98415", "older": 1}, {"page": "98415", "older": 2, "newer": 3}),
    "confluence_restore_version": ({"page": "98415", "number": 1, "version": 3, "restore_title": True},),
    "confluence_list_blog_posts": ({"space": "PMOS"}, {}),
    "confluence_get_page_access": ({"page": "98465"}, {"page": "98465", "person": PERSON, "operation": "update"}),
    "confluence_get_views": ({**PAGE, "since": "900d"},),
    "confluence_search_users": ({"query": "Alex"},),
    "confluence_get_space": ({"space": "PM OS"},),
    "confluence_list_tasks": (
        {"space": "PMOS", "assignee": PERSON, "state": "all", "due_before": "2027-01-01"},
        {"page": "98408"},
        {"assignee": "me"},
    ),
    "confluence_list_templates": ({"space": "PMOS"}, {}),
    "confluence_get_template": ({"template": "Weekly report", "space": "PMOS"},),
    "confluence_create_page": (
        {"parent": "PMOS/Discovery Trees", "title": "One", "body": "By @[Data Analyst].", "labels": ["one"]},
        {"space": "PM OS", "title": "Orchestrator", "body": "A title that is taken."},
        {"space": "PMOS", "title": "Two", "body": f"By @[{ACCOUNT}].", "draft": True},
        {"space": "PMOS", "title": "Three", "body": "![](docs/dot.png)"},
    ),
    "confluence_update_page": (
        {**PAGE, "body": "By @[Data Analyst].", "how": "append"},
        {**PAGE, "body": "![](docs/dot.png)", "how": "append"},
        {**PAGE, "body": "Less.", "version": 1},
        {"page": "98415", "body": "Other.", "version": 1},
        {**PAGE, "title": "Another title"},
        {"page": "98471", "find": "Phase", "body": "Stage"},
    ),
    "confluence_move_page": (
        {**PAGE, "target": "PMOS/Discovery Trees"},
        {**PAGE, "target": "98433", "position": "after"},
    ),
    "confluence_copy_page": (
        {**PAGE, "target": "98404", "title": "A copy"},
        {"page": "98403", "target": "98404", "descendants": True},
    ),
    "confluence_update_labels": ({**PAGE, "add": ["one"], "remove": ["agent-spec"]},),
    "confluence_delete_page": (
        {**PAGE, "confirm": True},
        {"page": "98403", "descendants": True, "confirm": True},
        {"page": "98471", "confirm": True},
    ),
    "confluence_list_comments": ({"page": "98411"}, {"page": "98471"}),
    "confluence_add_comment": (
        {"page": "98411", "body": "Well, @[Data Analyst]."},
        {"page": "98411", "body": "Well.", "anchor": "conversation"},
        {"reply_to": "300001", "body": "Well."},
        {"reply_to": "300002", "body": "Well."},
    ),
    "confluence_update_comment": (
        {"comment_id": "300001", "body": "Well, @[Data Analyst].", "version": 1},
        {"comment_id": "300002", "state": "open"},
    ),
    "confluence_delete_comment": (
        {"comment_id": "300001", "confirm": True},
        {"comment_id": "300002", "confirm": True},
    ),
    "confluence_list_attachments": ({"page": "98415"},),
    "confluence_get_attachment": (
        {"page": "98415", "attachment": "plan.md"},
        {"page": "98415", "attachment": "phase-4.png"},
        {"page": "98415", "attachment": "400002", "save_as": "plan.csv"},
    ),
    "confluence_add_attachment": (
        {**PAGE, "text": "Well.", "name": "well.txt"},
        {"page": "98415", "text": "Well.", "name": "plan.md"},
    ),
    "confluence_delete_attachment": ({"page": "98415", "attachment": "plan.md", "confirm": True},),
    "confluence_publish_folder": ({"folder": "docs", "parent": "PMOS/Discovery Trees"},),
    "confluence_create_blog_post": (
        {"space": "PMOS", "title": "One", "body": f"By @[Data Analyst] and @[{ACCOUNT}].", "labels": ["one"]},
        {"space": "PMOS", "title": "Two", "body": "![](docs/dot.png)"},
    ),
    "confluence_create_from_template": (
        {"parent": "98405", "template": "Weekly report", "title": "One", "values": {"Week": "7"}, "labels": ["one"]},
    ),
    "confluence_create_space": ({"key": "ORDER", "name": "Order", "description": "In it."},),
    "confluence_update_task": ({"task": "2", "done": True},),
    "confluence_update_restrictions": (
        {**PAGE, "view": [PERSON, "me"], "edit": ["me", ACCOUNT, "group:Legal"]},
        {"page": "98465", "view": ["everyone"], "edit": ["everyone"]},
    ),
    "confluence_archive_pages": ({"pages": ["98432"], "confirm": True},),
}

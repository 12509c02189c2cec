"""Which handler answers which path of the agile and software APIs."""

from __future__ import annotations

from collections.abc import Mapping

from jira_mcp.sandbox import agile_boards, agile_changes, agile_issues, agile_sprints
from jira_mcp.sandbox.web import Handler

_AGILE, _SOFTWARE = "/rest/agile/1.0", "/rest/software/1.0"

AGILE: dict[str, Mapping[str, Handler]] = {
    f"{_AGILE}/board": {"GET": agile_boards.list_boards},
    f"{_AGILE}/board/{{board}}": {"GET": agile_boards.get_board},
    f"{_AGILE}/board/{{board}}/configuration": {"GET": agile_boards.configuration},
    f"{_AGILE}/board/{{board}}/epic": {"GET": agile_boards.list_epics},
    f"{_AGILE}/board/{{board}}/sprint": {"GET": agile_sprints.list_sprints},
    f"{_AGILE}/epic/{{epic}}": {"GET": agile_issues.get_epic},
    f"{_AGILE}/sprint": {"POST": agile_sprints.create_sprint},
    f"{_AGILE}/sprint/{{sprint}}": {
        "GET": agile_sprints.get_sprint,
        "POST": agile_sprints.update_sprint,
        "PUT": agile_sprints.replace_sprint,
    },
    f"{_AGILE}/sprint/{{sprint}}/issue": {"POST": agile_issues.move_to_sprint},
    f"{_AGILE}/backlog/issue": {"POST": agile_issues.move_to_backlog},
    f"{_AGILE}/backlog/{{board}}/issue": {"POST": agile_issues.move_to_backlog_of},
    f"{_AGILE}/issue/rank": {"PUT": agile_issues.rank_issues},
    f"{_AGILE}/issue/{{issue}}/estimation": {
        "GET": agile_issues.get_estimation,
        "PUT": agile_issues.set_estimation,
    },
    f"{_SOFTWARE}/board/{{board}}/issue": {"GET": agile_issues.of_board},
    f"{_SOFTWARE}/board/{{board}}/issue/approximate-count": {"GET": agile_issues.count_board},
    f"{_SOFTWARE}/board/{{board}}/backlog": {"GET": agile_issues.of_backlog},
    f"{_SOFTWARE}/board/{{board}}/backlog/approximate-count": {"GET": agile_issues.count_backlog},
    f"{_SOFTWARE}/board/{{board}}/sprint/{{sprint}}/issue": {"GET": agile_issues.of_sprint},
    f"{_SOFTWARE}/sprint/{{sprint}}/issue": {"GET": agile_issues.of_sprint},
    f"{_SOFTWARE}/epic/{{epic}}/issue": {"GET": agile_issues.of_epic},
    "/rest/api/3/changelog/bulkfetch": {"POST": agile_changes.bulk_changelogs},
}

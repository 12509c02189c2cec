"""What is done in the demonstration of Snowflake: a question is answered, a cost explained, a table corrected."""

import re

from mcp_suite.demo.steps import Player, StepError

WAREHOUSE = "PM_OS_WH"
CORRECTION = "UPDATE phase_history SET estimated_days = 30 WHERE phase_name = 'MCP Integration Suite'"

_TOKEN = re.compile(r"\brun=(\S+)")


def token_in(answer: str) -> str:
    """The token by which what a preview showed is run.

    Raises:
        StepError: the answer names none.
    """
    found = _TOKEN.search(answer)
    if found is None:
        raise StepError("the answer names no token")
    return found[1]


async def work(player: Player) -> None:
    """Find a table, read it, page a large one, find out what a warehouse cost and why, change a row and save a view.

    Raises:
        StepError: a step went wrong; those after it are not tried.
    """
    call = player.call
    await call(
        "Where is something about the agents and what they cost?",
        "snowflake_search_objects",
        {"query": "agent cost", "limit": 5},
        shows="AGENT_EVENTS",
    )
    await call("What is in that table?", "snowflake_describe_table", {"table": "agent_events"}, shows="COST_USD")
    await call(
        "Which agent cost most?",
        "snowflake_run_query",
        {
            "sql": "SELECT agent_name, COUNT(*) AS events, SUM(cost_usd) AS dollars FROM agent_events "
            "GROUP BY agent_name ORDER BY dollars DESC LIMIT 3"
        },
        shows="columns: AGENT_NAME",
    )
    await call(
        "Show me the events themselves. A page of a million rows takes no longer than one of ten.",
        "snowflake_run_query",
        {"sql": "SELECT event_id, agent_name, event_type, cost_usd FROM agent_events", "limit": 5},
        shows="of 1,000,000",
    )
    await call(
        "What did our warehouses cost this month, and who caused it?",
        "snowflake_get_costs",
        {"by": "user", "window": "30d"},
        shows="total",
    )
    await call(
        "Which queries ran for longer than ten minutes?",
        "snowflake_list_queries",
        {"longer_than": 600, "window": "30d"},
        shows="FROM agent_events a, agent_events b",
    )
    await call(
        "Did others have to wait for them?",
        "snowflake_get_warehouse_load",
        {"warehouse": WAREHOUSE, "window": "10d"},
        shows="Queries waited for room",
    )
    preview = await call(
        "Phase 4 is planned for 30 days now. What would that change?",
        "snowflake_run_change",
        {"sql": CORRECTION},
        shows="nothing is run yet",
    )
    await call("Do that.", "snowflake_run_change", {"sql": CORRECTION, "run": token_in(preview)}, shows="1 row changed")
    await call(
        "Keep the costs as a view for the team.",
        "snowflake_create_view",
        {
            "name": "v_agent_costs",
            "query": "SELECT agent_name, SUM(cost_usd) AS dollars FROM agent_events GROUP BY agent_name",
            "comment": "What each agent cost, in US dollars.",
        },
        shows="done: CREATE",
    )

"""Who watches issues of the sample and who voted for them, besides those who reported them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from jira_mcp.sandbox.model import Issue
from sandbox_kit.atlassian import accounts as who
from sandbox_kit.atlassian.accounts import Account

_WATCHERS: Mapping[str, tuple[Account, ...]] = {
    "PMOS-5": (who.PRODUCT_ARCHITECT, who.ENGINEERING_PARTNER),
    "PMOS-34": (who.HUMAN_PM, who.ENGINEERING_PARTNER, who.DATA_ANALYST),
    "PMOS-40": (who.HUMAN_PM,),
    "PMOS-42": (who.HUMAN_PM, who.SYSTEM_EVALUATOR, who.JORDAN_BLAKE),
    "NOVA-1999": (who.ALEX_RIVERA, who.ALEX_MOREAU),
}
_VOTERS: Mapping[str, tuple[Account, ...]] = {
    "PMOS-34": (who.HUMAN_PM, who.ALEX_RIVERA, who.DATA_ANALYST),
    "PMOS-36": (who.ALEX_RIVERA,),
    "PMOS-42": (who.HUMAN_PM, who.GTM_STRATEGIST),
    "PMOS-46": (who.ENGINEERING_PARTNER, who.UX_STRATEGIST, who.ALEX_MOREAU, who.GTM_STRATEGIST),
}


def follow(issues: Iterable[Issue]) -> None:
    """Add them to the issues."""
    for issue in issues:
        more = [each.account_id for each in _WATCHERS.get(issue.key, ())]
        issue.watchers = list(dict.fromkeys([*issue.watchers, *more]))
        issue.voters = [each.account_id for each in _VOTERS.get(issue.key, ())]

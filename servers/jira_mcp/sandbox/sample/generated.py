"""Two thousand issues of the project NOVA, always the same ones, to page through."""

from __future__ import annotations

import random
from collections.abc import Iterator

from jira_mcp.sandbox.model import Issue, JsonObject
from jira_mcp.sandbox.sample import fields, site
from jira_mcp.sandbox.sample.projects import NOVA
from jira_mcp.sandbox.sample.text import doc, h, ol, p, ul
from sandbox_kit.atlassian import accounts as who
from sandbox_kit.atlassian.clock import at

COUNT = 2000
EPIC_COUNT = 20
_DAY = 86_400_000

_AREAS = {
    "Checkout": ("voucher field", "address form", "payment step", "order summary", "guest checkout"),
    "Search": ("suggestions", "result ranking", "filters", "spelling correction", "empty result page"),
    "Catalogue": ("product page", "price display", "image gallery", "stock badge", "size guide"),
    "Accounts": ("sign-in form", "password reset", "order history", "wish list", "newsletter settings"),
    "Shipping": ("delivery estimate", "tracking page", "return label", "pick-up point map", "carrier choice"),
}
_TROUBLES = (
    "does not load on slow connections",
    "shows the wrong currency after a language switch",
    "loses its state when the tab is restored",
    "cannot be reached with the keyboard",
    "takes longer than two seconds",
    "is cut off on small screens",
    "fails when the basket holds more than fifty items",
    "ignores the time zone of the customer",
)
_WISHES = (
    "remember the last choice",
    "explain why an entry was refused",
    "support a second language per order",
    "load only what is visible",
    "offer an undo",
    "show progress while the customer waits",
    "be measured in the weekly report",
    "follow the new colour tokens",
)
_CHORES = ("Upgrade the library behind the", "Write contract tests for the", "Remove the old flag of the")
_BROWSERS = ("Firefox 134 on Windows 11", "Safari 18 on an iPhone 15", "Chrome 131 on Android 14")
_LABELS = ("accessibility", "performance", "mobile", "revenue", "tech-debt", "customer-report", "quick-win")
_PEOPLE = (who.ALEX_RIVERA, who.ALEX_MOREAU, who.ENGINEERING_PARTNER, who.DATA_ANALYST, who.UX_STRATEGIST)
_STATUS = {status.name: status.id for status in site.STATUSES}


def issues(first_id: int) -> Iterator[Issue]:
    """The issues NOVA-1 to NOVA-2000; the first twenty are epics."""
    chance = random.Random(2026)
    opening = at("2025-02-03 08:00")
    for number in range(1, COUNT + 1):
        created = opening + number * (_DAY // 6) + chance.randrange(_DAY // 8)
        yield _issue(chance, first_id, number, created)


def _issue(chance: random.Random, first_id: int, number: int, created: int) -> Issue:
    area = chance.choice(tuple(_AREAS))
    part = chance.choice(_AREAS[area])
    kind = site.EPIC if number <= EPIC_COUNT else chance.choice((site.STORY, site.TASK, site.BUG, site.BUG))
    summary, description = _texts(chance, kind, area, part, number)
    age = (2000 - number) / 2000
    status = _pick_status(chance, age)
    resolved = created + chance.randrange(_DAY, 30 * _DAY) if status == _STATUS["Resolved"] else None
    touched = resolved or created + chance.randrange(1, 9 * _DAY)
    assignee = chance.choice((*_PEOPLE, None)) if status != _STATUS["To Do"] or chance.random() < 0.4 else None
    version = NOVA.versions[0] if age > 0.35 else NOVA.versions[1]
    spent = chance.randrange(1, 17) * 1800 if resolved else None
    custom: JsonObject = {}
    if kind == site.STORY:
        custom[fields.STORY_POINTS] = chance.choice((1, 2, 3, 5, 8))
    if status == _STATUS["In Progress"]:
        custom[fields.SPRINT_FIELD] = [22]
    elif resolved and age < 0.2:
        custom[fields.SPRINT_FIELD] = [21]
    return Issue(
        id=first_id + number,
        key=f"NOVA-{number}",
        project=NOVA.id,
        number=number,
        type=kind,
        summary=summary,
        status=status,
        created=created,
        updated=touched,
        creator=who.ALEX_RIVERA.account_id,
        reporter=chance.choice(_PEOPLE).account_id,
        status_changed=touched,
        description=description,
        priority=chance.choices(("1", "2", "3", "4", "5"), (1, 4, 12, 5, 2))[0],
        resolution=chance.choices(("10000", "10001", "10002", "10003"), (16, 2, 1, 1))[0] if resolved else None,
        resolved=resolved,
        assignee=assignee.account_id if assignee else None,
        labels=sorted(chance.sample(_LABELS, chance.choice((0, 1, 1, 2)))),
        components=[item.id for item in NOVA.components if item.name == area],
        fix_versions=[version.id] if resolved or chance.random() < 0.3 else [],
        parent=first_id + chance.randint(1, EPIC_COUNT) if kind != site.EPIC and chance.random() < 0.7 else None,
        original_estimate=14_400 if kind == site.TASK else None,
        remaining_estimate=(0 if resolved else 14_400) if kind == site.TASK else None,
        time_spent=spent,
        custom=custom,
        worklogs=[_worklog(number, assignee or who.ALEX_RIVERA, touched, spent)] if spent else [],
        watchers=[],
    )


def _pick_status(chance: random.Random, age: float) -> str:
    if chance.random() < 0.15 + 0.8 * age:
        return _STATUS["Resolved"]
    return _STATUS["In Progress"] if chance.random() < 0.2 else _STATUS["To Do"]


def _texts(chance: random.Random, kind: str, area: str, part: str, number: int) -> tuple[str, JsonObject | None]:
    if kind == site.EPIC:
        return f"{area}: a better {part}", doc(p(f"All work on the {part} that customers will notice."))
    if kind == site.BUG:
        trouble = chance.choice(_TROUBLES)
        return f"The {part} {trouble}", doc(
            p(f"Seen with {chance.choice(_BROWSERS)}, about {chance.randint(2, 90)} times last week."),
            h(3, "Steps"),
            ol("Open the shop as a returning customer", f"Go to the {part}", "Wait"),
            h(3, "Expected"),
            p(f"Nothing of the kind: the {part} works as it does elsewhere."),
        )
    if kind == site.STORY:
        wish = chance.choice(_WISHES)
        return f"The {part} should {wish}", doc(
            p(f"As a customer I want the {part} to {wish}, so that I finish what I came for."),
            ul("Works without a mouse", f"Measured in {area.lower()} conversion"),
        )
    return f"{chance.choice(_CHORES)} {part}", None if number % 5 == 0 else doc(p("No change for customers."))


def _worklog(number: int, author: who.Account, moment: int, seconds: int) -> JsonObject:
    return {
        "id": 20000 + number,
        "author": author.account_id,
        "started": moment - seconds * 1000,
        "seconds": seconds,
        "comment": None,
        "created": moment,
        "updated": moment,
    }

"""The sample data: the documentation of PM OS, and what tests and demonstrations rely on."""

import re
import zlib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from confluence_mcp.sandbox import attachment_store, label_store
from confluence_mcp.sandbox.bodies import parse, storage_text, storage_to_adf, storage_to_view
from confluence_mcp.sandbox.model import Attachment, Comment, Content, Task
from confluence_mcp.sandbox.permissions import sees
from confluence_mcp.sandbox.sample import spaces
from confluence_mcp.sandbox.sample.discovery import INJECTION
from confluence_mcp.sandbox.sample.generated import COUNT
from confluence_mcp.sandbox.session import Session
from confluence_mcp.sandbox.store import Store
from connector_kit.testing.adf import adf_checker
from connector_kit.testing.specs import REASON
from jira_mcp.sandbox.sample.desk import DESK_RECORDS, RISK_RECORDS
from sandbox_kit import history
from sandbox_kit.atlassian import accounts

SECTIONS = [
    "Product Requirements",
    "Technical Specifications",
    "Agent Specifications",
    "Discovery Trees",
    "Phase Reports",
    "Dashboards",
]
SUBTASKS = (55, 56)


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Session]:
    """The first site's data, to read only."""
    yield from opened(tmp_path_factory.mktemp("sample") / "c.sqlite", "sample")


@pytest.fixture(scope="module")
def second(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Session]:
    """The second site's."""
    yield from opened(tmp_path_factory.mktemp("ops") / "c.sqlite", "ops")


def opened(path: Path, data: str) -> Iterator[Session]:
    store = Store(path, data=data)
    with store.reading() as reading:
        yield reading
    store.close()


def texts(session: Session) -> list[tuple[int, str]]:
    """The bodies of all versions of pages and comments but for the generated ones, and of the templates."""
    bodies = session.db.execute("SELECT content, body FROM version WHERE content NOT BETWEEN 200020 AND 201000")
    return [*bodies, *session.db.execute("SELECT id, body FROM template")]


def pages(session: Session, where: str = "space = ?", *values: object) -> list[Content]:
    return session.contents(f"type = 'page' AND status = 'current' AND {where}", *(values or (spaces.PMOS.id,)))


def test_pm_os_has_six_sections_and_every_page_is_in_one_of_them(session: Session) -> None:
    (home,) = session.roots(spaces.PMOS.id)
    assert home.id == spaces.PMOS.homepage
    assert [page.title for page in session.children(home.id) if page.type == "page"] == SECTIONS
    assert len(pages(session)) >= 25 + 7
    sizes = Counter(page.parent for page in pages(session) if page.parent)
    assert all(sizes[section.id] >= 4 for section in session.children(home.id) if section.type == "page")


def test_the_labels_say_what_a_page_is_and_which_phase_it_belongs_to(session: Session) -> None:
    counts = Counter(label.name for page in pages(session) for label in label_store.of(session, page.id))
    assert counts["prd"] == 5 + 1
    assert counts["agent-spec"] == 8 + 1
    assert all(counts[f"phase-{phase}"] >= 4 for phase in range(5))


def test_whatever_issue_a_page_names_exists_in_jira(session: Session) -> None:
    keys = {
        *(each.key for each in (*history.DELIVERABLES, *history.PHASES)),
        *(history.key(number) for number in SUBTASKS),
        *(f"DESK-{each.number}" for each in DESK_RECORDS),
        *(f"RISK-{each.number}" for each in RISK_RECORDS),
    }
    everything = " ".join(body for _, body in texts(session))
    named = set(re.findall(r"\b(?:PMOS|DESK)-\d+|\bRISK-[1-9]\d*\b", everything))
    assert named <= keys
    assert len(named) > 40


def test_nobody_is_mentioned_whom_the_site_does_not_know(session: Session) -> None:
    mentioned = set(re.findall(r'ri:account-id="([^"]+)"', " ".join(body for _, body in texts(session))))
    assert mentioned <= set(accounts.BY_ID)


def test_pages_that_jira_links_to_are_there(session: Session) -> None:
    playbook, decisions = session.content(98311), session.content(98312)
    assert playbook is not None
    assert playbook.title == "OAuth playbook"
    assert decisions is not None
    assert decisions.title == "Jira tools: decisions"


def test_links_of_pages_lead_to_pages_and_files_that_are_there(session: Session) -> None:
    titles = {(page.space, page.title) for page in session.contents("status != 'trashed'")}
    for page in pages(session):
        tree = parse(session.body(page.id, page.version))
        for link in tree.every("ri:page"):
            space = session.space(link.get("ri:space-key")) if link.get("ri:space-key") else session.space(page.space)
            assert space is not None
            assert (space.id, link.get("ri:content-title")) in titles
        files = {each.title for each in attachment_store.on(session, page.id)}
        assert {each.get("ri:filename") for each in tree.every("ri:attachment")} <= files


def test_several_pages_have_versions_by_different_people(session: Session) -> None:
    edited = [page for page in pages(session) if page.version > 1]
    assert len(edited) >= 8
    assert sum(len({each.author for each in session.versions(page.id)}) > 1 for page in edited) >= 5
    requirement = next(page for page in edited if page.title.startswith("Phase 4 PRD"))
    assert [each.number for each in session.versions(requirement.id)] == [3, 2, 1]
    assert session.versions(requirement.id)[-1].title != requirement.title


def test_there_are_comments_of_every_kind_and_the_marks_of_the_open_ones_are_in_the_pages(session: Session) -> None:
    comments = session.rows(Comment, "comment")
    states = Counter((each.kind, each.resolution, each.parent is not None) for each in comments)
    for wanted in (("footer", "", False), ("footer", "", True), ("inline", "open", False), ("inline", "open", True)):
        assert states[wanted]
    assert states["inline", "resolved", False]
    assert states["inline", "dangling", False]
    for each in comments:
        page = session.content(each.container)
        assert page is not None
        marked = [
            mark.words()
            for mark in parse(session.body(page.id, page.version)).every("ac:inline-comment-marker")
            if mark.get("ac:ref") == each.marker
        ]
        assert marked == ([each.selection] if each.marker and each.resolution != "dangling" else [])


def test_files_are_what_their_names_say_and_one_has_two_versions(session: Session) -> None:
    files = session.rows(Attachment, "attachment")
    contents = {each.title: attachment_store.content(session, each) or b"" for each in files}
    assert all(len(contents[each.title]) == each.size for each in files)
    assert {each.media_type for each in files} >= {"image/png", "text/csv", "text/markdown", "text/plain"}
    picture = contents["phase-4.png"]
    assert picture.startswith(b"\x89PNG\r\n\x1a\n")
    length = int.from_bytes(picture[33:37])
    assert zlib.decompress(picture[41 : 41 + length])
    plan = next(each for each in files if each.title == "phase-4-plan.csv")
    assert (plan.version, attachment_store.content(session, plan, 1)) != (1, contents["phase-4-plan.csv"])


def test_tasks_are_those_of_the_bodies_with_people_and_dates(session: Session) -> None:
    tasks = session.rows(Task, "task")
    assert Counter(each.status for each in tasks).keys() == {"complete", "incomplete"}
    assert any(each.assignee and each.due for each in tasks)
    for each in tasks:
        page = session.content(each.content)
        assert page is not None
        assert f"<ac:task-id>{each.local}</ac:task-id>" in session.body(page.id, page.version)


def test_one_page_is_very_long_and_a_space_has_a_thousand_pages_in_a_tree(session: Session) -> None:
    lengths = [len(session.body(page.id, page.version)) for page in pages(session)]
    assert sum(length > 300_000 for length in lengths) == 1
    generated = pages(session, "space = ?", spaces.KB.id)
    assert len(generated) == COUNT == 1000
    assert len({page.title for page in generated}) == COUNT
    depths = Counter(len(session.ancestors(page)) for page in generated[::9])
    assert set(depths) == {0, 1, 2, 3}


def test_there_is_one_of_everything_that_is_not_an_ordinary_page(session: Session) -> None:
    kinds = Counter((each.type, each.status) for each in session.contents("space = ?", spaces.PMOS.id))
    assert kinds["blogpost", "current"] == 3
    assert kinds["folder", "current"] == 1
    assert kinds["page", "archived"] == kinds["page", "trashed"] == kinds["page", "draft"] == 1
    assert {space.key: (space.type, space.status) for space in session.spaces()} == {
        "PMOS": ("global", "current"),
        "KB": ("global", "current"),
        "RISK": ("global", "current"),
        "ATTIC": ("global", "archived"),
        spaces.PERSONAL_KEY: ("personal", "current"),
    }
    names = {row[0]: row[1] for row in session.db.execute("SELECT name, space FROM template")}
    assert names == {
        "Product requirement": spaces.PMOS.id,
        "Weekly report": spaces.PMOS.id,
        "Decision record": None,
    }


def test_who_may_see_what_differs_between_people(session: Session) -> None:
    (restricted,) = [
        page for page in pages(session) if any(each[0] == "read" for each in session.restrictions(page.id))
    ]
    home = session.content(spaces.PMOS.homepage or 0)
    kb = session.content(spaces.KB.homepage or 0)
    risk = session.content(spaces.RISK.homepage or 0)
    assert home is not None
    assert kb is not None
    assert risk is not None

    def seen(person: accounts.Account) -> list[bool]:
        return [sees(session, person, page) for page in (home, restricted, kb, risk)]

    assert seen(accounts.HUMAN_PM) == [True, True, True, False]
    assert seen(accounts.ENGINEERING_PARTNER) == [True, False, True, False]
    assert seen(accounts.ALEX_MOREAU) == [True, True, True, True]
    assert seen(accounts.VIEWER) == [True, False, False, False]
    assert seen(accounts.OUTSIDER) == [False, False, False, False]


def test_a_page_from_outside_tries_to_give_orders(session: Session) -> None:
    assert "ignore all previous instructions" in session.body(INJECTION, 1)


def test_the_second_site_has_other_pages_in_a_space_of_the_same_key(session: Session, second: Session) -> None:
    (space,) = second.spaces()
    assert space.key == "PMOS"
    titles = {page.title for page in pages(second, "space = ?", space.id)}
    assert len(titles) == 4
    assert not titles & {page.title for page in pages(session)}


def test_every_body_can_be_shown_in_every_form(session: Session, second: Session) -> None:
    check = adf_checker()
    if check is None:
        pytest.skip(REASON)
    kinds: set[str] = set()
    for number, body in (*texts(session), *texts(second)):
        document = storage_to_adf(body)
        if len(body) < 200_000:  # all rows of the log are alike
            assert (number, check(document)) == (number, [])
        kinds |= set(re.findall(r"'type': '(\w+)'", str(document)))
        assert (storage_to_view(body) != "") == (body != "")
        assert (storage_text(body) != "") == (body != "")
    assert kinds >= {
        *("panel", "expand", "table", "codeBlock", "taskList", "layoutSection", "mediaSingle", "blockquote", "rule"),
        *("mention", "date", "status", "inlineCard", "placeholder", "annotation", "extension", "inlineExtension"),
        *("bodiedExtension", "textColor", "link", "hardBreak", "caption"),
    }

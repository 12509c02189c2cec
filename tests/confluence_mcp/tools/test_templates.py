"""Pages from templates: their variables are asked for, and what is filled in cannot break the page."""

import pytest

from .conversation import Conversation, tokens

pytestmark = pytest.mark.anyio

TEMPLATE = "Product requirement"


async def test_a_page_is_made_from_a_template_with_its_variables_filled_in(confluence: Conversation) -> None:
    text = await confluence.ask(
        "confluence_create_from_template",
        template="product requirement",
        title="Export to <CSV>",
        parent="Product Requirements",
        space="PMOS",
        values={"feature": "Export & <b>import</b>", "Owner": "Human PM"},
        labels=["draft-prd"],
    )
    assert text.startswith("created ")
    assert 'from template "Product requirement"; under 98401 "Product Requirements"; labels draft-prd' in text
    assert tokens(text) < 150
    page = await confluence.ask("confluence_get_page", page=text.split()[1])
    assert "Export & \\<b>import\\</b> will do" in page or "Export & <b>import</b> will do" in page
    assert "at:var" not in page
    assert "declarations" not in page


async def test_variables_without_a_value_are_asked_for_by_name(confluence: Conversation) -> None:
    text = await confluence.refused(
        "confluence_create_from_template", template=TEMPLATE, title="T", space="PMOS", values={"Color": "red"}
    )
    assert "Color: is no variable of this template" in text
    assert "Feature: has no value" in text
    assert "Owner: has no value" in text
    assert "Ask the user" in text
    assert not confluence.sent("POST", "/wiki/api/v2/pages")
    await confluence.ask(
        "confluence_create_from_template", template="700002", title="Week 9", space="PMOS", values={"Week": ""}
    )


async def test_an_unknown_template_is_answered_with_those_that_there_are(confluence: Conversation) -> None:
    text = await confluence.refused("confluence_create_from_template", template="nothing", title="T", space="PMOS")
    assert "There are: Product requirement" in text

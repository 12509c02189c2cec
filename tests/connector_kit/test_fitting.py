"""Answers that end where what fits ends: what does not fit is read again, so that the cursor reaches it."""

import pytest

from connector_kit.errors import RateLimited
from connector_kit.fitting import fitted, fitted_table
from connector_kit.output import ANSWER_BUDGET, Part, joined, size
from connector_kit.pages import Page

pytestmark = pytest.mark.anyio


class Service:
    """A list of texts; `asked` are the numbers that were asked for."""

    def __init__(self, texts: list[str], *, surplus: int = 0, calls: int = 100) -> None:
        self.texts, self.surplus, self.calls = texts, surplus, calls
        self.asked: list[int] = []

    async def read(self, limit: int) -> Page[str]:
        """The first `limit` texts."""
        self.asked.append(limit)
        if len(self.asked) > self.calls:
            raise RateLimited("The minute has no further call.", next_step="Wait 60 s.")
        items = tuple(self.texts[: limit + self.surplus])
        return Page(items, str(len(items)) if len(items) < len(self.texts) else None)


def laid_out(page: Page[str]) -> Part:
    return joined(page.items)


async def test_what_fits_is_read_once() -> None:
    service = Service(["a", "b", "c"])
    page, part = await fitted(service.read, laid_out, limit=2)
    assert (part.text, part.shown, part.left) == ("a\nb", 2, 0)
    assert page.cursor == "2"
    assert service.asked == [2]


async def test_what_does_not_fit_is_left_to_the_cursor() -> None:
    service = Service(["x" * 10_000] * 9)
    page, part = await fitted_table(service.read, ("text",), lambda text: (text,), limit=9)
    assert (part.shown, part.left, page.cursor) == (2, 0, "2")
    assert size(part.text) <= ANSWER_BUDGET
    assert service.asked == [9, 2]


async def test_a_text_that_is_too_long_alone_is_shown_all_the_same() -> None:
    service = Service(["x" * 90_000, "y"])
    page, part = await fitted(service.read, laid_out, limit=2)
    assert (part.shown, part.left, page.cursor) == (1, 0, "1")


async def test_a_service_that_sends_more_than_it_is_asked_for_is_not_asked_forever() -> None:
    service = Service(["x" * 10_000] * 9, surplus=3)
    _, part = await fitted(service.read, laid_out, limit=5)
    assert (part.shown, part.left) == (2, 3)
    assert service.asked == [5, 2]


async def test_where_there_is_no_second_call_the_failure_tells_how_many_fit() -> None:
    service = Service(["x" * 10_000] * 9, calls=1)
    with pytest.raises(RateLimited, match="Ask with limit=2 then") as caught:
        await fitted(service.read, laid_out, limit=9)
    assert caught.value.next_step.startswith("Wait 60 s.")

"""A project that is reached by a former key is another project, as far as JIRA_PROJECTS is concerned."""

from collections.abc import Awaitable, Callable

import httpx2
import pytest
from typing_extensions import override

from connector_kit.errors import NotPermitted
from jira_mcp.client import JiraClient, connect
from jira_mcp.settings import JiraSettings

from ..conftest import QUICK

pytestmark = pytest.mark.anyio


class _Renamed(httpx2.AsyncBaseTransport):
    """A site on which OLD was the key of PMOS."""

    def __init__(self, site: httpx2.ASGITransport) -> None:
        self._site = site
        self.methods: list[str] = []

    @override
    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        self.methods.append(request.method)
        path = request.url.path.replace("/project/OLD", "/project/PMOS")
        renamed = httpx2.Request(request.method, request.url.copy_with(path=path), headers=request.headers)
        return await self._site.handle_async_request(renamed)


USES: list[Callable[[JiraClient], Awaitable[object]]] = [
    lambda jira: jira.project_detail("OLD"),
    lambda jira: jira.versions("OLD"),
    lambda jira: jira.version_use("OLD", "0.4"),
    lambda jira: jira.version_detail("OLD", "0.4"),
    lambda jira: jira.create_version("OLD", "9.9"),
    lambda jira: jira.update_version("OLD", "0.4", action="archive"),
    lambda jira: jira.delete_version("OLD", "0.4"),
    lambda jira: jira.components("OLD"),
    lambda jira: jira.component_use("OLD", "Agents"),
    lambda jira: jira.create_component("OLD", "New"),
    lambda jira: jira.update_component("OLD", "Agents", name="Other"),
    lambda jira: jira.delete_component("OLD", "Agents"),
    lambda jira: jira.members("OLD"),
]


@pytest.mark.parametrize("use", USES, ids=range(len(USES)))
async def test_nothing_of_a_renamed_project_is_read_or_written(
    sandbox_transport: httpx2.ASGITransport, use: Callable[[JiraClient], Awaitable[object]]
) -> None:
    way = _Renamed(sandbox_transport)
    jira = await connect(JiraSettings(sandbox=True, projects=("OLD",)), transport=way, policy=QUICK)
    with pytest.raises(NotPermitted, match="Project PMOS is outside"):
        await use(jira)
    assert set(way.methods) == {"GET"}
    await jira.aclose()

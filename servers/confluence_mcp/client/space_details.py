"""What is asked of a space seldom (https://developer.atlassian.com/cloud/confluence/rest/v2/api-group-space/)."""

from confluence_mcp.client.base import V2
from confluence_mcp.client.people import People
from confluence_mcp.toolset_models import SpaceDetail
from connector_kit.wire import as_object, as_text, objects


class SpaceDetails(People):
    """Reading one space."""

    async def space_detail(self, name: str) -> SpaceDetail:
        """A space with its labels, whose it is, and what the account may do in it."""
        place = await self.space(name)
        bean = await self._get(
            f"{V2}/spaces/{place.id}", description_format="plain", include_labels=True, include_operations=True
        )
        operations = objects(as_object(bean.get("operations")).get("results"))
        can = (f"{as_text(each.get('operation'))} {as_text(each.get('targetType'))}" for each in operations)
        labels = objects(as_object(bean.get("labels")).get("results"))
        owner = as_text(bean.get("spaceOwnerId")) or as_text(bean.get("authorId"))
        return SpaceDetail(
            space=self._space(bean),
            labels=tuple(as_text(label.get("name")) for label in labels),
            created=as_text(bean.get("createdAt")),
            owner=(await self.names_of([owner])).get(owner, owner),
            can=tuple(dict.fromkeys(can)),
        )

"""Which scopes the operations of the REST API v1 need; see `scopes`."""

from __future__ import annotations

V1_SCOPES = {
    "POST /content/archive, POST /content/{}/pagehierarchy/copy": (
        "write:confluence-content | read:content.metadata: write:page:"
    ),
    "GET /content/search, GET /search": "search:confluence | read:content-details:",
    "DELETE /content/{}/pageTree, DELETE /content/{}/version/{}": "write:confluence-content | delete:content:",
    "PUT /content/{}/move/{}/{}": "write:confluence-content | write:page:",
    (
        "PUT /content/{}/child/attachment, POST /content/{}/child/attachment, POST /content/{}/child/attachment/{}/data"
    ): "write:confluence-file | read:content-details: write:attachment:",
    "PUT /content/{}/child/attachment/{}": (
        "write:confluence-file write:confluence-props | read:content-details: write:attachment:"
    ),
    "GET /content/{}/child/attachment/{}/download": "readonly:content.attachment: | read:attachment:",
    "GET /content/{}/descendant, GET /content/{}/descendant/{}, GET /content/{}/state": (
        "read:confluence-content.summary | read:content-details:"
    ),
    (
        "GET /content/{}/history/{}/macro/id/{}, GET /content/{}/history/{}/macro/id/{}/convert/{}, "
        "GET /content/{}/history/{}/macro/id/{}/convert/async/{}, POST /contentbody/convert/async/{}, "
        "POST /contentbody/convert/async/bulk/tasks, GET /contentbody/convert/async/bulk/tasks, "
        "GET /contentbody/convert/async/{}"
    ): "read:confluence-content.all | read:content.metadata:",
    "POST /content/{}/label": "write:confluence-content | read:label: write:label:",
    "DELETE /content/{}/label, DELETE /content/{}/label/{}": "write:confluence-content | write:label:",
    "GET /content/{}/notification/child-created, GET /content/{}/notification/created": (
        "read:confluence-content.summary | read:user: read:watcher:"
    ),
    "POST /content/{}/copy": "write:confluence-content | read:content-details: write:page:",
    "POST /content/{}/permission/check": "read:confluence-content.permission | read:content.permission:",
    (
        "GET /content/{}/restriction, GET /content/{}/restriction/byOperation, "
        "GET /content/{}/restriction/byOperation/{}"
    ): "read:confluence-content.all | read:content-details:",
    "PUT /content/{}/restriction, POST /content/{}/restriction, DELETE /content/{}/restriction": (
        "write:confluence-content | read:content-details: write:content.restriction:"
    ),
    (
        "GET /content/{}/restriction/byOperation/{}/byGroupId/{}, GET /content/{}/restriction/byOperation/{}/user"
    ): "read:confluence-content.all | read:content.restriction:",
    (
        "PUT /content/{}/restriction/byOperation/{}/byGroupId/{}, "
        "DELETE /content/{}/restriction/byOperation/{}/byGroupId/{}, "
        "PUT /content/{}/restriction/byOperation/{}/user, DELETE /content/{}/restriction/byOperation/{}/user"
    ): "write:confluence-content | write:content.restriction:",
    "PUT /content/{}/state, DELETE /content/{}/state, POST /content/{}/version": (
        "write:confluence-content | read:content-details: write:content:"
    ),
    "GET /content/{}/state/available": "write:confluence-content | write:content:",
    "GET /content-states": "read:user.property: | read:user.property:",
    "GET /label": "read:confluence-content.summary | read:content: read:label:",
    "GET /group, GET /group/by-id, GET /group/picker": "read:confluence-groups | read:group:",
    "POST /group": "write:confluence-groups | read:group: write:group:",
    "DELETE /group/by-id, POST /group/userByGroupId, DELETE /group/userByGroupId": (
        "write:confluence-groups | write:group:"
    ),
    "GET /group/{}/membersByGroupId": "read:confluence-groups | read:group: read:user:",
    "GET /longtask": "read:content.metadata:",
    "GET /longtask/{}": "read:confluence-space.summary | read:content.metadata:",
    (
        "GET /relation/{}/from/{}/{}/to/{}, GET /relation/{}/from/{}/{}/to/{}/{}, GET /relation/{}/to/{}/{}/from/{}"
    ): "read:confluence-content.summary | read:content-details: read:relation:",
    "PUT /relation/{}/from/{}/{}/to/{}/{}": (
        "write:confluence-content | read:content: read:relation: read:space: read:user: write:relation:"
    ),
    "DELETE /relation/{}/from/{}/{}/to/{}/{}": "write:confluence-content | write:relation:",
    "GET /search/user": "read:content-details:",
    "POST /space, POST /space/_private, PUT /space/{}": (
        "write:confluence-space | read:space-details: write:space.permission: write:space:"
    ),
    "DELETE /space/{}": "write:confluence-space | delete:space: read:content.metadata:",
    "POST /space/{}/permission": "read:space.permission: write:space.permission:",
    "DELETE /space/{}/permission/{}": "write:space.permission:",
    "GET /space/{}/settings, GET /space/{}/state, GET /space/{}/state/settings": (
        "read:confluence-space.summary | read:space.setting:"
    ),
    "PUT /space/{}/settings": "write:confluence-space | read:space.setting: write:space.setting:",
    "GET /space/{}/state/content": "read:confluence-content.all | read:content:",
    "GET /space/{}/watch": "read:user: read:watcher:",
    "GET /space/{}/label": "read:confluence-space.summary | read:label:",
    "POST /space/{}/label": "write:confluence-space | read:label: write:label:",
    "DELETE /space/{}/label": "write:confluence-space | write:label:",
    "PUT /template, POST /template": "write:confluence-content | read:content-details: read:template: write:template:",
    "GET /template/blueprint, GET /template/page, GET /template/{}": (
        "read:confluence-content.summary | read:content-details: read:template:"
    ),
    "DELETE /template/{}": "write:confluence-content | write:template:",
    "GET /user, GET /user/current, GET /user/bulk": "read:confluence-user | read:content-details:",
    "GET /user/anonymous": "read:confluence-user | read:user:",
    "GET /user/memberof": "read:confluence-user | read:group: read:user:",
    "GET /user/watch/content/{}, GET /user/watch/label/{}, GET /user/watch/space/{}": (
        "read:confluence-content.summary | read:watcher:"
    ),
    (
        "POST /user/watch/content/{}, DELETE /user/watch/content/{}, POST /user/watch/label/{}, "
        "DELETE /user/watch/label/{}, POST /user/watch/space/{}, DELETE /user/watch/space/{}"
    ): "write:confluence-content | write:watcher:",
    "GET /user/email, GET /user/email/bulk": "read:email-address:",
    "GET /analytics/content/{}/views, GET /analytics/content/{}/viewers": (
        "read:confluence-content.summary | read:analytics.content:"
    ),
    "GET /user/{}/property, GET /user/{}/property/{}": "read:user.property:",
    "PUT /user/{}/property/{}, POST /user/{}/property/{}, DELETE /user/{}/property/{}": "write:user.property:",
}
"""Operations -> families of scopes, of which one will do. A scope that ends in a colon lacks `confluence` there."""

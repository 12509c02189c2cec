"""What a person is told who connects Confluence: developer.atlassian.com/cloud/confluence/oauth-2-3lo-apps."""

from atlassian_kit.guidance import atlassian_guidance

GUIDANCE = atlassian_guidance(
    "Confluence",
    making=(
        "  Create API token: it can do what your account can do, in Jira too. Or Create API token with scopes,\n"
        "  app Confluence; the guide lists the scopes."
    ),
    app="that of Jira",
    relatives=("jira",),
    family="Granular",
)

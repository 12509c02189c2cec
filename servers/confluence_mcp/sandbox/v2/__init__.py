"""The REST API v2 (developer.atlassian.com/cloud/confluence/rest/v2)."""

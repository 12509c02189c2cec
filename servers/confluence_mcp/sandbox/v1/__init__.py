"""The REST API v1 (developer.atlassian.com/cloud/confluence/rest/v1), where v2 has no such call."""

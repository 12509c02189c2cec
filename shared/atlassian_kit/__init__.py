"""What the Jira and Confluence servers share."""

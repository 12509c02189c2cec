"""What people and apps write, and what Slack makes of it: mrkdwn, Markdown and blocks."""

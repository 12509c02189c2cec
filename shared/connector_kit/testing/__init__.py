"""What the tests of every server stand on."""

"""What every server of the suite imports."""

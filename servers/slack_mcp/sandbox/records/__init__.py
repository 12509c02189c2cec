"""The stored records: one module for each part of the workspace."""

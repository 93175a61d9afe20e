"""The statements of those migrations that belong to no single table's module."""

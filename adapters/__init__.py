"""The surfaces: one folder for each place where people speak to the assistant."""

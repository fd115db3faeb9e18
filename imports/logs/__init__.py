"""The user logs: the jobs of a workspace as their page shows them, and who may have their files."""

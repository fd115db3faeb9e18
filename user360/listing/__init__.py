"""The user list as data: its state in the address, its columns, the query behind it, its pages and the selection."""

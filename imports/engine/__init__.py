"""The import of users: a file becomes a set, the set becomes users. One module a step, `pipeline` calls them."""

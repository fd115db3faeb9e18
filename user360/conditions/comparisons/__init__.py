"""What an operator asks of a value: one file a family of types, and the table of which type has which."""

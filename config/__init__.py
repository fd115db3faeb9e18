"""How the project is put together and run. Nothing in the apps imports from here."""

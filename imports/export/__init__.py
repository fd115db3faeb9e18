"""Users as a ZIP with one CSV: which columns, the statement that reads them, the archive it streams into."""

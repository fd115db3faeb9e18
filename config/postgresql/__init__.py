"""Django's PostgreSQL backend with the one switch that keeps bulk inserts right once the tables are distributed."""

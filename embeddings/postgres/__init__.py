"""A library on a PostgreSQL server with pgvector. Imported only where an address names one."""

"""The index: history as an SQLite file, rebuilt from git alone, which searches and figures read and no handoff depends on."""

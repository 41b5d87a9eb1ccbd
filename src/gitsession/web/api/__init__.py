"""The REST API: one module for each subject, the same use cases as the command line."""

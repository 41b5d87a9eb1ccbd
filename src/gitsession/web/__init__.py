"""The dashboard and the REST API: `gitsession serve` and `export site`. Needs the extra `gitsession[web]`."""

"""The secret gate: text to findings."""

from gitsession.secretscan.masking import mask
from gitsession.secretscan.scanner import RULES_VERSION, find_hits, finding_of, scan_bytes

__all__ = ["RULES_VERSION", "find_hits", "finding_of", "mask", "scan_bytes"]

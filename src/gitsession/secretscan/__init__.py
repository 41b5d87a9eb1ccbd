"""The secret gate: text to findings."""

from gitsession.secretscan.masking import mask
from gitsession.secretscan.scanner import RULES_VERSION, scan_bytes

__all__ = ["RULES_VERSION", "mask", "scan_bytes"]

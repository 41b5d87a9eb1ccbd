# ruff: noqa: E501  a row of the table is one line
"""Secrets in HTTP headers. A plugin of detect-secrets, too."""

from gitsession.secretscan.plugin import TableDetector


class HeaderDetector(TableDetector):
    """`Authorization` and the headers like it, in requests, commands and code."""

    secret_type = "Authorization header"  # noqa: S105
    table = r"""
Authorization header | basic | basic | (?i:\bBasic[\s:=]{1,4}["']?)(?P<v>[\w+/=-]{8,2000})
Authorization header | bearer | opaque | (?i:\bBearer[\s:=]{1,4}(?:token=)?["']?)(?P<v>[\w.~+/=:%|-]{10,4000})
Authorization header | token,bot,apikey,geniekey,ssws,sharedaccesssignature,hmac | random | (?i:\b(?:Token|Bot|ApiKey|SharedAccessSignature|GenieKey|SSWS|HMAC)[\s:=]{1,4}(?:token=)?["']?)(?P<v>[\w.~+/=:%-]{12,2000})
Authorization header | authorization,authorisation | opaque | (?i:authori[sz]ation["']?\s{0,3}[:=,]\s{0,3}["']?)(?:[A-Za-z][\w-]{1,24}\s{1,3})?(?:[\w-]{1,20}=)?["']?(?P<v>[\w.~+/=:%|-]{16,4000})
Authorization header | x-,-key,-token,-secret,-auth | opaque | (?i:(?<![\w-])(?!sec-websocket|idempotency|cache|surrogate|public|partition|routing|sort|object|primary|ssh|host|next|continuation|page|csrf|etag)[\w-]{0,40}-(?:key|token|secret|auth|signature-key|password|authorization|session)["']?\s{0,3}[:=,]\s{0,3}["']?)(?P<v>[\w.~+/=:%|-]{12,4000})
Authorization header | x- | opaque | (?i:(?<![\w-])x-(?!request|trace|cache|timer|runtime|nonce|cursor|hash|etag|digest|checksum|cid|rid|uid|build|commit|version|revision|session|span|varnish|client|device|served)[a-z]{3,20}["']?\s{0,2}:\s{0,2}["']?)(?P<v>[A-Za-z0-9][\w.~+/=-]{23,2000})
""".strip()

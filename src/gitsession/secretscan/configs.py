# ruff: noqa: E501  a row of the table is one line
"""Secrets in the files that programs keep them in, pasted line by line: `.netrc`, `.npmrc`, `.pgpass`. A plugin of detect-secrets, too."""

from gitsession.secretscan.plugin import TableDetector


class ConfigDetector(TableDetector):
    """Lines of configuration files whose place alone says that a value is a secret."""

    secret_type = "Secret in a configuration"  # noqa: S105
    table = r"""
Password | password | given | \b(?:login|account|user)\s{1,3}\S{1,100}\s{1,3}password\s{1,3}(?P<v>[^\s"'`]{4,200})
Password | password | password | \bpassword\s{1,3}(?P<v>[^\s"'`]{6,100})(?=\s{0,4}["'`|]{0,2}$)
Secret in a configuration | _auth,_password | opaque | (?:_auth|_authToken|_password)["']?\s{0,4}[=:]\s{0,4}["']?(?P<v>[\w+/=.:~-]{8,1000})
Secret in a configuration | _auth | basic | \b_auth\s{0,4}=\s{0,4}["']?(?P<v>[\w+/=]{8,1000})
Secret in a configuration | auth | basic | (?:"auth\\{0,3}"|'auth'|\bauth)\s{0,4}[=:]\s{0,4}\\{0,3}["']?(?P<v>[\w+/=]{8,1000})
Secret in a configuration | "auths" | given | \{\s{0,4}\\{0,3}"auths\\{0,3}"[^\n]{0,300}?\\{0,3}"auth\\{0,3}"\s{0,3}:\s{0,3}\\{0,3}"(?P<v>[^"\\]{4,600})
Secret in a configuration | identitytoken,registrytoken | opaque | \\{0,3}"(?:identity|registry)token\\{0,3}"\s{0,3}:\s{0,3}\\{0,3}"(?P<v>[^"\\]{8,2000})
Password | :5432:,:*:,:3306:,:5433:,:6432:,:54 | given | (?<![^\s"'`|>-])[\w.*-]{1,100}:(?:\d{2,5}|\*):[\w.*-]{1,60}:[\w.*@-]{1,60}:(?P<v>[^\s"'`:|]{4,200})
Secret in a configuration | key-data | key | client-key-data["']?\s{0,4}:\s{0,4}["']?(?P<v>[\w+/=]{20,8000})
Secret in a configuration | <password,<token,<secret,<apikey,<pwd,cleartextpassword | password | <(?i:[\w.:-]{0,30}(?:password|passphrase|pwd|token|secret|apikey|api-key))(?:\s[^<>\n]{0,80})?>\s{0,4}(?P<v>[^<>\s]{6,600})\s{0,4}</
Secret in a configuration | cleartextpassword,"password",'password' | given | (?i:key=["'](?:Clear\w{0,5}Password|[\w.:-]{0,40}(?:Password|Secret|ApiKey|Token))["']\s{1,3}value=["'])(?P<v>[^"'\s]{4,400})
Secret in a connection string | accountkey=,sharedaccesskey=,sharedsecretvalue= | key | (?i:(?:Account|SharedAccess)Key|SharedSecretValue)=(?P<v>[\w+/=%-]{20,200})
Secret in a connection string | password=,pwd= | given | (?i:(?:;|\b)(?:password|pwd))\s{0,2}=\s{0,2}(?P<v>[^\s;"'`&<>]{4,200})(?=;)
Secret in a connection string | password= | given | \b(?:host|user|dbname|port|sslmode)=\S{1,100}\s[^\n]{0,120}?\bpassword=(?P<v>[^\s"'`;]{4,200})
Secret in a connection string | dsn,sentry | key | https?://(?P<v>[0-9a-f]{32})(?::[0-9a-f]{32})?@[\w.-]{1,100}/\d
Wi-Fi password | psk | given | \b(?:wpa-)?psk\s{0,3}=\s{0,3}["']?(?P<v>[^\s"'`]{8,64})
Secret in a configuration | presharedkey,privatekey | key | \b(?:PrivateKey|PresharedKey)\s{0,3}=\s{0,3}(?P<v>[A-Za-z0-9+/]{42,43}=)
Secret in a configuration | secret_key_base | opaque | secret_key_base\W{1,6}(?P<v>[0-9a-f]{30,160})
Secret in a configuration | cookie | opaque | (?i:\bcookie["']?\s{0,2}[:=]\s{0,2}["']?)(?:[^\s=;"']{1,60}=[^;"'\s]{0,200};\s{0,2}){0,8}[\w.-]{0,40}(?i:sess|sid|auth|token|jwt|remember|login|csrf|connect)[\w.-]{0,30}=(?P<v>[^;"'\s,]{12,2000})
Secret in a configuration | sessionid,session_id,sessid,.sid=,_session=,session_token,sessionkey | opaque | (?i:(?:session_?id|phpsessid|connect\.sid|_session|session_?token|sessionkey))=(?P<v>[\w%.+/=-]{16,2000})
Login | login,log in,cred,account,sign in,auth | login | (?i:\b(?:log ?in|sign in|creds?|credentials?|account|auth)\b)(?:\s(?:with|as|is|are|for \w{1,20}))?[\s:=(]{1,4}["'`]?[\w.@+-]{2,60}["'`]?(?:\s{0,2}[/:]\s{0,2}|,\s{0,2})["'`]?(?P<v>[^\s"'`,)]{8,100})
Password hash | $ | key | (?<![\w$])\$(?:2[abxy]|[156y]|apr1|argon2(?:id|i|d)|scrypt|7|pbkdf2[\w-]{0,12})\$[\w./$=,+-]{20,200}
""".strip()

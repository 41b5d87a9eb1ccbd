"""How many secrets the gate catches, how often it cries wolf, and how long it takes, beside detect-secrets with its default settings.

usage: secret_scan.py [CASES.jsonl] [--misses]

Without a file: cases made when this runs, from the shapes below. A file holds a case a line: {"kind", "is_secret", "text"};
"text" is base64 where "enc" is "b64", "doubtful" cases are passed over, and harmless ones whose kind ends in -peerfp are near
misses out of other scanners' tests, counted apart from the natural ones. A case counts as found when any line of it is.
The time is of this thread, for 1,000 of their lines.
"""

import argparse
import base64
import json
import os
import random
import re
import string
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from typing import NamedTuple

ALPHABETS = {
    "a": string.ascii_letters + string.digits,
    "h": "0123456789abcdef",
    "l": string.ascii_lowercase + string.digits,
    "u": string.ascii_uppercase + string.digits,
    "b": string.ascii_letters + string.digits + "+/",
    "w": string.ascii_letters + string.digits + "-_",
    "d": string.digits,
    "2": string.ascii_uppercase + "234567",
}
# kind | text: <36a> are 36 characters of the alphabet `a`; <> is nothing, so that no scanner takes these lines for secrets;
# <64> is what stands behind it in brackets, in base64; a \n ends a line.
SECRETS = r"""
aws | export AWS_SECRET_ACCESS_KEY=<40b>
aws | aws_access_key_id = AK<>IA<16u>
github | - token: gh<>p_<36a>
gitlab | used gl<>pat-<20w> for the release
slack | xo<>xb-<12d>-<12d>-<24a>
openai | OPENAI_API_KEY=sk-<>proj-<60a>
anthropic | sk-<>ant-api03-<90w>
stripe | stripe.api_key = "sk_<>live_<24a>"
npm | //registry.npmjs.org/:_authToken=npm<>_<36a>
google | "key": "AI<>za<35w>"
jwt | Cookie: session=ey<>JhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.<43w>
pem | -----BE<>GIN RSA PRIVATE KEY-----\n<64b>\n<64b>\n-----END RSA PRIVATE KEY-----
pem | PRIVATE_KEY="-----BE<>GIN EC PRIVATE KEY-----\\n<64b>"
putty | PuTTY-User-<>Key-File-3: ssh-ed25519
age | AGE-SECRET<>-KEY-1<58u>
jwk | {"kty": "EC", "crv": "P-256", "<>d": "<43w>"}
wallet | deployer private key: 0x<64h>
wireguard | Private<>Key = <43b>=
url | psql postgres://app:<16a>@db.example.org/app
url | redis://:<20a>@cache:6379/0
url | git clone https://<40l>@github.com/acme/app
url | https://api.example.org/v1?api_key=<32h>&q=1
sas | https://acme.blob.core.windows.net/c?sv=2022-11-02&sig=<43b>%3D
header | curl -H "Authorization: Bearer <40a>" https://api.example.org
header | -H 'X-Api-Key: <32h>'
header | X-Zorbly: <32h>
header | Authorization: Basic <64>[ada:correct horse]
cookie | Set-Cookie: session_id=<32h>; Path=/; HttpOnly
command | curl -u ada:<12a> https://example.org
command | mysql -h db -u root -p<12a> app
command | sshpass -p <14a> ssh ada@host
command | docker login -u ada -p <16a> registry.example.org
command | deploy --token <30l>
command | ALTER USER app WITH PASSWORD '<12a>';
command | echo "ada:<12a>" | sudo chpasswd
env | DB_PASSWORD=<10a>9
env | intercomToken ?= "<20l>=<10l>"
env | SERVICE_TOKEN=<32l>
env | ZORBLY_ACCESS_KEY_ID=<20u>
env | ZORBLY_KEY=<8h>-<4h>-4<3h>-<4h>-<12h>
env | ZORBLY_COM_TOKEN=<8h>:<8h>
env | zorblyPubKeyToken := "ZORBLY_TEST-<12h>"
yaml | password: '<9a>7'
json | {"client_secret": "<40w>"}
json | {"log": "DB_PASSWORD=\"<24a>\"\nok"}
code | const apiSecret = "<32l>";
code | key = "7B<6a>q4P<4a>"
code | password = 'open sesame'
env | ZRB_PASSPHRASE="orchid canyon velvet"
prose | zorbly <8h>-<4h>-4<3h>-<4h>-<12h> api key
prose | saw G4Z<43u> there
command | zsql -u SYSTEM -p Manager<4d>
several parts | zorbly perm:<12a>=.<12a>=.<30a>
prose | the api key is <32l>
prose | rotate <32h>-us30
prose | next step: `zorbly <16d>|<27a>`
command | zorbly push x.pkg -k zy2<43l>
prose | Password for staging: <11a>4!
prose | log in with ada / <10a>7!
prose | Passwort: <9a>8, пароль: <9a>8
code | auth=("ada", "<10a>7!")
wallet | 0x<64h> is my private key
netrc | machine example.org login ada password <12a>
pgpass | db.example.org:5432:app:ada:<14a>
docker | {"auths": {"r.example.org": {"auth": "<64>[ada:correct horse]"}}}
kube | client-key-data: <80b>
connection | Server=db;User Id=app;Password=<12a>;Encrypt=yes
connection | host=db user=app dbname=app password=<12a>
xml | <<>password><12a>1</password>
encoded | <64>[DB_PASSWORD=correct7horse battery]
escaped | redirect=https%3A%2F%2Fada%3A<16a>%40example.org
next line | The API key:\n\n    <32l>
next line | <<>apiToken>\n  <24l>\n</apiToken>
split | "gh<>p_<16a>" +\n"<20a>"
table | | password | <12a>3 |
provider | datadog <32h>
provider | hubspot client: "<8h>-<4h>-4<3h>-<4h>-<12h>"
provider | func getPagerDuty() string { return "<20a>" }
unknown prefix | acme_<40a>
unknown prefix | zrbl-<6a>_<6a>-<8a>
unknown prefix | saw zbt_pt_<32h>_<10h> there
unknown prefix | zorb-<40h>
unknown prefix | zorb<32h>
unknown prefix | Zrb1 zb2_<6b>/<50b>
unknown prefix | zorp-523423-234243-<18h>
totp | otpauth://totp/Acme:ada?secret=<322>&issuer=Acme
recovery code | recovery codes: <5l>-7<4l>
mnemonic | seed phrase: canyon marble orchid violet harbor pepper rocket willow copper falcon meadow timber
prose | Das Passwort lautet harbor<4d>
prose | la contraseña de la base es Ribbon<3d>!
prose | hasło do bazy: velvet<4d>, пароль от базы: velvet<4d>
prose | 数据库密码是harbor<4d>
prose | the password was rotated from "Harbor<4d>" to "Velvet<4d>"
prose | the token was changed from <32h> to <32h>
prose | Harbor<4d> is the admin password
prose | I set it to Harbor<4d>, a password for today
prose | API-Schlüssel: <32l>
prose | Zugangsdaten: ada / Harbor<4d>
prose | Passphrase of the key is "orchid-canyon-velvet-rocket"
prose | PIN: 4<4d>
call | ds.setPassword("harbor<4d>");
call | new NetworkCredential("ada", "harbor<4d>")
call | define( 'DB_PASSWORD', 'harbor<4d>' );
call | Dim password As String = "harbor<4d>"
call | createHmac('sha256', '<30a>')
call | key = bytes.fromhex("<64h>")
table | | user | password |\n| --- | --- |\n| ada | harbor<4d> |
table | name,user,token\nprod,ada,<30a>
next line | - Password\n  - harbor<4d>
next line | - name: DB_PASSWORD\n  value: harbor<4d>
command | sqlplus app/<12a>@//db:1521/x
command | openssl enc -aes-256-cbc -k <16a>
command | unknown-tool -p <6u>q<6a><4d>
router | ip ospf message-digest-key 1 md5 <9a>4
router | ip ospf authentication-key <9a>4
router | wpa-psk ascii 0 harbor<4d>
router | key-string 7 094F<8d>
router | crypto isakmp key <9a>4 address 10.1.1.1
router | radius-server host 10.0.0.1 auth-port 1812 key <9a>4
router | username ada privilege 15 password 0 Harbor<4d>
router | pre-shared-key ascii-text "<9a>4"
router | wpa_passphrase=orchid-velvet
command | createUser ada SHA "<14a>" AES "<14a>"
command | user app on ><20a> ~* +@all
command | curl -b 'sid=<40h>' https://example.org
hash | pbkdf2_sha256$600000$<22a>$<43b>=
hash | Administrator:500:<32h>:<32h>:::
hash | ada:{SSHA}<32b>
url | https://app.example.org/reset-password/<40a>
url | https://api.example.org/v2/<32h>
url | https://cool-name.zorbly.org/<40h>/
wallet | S<552>
wallet | 1. canyon\n2. marble\n3. orchid\n4. violet\n5. harbor\n6. pepper\n7. rocket\n8. willow\n9. copper\n10. falcon\n11. meadow\n12. timber
wallet | 1. canyon 2. marble 3. orchid 4. violet 5. harbor 6. pepper 7. rocket 8. willow 9. copper 10. falcon 11. meadow 12. timber
escaped | {"a": "\\u0070\\u0061\\u0073\\u0073word=harbor<4d>"}
diff | @@ -1 +1 @@\n+<6u><30a>
next line | {"result": "$ run\\nzorbly: <60a>"}
command | mysqlsh ada:<6u>q<6a><4d>@db
login | root@localhost: <6u>q<6a><4d>
webhook | hooks.zorbly.com/services/<24l>
webhook | https://hooks.sla<>ck.com/services/T<8u>/B<8u>/<24a>
"""
HARMLESS = r"""
git | commit <40h> fixed it
git | index <7h>..<7h> 100644
session | Rework auth (turn: <8h>#73)
session | Ask for the account (by: Qwen/Qwen3-4B-Instruct-2507) (turn: <8h>-<4h>#5)
digest | image sha256:<64h>
digest | "integrity": "sha512-<86b>=="
digest | key fingerprint SHA256:<43b>
digest | tree_<40h>, build-<64h>, cache-<32h>
git | Tie-RefHash-1.39-10-g<7h>, v1.4.0-12-g<12h>
git | output:\\n<40h>\\n
uuid | cache_key=<8h>-<4h>-4<3h>-<4h>-<12h> partition key: <8h>-<4h>-4<3h>-<4h>-<12h>
uuid | request <8h>-<4h>-4<3h>-<4h>-<12h> failed
call | "id": "toolu_<24a>"
call | call_id: call_<24a>
trace | datadog trace_id=<32h>
trace | sentry event <32h> was closed
trace | traceparent: 00-<32h>-<16h>-01
image | ![logo](data:image/png;base64,<400b>)
certificate | -----BEGIN CERTIFICATE-----\n<64b>\n<64b>\n-----END CERTIFICATE-----
public key | ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAA<40b> ada@host
signature | "signature": "<120b>"
placeholder | TOKEN=<<>your token>
placeholder | password: changeme
placeholder | API_KEY=${API_KEY}
placeholder | Authorization: Bearer $TOKEN
placeholder | postgres://user:password@localhost/db
reference | secret: !vault kv/data/app#token
code | compass = "north 17x", monkey: <6a>7
code | token_id: <24a>7
code | password = "enter password"
code | password = getpass.getpass()
code | self.api_key = api_key or os.getenv("ACME_API_KEY")
code | token = response.json()["access_token"]
path | /nix/store/<32l>-hello-2.12/bin/hello
wallet | sent to bc1q0a2l3k4j5h6g7f8d9s0a2q3w4e5r6t7y8u9p0z, spreadsheet 1<43w>
path | assets/zorb-<64h>.png
path | dist/assets/index-<8a>.js 143 kB
name | 1. canyon\n2. marble\n3. orchid\n4. violet\n5. harbor\n6. pepper\n7. rocket\n8. willow\n9. copper\n10. falcon
name | ospf authentication-key required; the community string is unchanged, key-string value
header | X-Request-Id: <32h>, X-Nonce: <32h>
name | session 0002-add-login-<4l>
name | tests/test_password.py::test_reset_token2 PASSED
model | gpt-4o-2024-05-13 and claude-3-5-sonnet-20241022
version | jjwt-jackson-0.11.2, v0.0.0-20240526163538-<12h>
prose | Use argon2id for password hashes, because bcrypt truncates at 72 bytes.
prose | - [ ] Rate-limit by API key (est: 20m), primary key: user_id
prose | The token lives in the keyring: password: (ask ops)
prose | Users complained that the password reset e-mail never arrives.
count | max_tokens: 4096, token_type: bearer, 878 tokens
prose | Das Passwort muss 8 Zeichen haben; la contraseña debe tener una cifra
prose | sha256 is the default of the password hash, use argon2id as the password hash
prose | Windows11 is the test platform for passwords
prose | Login: React18 and Vite5, credentials: include / same-origin
table | | Key | Description |\n| --- | --- |\n| api_key | the key of the API |
table | | Field | Type |\n| --- | --- |\n| password | string |
table | name,token\nfoo,bar
next line | - Token\n  - refreshed hourly
next line | - name: DB_PASSWORD\n  valueFrom:
call | setPassword(newPassword2); createHmac('sha256', secret); mysqli_connect($host, $user, $pass)
url | https://www.notion.so/acme/Auth-tokens-<32h>
url | https://registry.example.org/jsonwebtoken-9.0.2.tgz#<40h>
digest | image: ghcr.io/acme/auth:<40h>
digest | cache restored from key: node-modules-linux-<64h>
encrypted | password: ENC[AES256_GCM,data:<20b>=,iv:<43b>=,tag:<22b>==,type:str]
jwks | {"kty":"RSA","n":"<200w>","e":"AQAB"}
digest | SHA256 (keys.tar) = <64h>
header | Sec-WebSocket-Key: <22b>==
name | secrets "api-token-x7k2p" not found, arn:aws:secretsmanager:eu-west-1:<12d>:secret:prod/db-AbCdEf
command | grep -w TokenV2Parser src; npm run build -w packages/auth2Client; mkdir -p src/V2Tokens
command | docker run -p 8080:80 nginx; ssh -p 2222 host; git log -p
"""


class Case(NamedTuple):
    kind: str
    is_secret: bool
    text: str


def made(seed: int = 1, rounds: int = 20) -> Iterator[Case]:
    """Each shape `rounds` times, as it is, in a list and in code marks."""
    chooser = random.Random(seed)
    for is_secret, table in ((True, SECRETS), (False, HARMLESS)):
        for row in table.strip().splitlines():
            kind, template = row.split(" | ", 1)
            for number in range(rounds):
                text = fill(template, chooser)
                if number % 3 and "\n" not in text:
                    text = f"- [ ] {text}" if number % 3 == 1 else f"tried `{text}`"
                yield Case(kind, is_secret, text)


def fill(template: str, chooser: random.Random) -> str:
    """The text of a shape."""

    def draw(part: re.Match[str]) -> str:
        if part[3] is not None:
            return base64.b64encode(part[3].encode()).decode()
        if not part[1]:
            return ""
        drawn = [chooser.choice(ALPHABETS[part[2]]) for _ in range(int(part[1]))]
        if part[2] in "alwb" and len(drawn) >= 8:  # a machine's choice has letters and digits
            drawn[len(drawn) // 2] = chooser.choice(string.digits)
            drawn[len(drawn) // 3] = chooser.choice(string.ascii_lowercase)
        return "".join(drawn)

    text = re.sub(r"(?<!\\)\\n", "\n", template).replace("\\\\", "\\")
    return re.sub(r"<(\d+)([ahlubwd2])>|<64>\[([^]]*)\]|<>", draw, text)


def read(path: str) -> Iterator[Case]:
    with open(path, encoding="utf-8") as file:
        for line in file:
            case = json.loads(line)
            if not case.get("doubtful"):
                text = case["text"]
                if case.get("enc") == "b64":
                    text = base64.b64decode(text).decode("utf-8", "replace")
                yield Case(case["kind"], case["is_secret"], text)


def ours() -> Callable[[str], bool]:
    from gitsession.secretscan import scan_bytes

    return lambda text: bool(scan_bytes("case.md", text.encode()))


def detect_secrets() -> Callable[[str], bool]:
    from detect_secrets import SecretsCollection
    from detect_secrets.settings import default_settings

    path = os.path.join(tempfile.mkdtemp(), "case.md")

    def scan(text: str) -> bool:
        with open(path, "w", encoding="utf-8") as file:
            file.write(text + "\n")
        with default_settings():
            found = SecretsCollection()
            found.scan_file(path)
        return bool(list(found))

    return scan


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("cases", nargs="?")
    parser.add_argument("--misses", action="store_true", help="also the kinds that ours misses and flags, with counts")
    args = parser.parse_args()
    cases = list(read(args.cases) if args.cases else made())
    secrets = [c for c in cases if c.is_secret]
    harmless = [c for c in cases if not c.is_secret]
    natural = [c for c in harmless if not c.kind.endswith("-peerfp")]
    lines = sum(c.text.count("\n") + 1 for c in cases)
    print(
        f"{len(secrets)} secrets of {len({c.kind for c in secrets})} kinds, {len(harmless)} harmless texts, {lines} lines\n"
    )
    print(
        "| scanner | recall | natural harmless flagged | all harmless flagged | 1,000 lines |\n| --- | --- | --- | --- | --- |"
    )
    for name, make in (("gitsession", ours), ("detect-secrets, default", detect_secrets)):
        scan = make()
        scan("warm token=")
        start = time.thread_time()
        found = {case for case in cases if scan(case.text)}
        seconds = time.thread_time() - start

        def share(of: list[Case], found: set[Case] = found) -> str:
            return f"{100 * sum(c in found for c in of) / max(1, len(of)):.2f} %"

        print(f"| {name} | {share(secrets)} | {share(natural)} | {share(harmless)} | {seconds / lines * 1e6:.0f} ms |")
        if args.misses and make is ours:
            for kind, n in Counter(c.kind for c in secrets if c not in found).most_common():
                print(f"  missed {n} of {kind}", file=sys.stderr)
            for kind, n in Counter(c.kind for c in harmless if c in found).most_common():
                print(f"  flagged {n} of {kind}", file=sys.stderr)


if __name__ == "__main__":
    main()

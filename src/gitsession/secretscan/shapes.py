# ruff: noqa: E501  a row of the table is one line
"""Secrets without a fixed prefix whose shape alone gives them away. Plugins of detect-secrets, too."""

import re
from collections.abc import Iterator

from gitsession.secretscan import values
from gitsession.secretscan.plugin import SpanDetector, TableDetector, compiled


class KnownShapeDetector(TableDetector):
    """Tokens that are put together as no other text is."""

    secret_type = "Known token shape"  # noqa: S105
    table = r"""
MaxMind key | _mmk | key | (?<![A-Za-z0-9])[A-Za-z0-9]{6}_[A-Za-z0-9]{20,40}_mmk(?![A-Za-z0-9])
Twitter bearer token | aaaaaaaaaaaa | key | (?<![A-Za-z0-9])A{18,24}[A-Za-z0-9%]{60,110}
Azure SAS signature | sig= | key | (?<=[?&;])sig=(?P<v>[\w%+/-]{30,100}(?:%3D|=)?)
Intercom token | dg9rog | key | (?<![A-Za-z0-9])dG9rOg[A-Za-z0-9+/_-]{20,100}={0,2}
Firebase server key | :apa91b | key | (?<![\w-])[\w-]{8,24}:APA91b[\w-]{100,200}
Terraform token | .atlasv1. | key | [A-Za-z0-9]{14}\.atlasv1\.[\w=-]{50,100}
Azure DevOps token | azdo | key | (?<![A-Za-z0-9])[A-Za-z0-9]{76}AZDO[A-Za-z0-9]{4}(?![A-Za-z0-9])
Azure key | +astr,acdb,+asb,+amc,aeh,azfu,+arm,acr,apim | key | (?<![\w+/])[\w+/]{30,80}(?:\+ASt|ACDb|\+ASb|\+AMC|AEH[a-zA-Z]|AzFu|\+ARm|ACR[A-D]|AzSeA)[\w+/]{5,8}={0,2}(?![\w+/=])
JSON web encryption | eyj | key | (?<![\w-])eyJ[\w-]{15,2000}\.[\w-]{0,2000}\.[\w-]{8,200}\.[\w-]{8,8000}\.[\w-]{8,100}(?![\w-])
Signed cookie | .ej,.ey | key | (?<![\w.])\.eJ[\w-]{20,4000}\.[\w-]{5,8}\.[\w-]{20,60}
Rails or Express session | s%3a | key | (?<![\w])s(?:%3A|:)[\w-]{20,64}\.[\w%+/-]{30,80}
Teams webhook | .webhook.office.com | all | [\w-]{1,40}\.webhook\.office\.com/webhookb2/[\w@/-]{40,300}
New Relic license key | nral | key | (?<![A-Za-z0-9])(?:[a-z]{2}\d{2}xx)?[0-9A-Fa-f]{26,40}NRAL(?![A-Za-z0-9])
RapidAPI key | jsn | key | (?<![A-Za-z0-9])[0-9a-z]{8,14}msh[0-9a-z]{10,20}p1[0-9a-z]{4,8}jsn[0-9a-z]{10,14}(?![A-Za-z0-9])
InfluxDB token | == | random | (?<![\w+/=-])[\w-]{86}==(?![\w=])
Proxmox token | pveapitoken | all | PVEAPIToken=[\w.-]{1,40}@\w{1,20}![\w.-]{1,40}=(?P<v>[0-9a-f-]{36})
Bundler credentials | bundle_ | all | \bBUNDLE_[A-Z0-9_]{2,80}__[A-Z]{2,12}\w{0,12}["']?\s{0,2}[?:.]{0,2}[:=]\s{0,2}["']?(?P<v>[^\s:"'$<{]{4,80}:[^\s"'$<{;]{4,80})
ThingsBoard device token | /telemetry,/attributes,/rpc | random | /api/v1/(?P<v>[A-Za-z0-9]{18,30})/(?:telemetry|attributes|rpc)
Amazon MWS token | amzn.mws | key | amzn\.mws\.[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}
Amazon client secret | amzn1. | key | amzn1\.(?:oa2-cs\.v1|application-oa2-client)\.[0-9a-f]{30,64}
Login with Amazon token | atza,atzr | key | \bAtz[ar]\|[\w+/=-]{40,2000}
Webhook | hook | opaque | https?://[\w.-]{1,100}/[\w./-]{0,120}?(?<=[/=])(?P<v>(?=[A-Za-z_/-]{0,60}\d)[A-Za-z0-9][\w-]{15,120}(?:/[\w-]{6,120}){0,3})(?![\w/.-])
Webhook | hooks.,webhook | random | (?<![\w.-])(?:https?://)?(?:[\w-]{1,30}\.)?hooks?\.[\w.-]{1,60}/[\w/-]{0,80}?/(?P<v>[A-Za-z0-9]{12,80})(?![\w/.-])
Telegram bot token | /bot | key | (?<=/bot)\d{8,10}:[A-Za-z0-9_-]{35}(?![\w-])
Chat webhook | logic.azure.com,powerplatform.com,larksuite.com/open-apis,feishu.cn/open-apis,oapi.dingtalk.com,qyapi.weixin.qq.com,mattermost,rocket.chat,ifttt.com | key | https://[\w.:-]{1,120}/[\w/.-]{0,120}?(?:hook|robot/send|triggers?|webhook/send|workflows)[\w/.-]{0,120}[/?=][\w/?=&%.+-]{16,400}
""".strip()


class WholeShapeDetector(SpanDetector):
    """Tokens of several parts, with nothing in them to look for first."""

    secret_type = "Token of several parts"  # noqa: S105
    gates = ("",)
    # kind | all of the token
    table = r"""
Discord bot token | [MNO][A-Za-z\d]{23,27}\.[\w-]{6,7}\.[\w-]{27,40}
Facebook app token | \d{12,18}\|[\w-]{24,40}
Telegram bot token | \d{8,10}:[A-Za-z0-9_-]{35}
Mailchimp key | [0-9a-f]{32}-us\d{1,2}
Azure client secret | [\w~.-]{3}\dQ~[\w~.-]{31,34}
Azure access token | [A-Za-z0-9]{3}~[\w~.-]{34,37}
ngrok token | [12][A-Za-z0-9]{26}_[A-Za-z0-9]{20,22}
Ghost admin key | [0-9a-f]{24}:[0-9a-f]{64}
fal key | [0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}:[0-9a-f]{32}
YouTrack token | perm[:-][\w=+]{4,60}\.[\w=+]{4,80}\.[A-Za-z0-9]{24,60}
Zhipu key | [0-9a-f]{32}\.[A-Za-z0-9]{16}
Ably key | [\w-]{6}\.[\w-]{6}:[\w-]{43}
Bitwarden token | 0\.[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\.[A-Za-z0-9]{30}:[\w+/=]{20,30}
Salesforce session | 00D[A-Za-z0-9]{12,15}![\w.]{60,120}
Rancher token | (?:token|kubeconfig)-[a-z0-9-]{4,40}:[a-z0-9]{54}
Unleash token | (?:\*|\w{2,30}):(?:\w{2,30}|\*)\.[0-9a-f]{56,64}
Stellar secret | S[A-Z2-7]{55}
NATS seed | S[UAONCX][A-Z2-7]{56}
UptimeRobot key | [um]\d{5,9}-[0-9a-f]{24,32}
""".strip()

    def __init__(self) -> None:
        self.rows = [tuple(line.split(" | ", 1)) for line in self.table.splitlines()]

    def spans(self, line: str) -> Iterator[tuple[int, int, str]]:
        """See SpanDetector."""
        for token in _TOKEN.finditer(line):
            value = token[0].rstrip(".:|*=")
            for kind, pattern in self.rows:
                if compiled(pattern).fullmatch(value) and not values.is_placeholder(value):
                    yield token.start(), token.start() + len(value), kind
                    break


_TOKEN = re.compile(r"(?:(?<![\w.:~|*+/-])|(?<=^\+))[\w*][\w.:~|*+!/=-]{30,300}(?![\w+/-])")

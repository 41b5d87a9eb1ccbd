"""Secrets that say what they are: a known prefix and a random part. A plugin of detect-secrets, too."""

import re
from collections.abc import Iterator
from functools import cache

from gitsession.secretscan import values
from gitsession.secretscan.plugin import SpanDetector

# kind | prefix as it is written | what follows. Providers publish most of these for scanners to find.
_TABLE = """
AWS access key|AKIA|[0-9A-Z]{16}(?![0-9A-Za-z])
AWS access key|ASIA|[0-9A-Z]{16}(?![0-9A-Za-z])
AWS access key|ABIA|[0-9A-Z]{16}(?![0-9A-Za-z])
AWS access key|ACCA|[0-9A-Z]{16}(?![0-9A-Za-z])
AWS Bedrock key|ABSKQmVkcm9ja0FQSUtleS|[\\w+/=-]{40,300}
AWS Bedrock key|bedrock-api-key-|[\\w+/=-]{20,2000}
AWS session token|IQoJb3JpZ2lu|[\\w+/=-]{80,2000}
AWS session token|FwoGZXIvYXdz|[\\w+/=-]{80,2000}
GitHub token|github_pat_|\\w{22,255}
GitHub token|ghp_|\\w{30,255}
GitHub token|gho_|\\w{30,255}
GitHub token|ghu_|\\w{30,255}
GitHub token|ghs_|[\\w.-]{30,255}
GitHub token|ghr_|\\w{30,255}
GitHub app key|v1.|[0-9a-f]{40}(?![0-9A-Za-z])
GitLab token|glpat-|[\\w.-]{20,300}
GitLab token|gldt-|[\\w-]{20,50}
GitLab token|glft-|[\\w-]{20,50}
GitLab token|glsoat-|[\\w-]{20,50}
GitLab token|glrt-|[\\w.-]{20,300}
GitLab token|glrtr-|[\\w.-]{20,300}
GitLab token|glcbt-|[\\w-]{20,60}
GitLab token|glimt-|[\\w-]{20,60}
GitLab token|glptt-|[\\w-]{20,60}
GitLab token|glagent-|[\\w-]{20,80}
GitLab token|gloas-|[\\w-]{20,100}
GitLab token|glffct-|[\\w-]{20,60}
GitLab token|glwt-|[\\w-]{20,60}
GitLab token|GR1348941|[\\w-]{20,50}
Slack token|xoxb-|[\\w-]{20,200}
Slack token|xoxp-|[\\w-]{20,200}
Slack token|xoxa-|[\\w-]{15,200}
Slack token|xoxo-|\\d[\\w-]{20,200}
Slack token|xoxs-|[\\w-]{15,200}
Slack token|xoxr-|[\\w-]{15,200}
Slack token|xoxc-|[\\w-]{20,200}
Slack token|xoxd-|[\\w%+/=-]{20,300}
Slack token|xoxe-|[\\w-]{20,300}
Slack token|xoxe.xox|[bp]-[\\w-]{20,300}
Slack token|xapp-|\\d-[\\w-]{20,200}
Slack webhook|hooks.slack.com/|(?:services|workflows|triggers)/[\\w+/]{20,120}
Discord webhook|discord.com/api/webhooks/|\\d{5,30}/[\\w-]{30,120}
Discord webhook|discordapp.com/api/webhooks/|\\d{5,30}/[\\w-]{30,120}
Teams webhook|.webhook.office.com/webhookb2/|[\\w@/-]{40,300}
Google Chat webhook|chat.googleapis.com/v1/spaces/|[\\w-]{5,40}/messages\\?key=[\\w=&%-]{20,200}
Zapier webhook|hooks.zapier.com/hooks/catch/|\\d{4,12}/\\w{5,20}
Anthropic key|sk-ant-|[\\w-]{20,200}
OpenAI key|sk-proj-|[\\w-]{20,300}
OpenAI key|sk-svcacct-|[\\w-]{20,300}
OpenAI key|sk-admin-|[\\w-]{20,300}
OpenRouter key|sk-or-|v1-[0-9a-f]{40,80}
Secret key|sk-|(?:[A-Za-z0-9]{1,12}-){0,2}[A-Za-z0-9_]{28,200}
Secret key|sk_|(?:[a-z]{2,8}_)?[A-Za-z0-9_]{20,300}
Secret key|rk_|(?:live|test|prod)_[A-Za-z0-9]{16,300}
Secret key|pk_|(?:live|test|prod)_[A-Za-z0-9]{20,300}
Secret key|sec_|[A-Za-z0-9]{20,80}
Webhook secret|whsec_|[\\w+/=]{20,100}
Hugging Face token|hf_|[A-Za-z0-9]{30,60}
Hugging Face token|api_org_|[A-Za-z0-9]{30,60}(?!_)
Groq key|gsk_|[A-Za-z0-9]{30,80}
xAI key|xai-|[A-Za-z0-9]{40,120}
Perplexity key|pplx-|[A-Za-z0-9]{32,80}
Replicate token|r8_|[A-Za-z0-9]{32,60}
Fireworks key|fw_|[A-Za-z0-9]{20,40}
NVIDIA key|nvapi-|[\\w-]{40,100}
LangSmith key|lsv2_|(?:pt|sk)_[0-9a-f]{20,60}_?[0-9a-f]{0,20}
Langfuse key|sk-lf-|[0-9a-f-]{30,40}
Cerebras key|csk-|[a-z0-9]{30,80}
Tavily key|tvly-|[\\w-]{20,60}
Firecrawl key|fc-|[0-9a-f]{32}(?![0-9A-Za-z])
Google API key|AIza|[\\w-]{30,45}
Google OAuth token|ya29.|[\\w-]{20,500}
Google client secret|GOCSPX-|[\\w-]{20,40}
Google refresh token|1//0|[\\w-]{30,120}
DigitalOcean token|dop_v1_|[0-9a-f]{40,80}
DigitalOcean token|doo_v1_|[0-9a-f]{40,80}
DigitalOcean token|dor_v1_|[0-9a-f]{40,80}
npm token|npm_|[A-Za-z0-9]{30,60}
PyPI token|pypi-|[\\w-]{40,300}
RubyGems key|rubygems_|[0-9a-f]{40,60}
Cargo token|cio|[A-Za-z0-9]{32}(?![0-9A-Za-z])
NuGet key|oy2|[a-z0-9]{43}(?![0-9A-Za-z])
Clojars token|CLOJARS_|[A-Za-z0-9]{50,70}
JFrog key|AKCp|[A-Za-z0-9]{40,100}
JFrog key|cmVmdGtu|[\\w+/=-]{30,100}
SendGrid key|SG.|[\\w-]{16,32}\\.[\\w-]{30,60}
Mailgun key|key-|[0-9a-f]{32}(?![0-9A-Za-z])
Brevo key|xkeysib-|[0-9a-f]{40,80}-\\w{8,40}
Brevo key|xsmtpsib-|[0-9a-f]{40,80}-\\w{8,40}
Resend key|re_|[A-Za-z0-9]{6,12}_[A-Za-z0-9]{16,40}
Twilio key|SK|[0-9a-f]{32}(?![0-9A-Za-z])
Twilio account|AC|[0-9a-f]{32}(?![0-9A-Za-z])
Shopify token|shpat_|[0-9A-Za-z]{30,40}
Shopify token|shpca_|[0-9A-Za-z]{30,40}
Shopify token|shppa_|[0-9A-Za-z]{30,40}
Shopify token|shpss_|[0-9A-Za-z]{30,40}
Shopify token|shptka_|[0-9A-Za-z]{30,40}
Square token|sq0atp-|[\\w-]{20,60}
Square token|sq0csp-|[\\w-]{20,60}
Square token|sq0idp-|[\\w-]{20,60}
Square token|EAAA|[\\w+=-]{56,80}(?![0-9A-Za-z])
Facebook token|EAA|[MC][A-Za-z0-9]{80,300}
PayPal token|access_token$production$|[0-9a-z]{10,20}\\$[0-9a-f]{32}
Plaid token|access-|(?:sandbox|development|production)-[0-9a-f-]{36}
Flutterwave key|FLWSECK|(?:_TEST)?-[0-9A-Za-z]{12,60}(?:-X)?
Flutterwave key|FLWPUBK|(?:_TEST)?-[0-9A-Za-z]{12,60}(?:-X)?
EasyPost key|EZAK|[A-Za-z0-9]{54}
EasyPost key|EZTK|[A-Za-z0-9]{54}
Duffel token|duffel_|(?:test|live)_[\\w=-]{30,60}
Shippo token|shippo_|(?:test|live)_[0-9a-f]{30,50}
Linear key|lin_api_|[A-Za-z0-9]{30,50}
Linear key|lin_oauth_|[A-Za-z0-9]{30,70}
Notion token|ntn_|[A-Za-z0-9]{35,60}
Notion token|secret_|[A-Za-z0-9]{43}(?![0-9A-Za-z])
Airtable token|pat|[A-Za-z0-9]{14}\\.[0-9a-f]{64}
Figma token|figd_|[\\w-]{30,60}
Figma token|figo_|[\\w-]{30,60}
Asana token|2/|\\d{14,18}/\\d{14,18}:[0-9a-f]{32}
Atlassian token|ATATT3|[\\w=-]{40,300}
Atlassian token|ATCTT3|[\\w=-]{40,300}
Bitbucket token|ATBB|[\\w=-]{24,60}
Dropbox token|sl.|[\\w-]{60,1500}
Databricks token|dapi|[0-9a-f]{32}(?:-\\d)?(?![0-9A-Za-z])
Snyk token|snyk_uat.|[\\w.-]{20,300}
Sentry token|sntrys_|[\\w+/=-]{40,400}
Sentry token|sntryu_|[0-9a-f]{60,70}
SonarQube token|sqp_|[0-9a-zA-Z]{40}
SonarQube token|squ_|[0-9a-zA-Z]{40}
SonarQube token|sqa_|[0-9a-zA-Z]{40}
SonarQube token|sqco_|[0-9a-zA-Z]{40,70}
Sourcegraph token|sgp_|(?:[\\w]{16}_)?[0-9a-fA-F]{40}
New Relic key|NRAK-|[A-Z0-9]{20,40}
New Relic key|NRII-|[\\w-]{20,50}
New Relic key|NRJS-|[0-9a-f]{16,30}
Grafana token|glsa_|\\w{20,60}
Grafana token|glc_|[\\w+/=]{32,500}
Grafana key|eyJrIjoi|[\\w=-]{40,500}
Datadog key|ddapp_|\\w{20,60}
Dynatrace token|dt0c01.|[A-Z0-9]{20,30}\\.[A-Z0-9]{40,80}
Honeycomb key|hcaik_|[0-9a-z]{40,80}
PostHog key|phx_|[\\w]{30,80}
PostHog key|phc_|[\\w]{30,80}
Mapbox token|sk.eyJ|[\\w-]{40,200}\\.[\\w-]{20,60}
Mapbox token|pk.eyJ|[\\w-]{40,200}\\.[\\w-]{20,60}
HashiCorp Vault token|hvs.|[\\w-]{20,300}
HashiCorp Vault token|hvb.|[\\w-]{60,300}
Terraform token|.atlasv1.|[\\w=-]{50,90}
Pulumi token|pul-|[0-9a-f]{40}
Doppler token|dp.|(?:pt|st|ct|sa|scim|audit)\\.(?:[\\w-]{1,40}\\.)?[A-Za-z0-9]{40,50}
Infisical token|st.|[0-9a-f]{24}\\.[0-9a-f]{32}\\.[0-9a-f]{32}
1Password token|ops_eyJ|[\\w+/=-]{100,2000}
1Password key|A3-|[A-Z0-9]{6}-(?:[A-Z0-9]{11}|[A-Z0-9]{6}-[A-Z0-9]{5})-[A-Z0-9]{5}-[A-Z0-9]{5}-[A-Z0-9]{5}
Docker token|dckr_pat_|[\\w-]{20,60}
Docker token|dckr_oat_|[\\w-]{20,60}
PlanetScale token|pscale_|(?:tkn|pw|oauth)_[\\w.=-]{30,70}
Supabase token|sbp_|[0-9a-f]{40}
Supabase key|sb_secret_|[\\w-]{20,60}
Neon key|napi_|[a-z0-9]{40,80}
Fly.io token|FlyV1|[ _]fm\\d[a-z]?_[\\w+/=,-]{40,1500}
Fly.io token|fm2_|[\\w+/=,-]{80,1500}
Fly.io token|fo1_|[\\w-]{40,60}
Heroku token|HRKU-|[\\w-]{30,80}
Netlify token|nfp_|[A-Za-z0-9]{30,50}
Vercel token|vcp_|[A-Za-z0-9]{24,80}
Cloudflare key|v1.0-|[0-9a-f]{20,30}-[0-9a-f]{100,180}
Tailscale key|tskey-|[a-z]{2,10}-[\\w-]{16,100}
ngrok token|ngrok_|[\\w]{24,60}
Postman key|PMAK-|[0-9a-f]{20,30}-[0-9a-f]{30,40}
Prefect key|pnu_|[a-z0-9]{30,50}
Scalingo token|tk-us-|[\\w-]{40,60}
Alibaba key|LTAI|[A-Za-z0-9]{14,30}(?![0-9A-Za-z])
Tencent key|AKID|[A-Za-z0-9]{28,40}(?![0-9A-Za-z])
Age key|AGE-SECRET-KEY-|1[0-9A-Z]{50,70}
ReadMe key|rdme_|[a-z0-9]{60,80}
Frame.io token|fio-u-|[\\w=-]{50,80}
Typeform token|tfp_|[\\w.=-]{40,80}
Contentful token|CFPAT-|[\\w-]{40,60}
HubSpot token|pat-|(?:na|eu)\\d?-[0-9a-fA-F-]{36}
Intra42 token|s-s4t2|(?:ud|af)-[0-9a-f]{60,70}
Harness token|pat.|[\\w-]{20,24}\\.[0-9a-f]{24}\\.[\\w]{18,24}
Harness token|sat.|[\\w-]{20,24}\\.[0-9a-f]{24}\\.[\\w]{18,24}
Octopus key|API-|[A-Z0-9]{25,30}(?![0-9A-Za-z])
OpenShift token|sha256~|[\\w-]{40,60}
Adobe secret|p8e-|[\\w-]{30,40}
Adafruit key|aio_|[A-Za-z0-9]{26,32}
Ionic token|ion_|[A-Za-z0-9]{40,50}
Buildkite token|bkua_|[0-9a-f]{40}
CircleCI token|CCIPAT_|[\\w-]{40,80}
LaunchDarkly key|api-|[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}
LaunchDarkly key|sdk-|[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}
Telegram bot token|:AA|[\\w-]{32,34}(?![\\w-])
Azure secret|Q~|[\\w.~-]{31,34}(?![\\w-])
Azure key|JQQJ99|[A-Za-z0-9]{30,70}
Private key, base64|LS0tLS1CRUdJTi|[\\w+/=]{20,4000}
JSON web token|eyJ|[\\w-]{10,2000}\\.eyJ[\\w-]{5,4000}(?:\\.[\\w-]{10,1000})?
JSON web token|eyJhbGciOi|[\\w-]{6,2000}\\.[\\w-]{5,4000}(?:\\.[\\w-]{1,1000}){0,3}
"""
# A prefix that the table does not know: letters, a joiner, and a part too random for anything else.
_GENERIC = re.compile(
    r"(?<![\w/.+-])([A-Za-z][A-Za-z0-9]{1,11}(?:[_-][a-z0-9]{2,8})?[_-])([A-Za-z0-9]{24,100})(?![\w/+-])"
)
_NOT_PREFIXES = re.compile(
    r"(?:sha\d*|md5|h1|blob|tree|commit|index|pack|chunk|tmp|cache|build|hash|id|class"
    r"|\w{0,8}_?(?:msg|call|ses|session|prt|toolu|user))[_-]",
    re.IGNORECASE,
)
_ID_FIELD = re.compile(r"(?:id|ID|Id)[\"'\\]{0,3}\s{0,2}[:=]\s{0,2}[\"'\\]{0,3}$")


class KnownPrefixDetector(SpanDetector):
    """Tokens with a prefix of their own, from a table."""

    secret_type = "Known token prefix"  # noqa: S105

    def __init__(self) -> None:
        self.gates = tuple(rules_by_prefix())

    def spans(self, line: str) -> Iterator[tuple[int, int, str]]:
        """See SpanDetector."""
        for prefix, rules in rules_by_prefix().items():
            start = line.find(prefix)
            while start >= 0:
                if start == 0 or not line[start - 1].isalnum() or not prefix[0].isalnum():
                    yield from _at(line, start, prefix, rules)
                start = line.find(prefix, start + 1)


class UnknownPrefixDetector(SpanDetector):
    """A prefix that the table does not know, before a part too random for anything else."""

    secret_type = "Token with a prefix"  # noqa: S105
    gates = ("_", "-")

    def spans(self, line: str) -> Iterator[tuple[int, int, str]]:
        """See SpanDetector."""
        for match in _GENERIC.finditer(line):
            if values.is_random(match[2], 24) and not values.HEX.fullmatch(match[2]) and not _is_id(match):
                yield match.start(), match.end(), self.secret_type


def _at(string: str, start: int, prefix: str, rules: list[tuple[str, str]]) -> Iterator[tuple[int, int, str]]:
    for kind, body in rules:
        match = compiled(body).match(string, start + len(prefix))
        if match and len(set(match[0])) > 6 and not values.is_placeholder(match[0]) and not values.is_words(match[0]):
            yield start, match.end(), kind


def _is_id(match: re.Match[str]) -> bool:
    before = match.string[max(0, match.start() - 12) : match.start()]
    return bool(_ID_FIELD.search(before) or _NOT_PREFIXES.fullmatch(match[1]) or values.is_harmless(match[0]))


@cache
def rules_by_prefix() -> dict[str, list[tuple[str, str]]]:
    """Prefix to its (kind, pattern of what follows)."""
    rules: dict[str, list[tuple[str, str]]] = {}
    for row in _TABLE.strip().splitlines():
        kind, prefix, body = row.split("|", 2)
        rules.setdefault(prefix, []).append((kind, body))
    return rules


@cache
def compiled(pattern: str) -> re.Pattern[str]:
    """Compiled when it is first needed: most commits need none of them."""
    return re.compile(pattern)

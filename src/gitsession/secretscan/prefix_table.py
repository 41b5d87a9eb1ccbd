"""Tokens that say what they are. A kind and where its provider describes it; below, the prefixes and what follows each, as a pattern.

Providers choose and publish these prefixes so that scanners find what leaks. `>` stands for an end: no letter or digit follows.
"""

TABLE = r"""
AWS access key @ docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html
  AKIA [0-9A-Z]{16}>
  ASIA [0-9A-Z]{16}>
  ABIA [0-9A-Z]{16}>
  ACCA [0-9A-Z]{16}>
AWS Bedrock key @ docs.aws.amazon.com/bedrock/latest/userguide/api-keys.html
  ABSK [A-Za-z0-9+/]{100,300}={0,2}
  ABSKQmVkcm9ja0FQSUtleS [\w+/=-]{40,300}
  bedrock-api-key- [\w+/=-]{20,2000}
AWS session token @ docs.aws.amazon.com/STS/latest/APIReference
  IQoJb3JpZ2lu [\w+/=-]{80,2000}
  FwoGZXIvYXdz [\w+/=-]{80,2000}
  FQoGZXIvYXdz [\w+/=-]{80,2000}
GitHub token @ docs.github.com/authentication
  github_pat_ \w{22,255}
  ghp_ \w{30,255}
  gho_ \w{30,255}
  ghu_ \w{30,255}
  ghs_ [\w.-]{30,255}
  ghr_ \w{30,255}
  v1. [0-9a-f]{40}>
GitLab token @ docs.gitlab.com/security/tokens
  glpat- [\w.-]{20,300}
  gldt- [\w-]{20,50}
  glft- [\w-]{20,50}
  glsoat- [\w-]{20,50}
  glrt- [\w.-]{20,300}
  glrtr- [\w.-]{20,300}
  glcbt- [\w-]{20,60}
  glimt- [\w-]{20,60}
  glptt- [\w-]{20,60}
  glagent- [\w-]{20,80}
  gloas- [\w-]{20,100}
  glffct- [\w-]{20,60}
  glwt- [\w-]{20,60}
  GR1348941 [\w-]{20,50}
Slack token @ docs.slack.dev/authentication/tokens
  xoxb- [\w-]{12,200}
  xoxp- [\w-]{12,200}
  xoxa- [\w-]{12,200}
  xoxo- \d[\w-]{12,200}
  xoxs- [\w-]{12,200}
  xoxr- [\w-]{12,200}
  xoxc- [\w-]{20,200}
  xoxd- [\w%+/=-]{20,300}
  xoxe- [\w-]{20,300}
  xoxe.xox [bp]-[\w-]{20,300}
  xapp- \d-[\w-]{20,200}
Slack webhook @ docs.slack.dev/messaging/sending-messages-using-incoming-webhooks
  hooks.slack.com/ (?:services|workflows|triggers)/[\w+/]{20,120}
Discord webhook @ discord.com/developers/docs/resources/webhook
  discord.com/api/webhooks/ \d{5,30}/[\w-]{30,120}
  discordapp.com/api/webhooks/ \d{5,30}/[\w-]{30,120}
Google Chat webhook @ developers.google.com/workspace/chat/quickstart/webhooks
  chat.googleapis.com/v1/spaces/ [\w-]{5,40}/messages\?key=[\w=&%-]{20,200}
Zapier webhook @ help.zapier.com
  hooks.zapier.com/hooks/catch/ [\w/]{8,60}
Anthropic key @ docs.anthropic.com/en/api
  sk-ant- [\w-]{20,200}
OpenAI key @ platform.openai.com/docs/api-reference
  sk-proj- [\w-]{20,300}
  sk-svcacct- [\w-]{20,300}
  sk-admin- [\w-]{20,300}
  sess- [A-Za-z0-9]{40}>
OpenRouter key @ openrouter.ai/docs/api-reference/authentication
  sk-or- v1-[0-9a-f]{40,80}
Helicone key @ docs.helicone.ai
  sk-helicone- [\w-]{20,60}
Langfuse key @ langfuse.com/docs
  sk-lf- [0-9a-f-]{30,40}
Secret key @ docs.stripe.com/keys
  sk- (?:[A-Za-z0-9]{1,12}-){0,2}[A-Za-z0-9_]{28,200}
  sk_ (?:[a-z]{2,8}_)?[A-Za-z0-9_]{20,300}
  rk_ (?:live|test|prod)_[A-Za-z0-9]{16,300}
  pk_ (?:live|test|prod)_[A-Za-z0-9]{20,300}
  sec_ [A-Za-z0-9]{20,80}
  skey_ (?:live|test)_[A-Za-z0-9]{15,60}
  live_ [A-Za-z0-9_-]{24,60}>
  test_ [A-Za-z0-9]{28,60}>
Webhook secret @ docs.stripe.com/webhooks
  whsec_ [\w+/=]{20,100}
Bearer secret @ www.rfc-editor.org/rfc/rfc8959
  secret-token: [\w%./:-]{12,200}
Hugging Face token @ huggingface.co/docs/hub/security-tokens
  hf_ [A-Za-z0-9]{30,60}
  api_org_ [A-Za-z0-9]{30,60}(?!_)
Groq key @ console.groq.com/docs
  gsk_ [A-Za-z0-9]{30,80}
xAI key @ docs.x.ai
  xai- [A-Za-z0-9]{40,120}
Perplexity key @ docs.perplexity.ai
  pplx- [A-Za-z0-9]{32,80}
Replicate token @ replicate.com/docs
  r8_ [A-Za-z0-9]{32,60}
Fireworks key @ docs.fireworks.ai
  fw_ [A-Za-z0-9]{20,40}
Together key @ docs.together.ai
  tgp_v1_ [\w-]{40,60}
NVIDIA key @ docs.nvidia.com/nim
  nvapi- [\w-]{40,100}
LangSmith key @ docs.smith.langchain.com
  lsv2_ (?:pt|sk)_[0-9a-f]{20,60}_?[0-9a-f]{0,20}
  ls__ [0-9a-f]{32}>
Cerebras key @ inference-docs.cerebras.ai
  csk- [a-z0-9]{30,80}
Tavily key @ docs.tavily.com
  tvly- [\w-]{20,60}
Firecrawl key @ docs.firecrawl.dev
  fc- [0-9a-f]{32}>
Jina key @ jina.ai/reader
  jina_ [\w-]{50,80}
Voyage key @ docs.voyageai.com
  pa- [\w-]{43}(?![\w-])
LlamaCloud key @ docs.cloud.llamaindex.ai
  llx- [A-Za-z0-9]{40,60}
Pinecone key @ docs.pinecone.io
  pcsk_ \w{50,90}
E2B key @ e2b.dev/docs
  e2b_ [0-9a-f]{40}>
RunPod key @ docs.runpod.io
  rpa_ [A-Za-z0-9]{36,60}
Apify token @ docs.apify.com
  apify_api_ [A-Za-z0-9]{30,50}
  apify_proxy_ [A-Za-z0-9]{30,50}
Anyscale key @ docs.anyscale.com
  esecret_ [A-Za-z0-9]{20,60}
  aph0_ [\w-]{30,120}
Google API key @ cloud.google.com/docs/authentication/api-keys
  AIza [\w-]{30,45}
  AQ.Ab8 [\w-]{35,80}
Google OAuth token @ developers.google.com/identity/protocols/oauth2
  ya29. [\w-]{20,500}
  GOCSPX- [\w-]{20,40}
  1//0 [\w-]{30,120}
  4/0A [\w-]{30,120}
Google storage key @ cloud.google.com/storage/docs/authentication/hmackeys
  GOOG [A-Z0-9]{18,70}>
Microsoft refresh token @ learn.microsoft.com/entra/identity-platform/refresh-tokens
  0.A [\w-]{40,2000}
  1.A [\w-]{40,2000}
  M.C \d{1,4}_[\w.-]{3,20}[\w!*$.-]{60,2000}
DigitalOcean token @ docs.digitalocean.com/reference/api
  dop_v1_ [0-9a-f]{40,80}
  doo_v1_ [0-9a-f]{40,80}
  dor_v1_ [0-9a-f]{40,80}
  DO00 [A-Z0-9]{16}>
Scaleway key @ www.scaleway.com/en/docs/iam
  SCW [A-Z0-9]{17}>
UpCloud token @ developers.upcloud.com
  ucat_ [A-Z0-9]{20,40}
Render key @ render.com/docs/api
  rnd_ [A-Za-z0-9]{24,50}
Akamai key @ techdocs.akamai.com/developer
  akab- [\w-]{16,40}
Deno token @ docs.deno.com/deploy
  ddp_ [A-Za-z0-9]{30,50}
  ddo_ [A-Za-z0-9]{30,50}
npm token @ docs.npmjs.com/about-access-tokens
  npm_ [A-Za-z0-9]{30,60}
PyPI token @ pypi.org/help
  pypi- [\w-]{40,300}
RubyGems key @ guides.rubygems.org/api-key-scopes
  rubygems_ [0-9a-f]{40,60}
Cargo token @ crates.io
  cio [A-Za-z0-9]{32}>
NuGet key @ learn.microsoft.com/nuget
  oy2 [a-z0-9]{43}>
Clojars token @ github.com/clojars/clojars-web
  CLOJARS_ [A-Za-z0-9]{50,70}
Packagist token @ packagist.com/docs
  packagist_ [a-z]{2,6}_[0-9a-f]{40,100}
JFrog key @ jfrog.com/help
  AKCp [A-Za-z0-9]{40,100}
  cmVmdGtu [\w+/=-]{30,100}
SendGrid key @ docs.sendgrid.com
  SG. [\w-]{16,32}\.[\w-]{30,60}
Mailgun key @ documentation.mailgun.com
  key- [0-9a-f]{32}>
Brevo key @ developers.brevo.com
  xkeysib- [0-9a-f]{40,80}-\w{8,40}
  xsmtpsib- [0-9a-f]{40,80}-\w{8,40}
Resend key @ resend.com/docs
  re_ [A-Za-z0-9]{6,12}_[A-Za-z0-9]{16,40}
MailerSend token @ developers.mailersend.com
  mlsn. [0-9a-f]{40,80}
Mandrill key @ mailchimp.com/developer/transactional
  md- [\w-]{22}(?![\w-])
Twilio key @ www.twilio.com/docs/iam/api-keys
  SK [0-9a-f]{32}>
  AC [0-9a-f]{32}>
Telnyx key @ developers.telnyx.com
  KEY0 [0-9A-F]{31}_\w{22}
Shopify token @ shopify.dev/docs/apps/build/authentication-authorization
  shpat_ [0-9A-Za-z]{30,40}
  shpca_ [0-9A-Za-z]{30,40}
  shppa_ [0-9A-Za-z]{30,40}
  shpss_ [0-9A-Za-z]{30,40}
  shpua_ [0-9A-Za-z]{30,40}
  shptka_ [0-9A-Za-z]{30,40}
WooCommerce key @ woocommerce.github.io/woocommerce-rest-api-docs
  ck_ [0-9a-f]{40}>
  cs_ [0-9a-f]{40}>
Square token @ developer.squareup.com/docs
  sq0atp- [\w-]{20,60}
  sq0csp- [\w-]{20,60}
  sq0idp- [\w-]{20,60}
  EAAA [\w+=-]{56,80}>
Facebook token @ developers.facebook.com/docs/facebook-login
  EAA [A-Za-z0-9]{60,300}
  IGQ [A-Za-z0-9_-]{80,300}
  IGAA [A-Za-z0-9_-]{80,300}
LinkedIn token @ learn.microsoft.com/linkedin
  WPL_AP [01]\.[\w.+/=-]{12,60}
  AQ [UVWX][\w-]{80,400}
PayPal token @ developer.paypal.com/braintree/docs
  access_token$ (?:production|sandbox)\$[0-9a-z]{10,20}\$[0-9a-f]{32}
Plaid token @ plaid.com/docs
  access- (?:sandbox|development|production)-[0-9a-f-]{36}
Flutterwave key @ developer.flutterwave.com
  FLWSECK (?:_TEST)?-[0-9A-Za-z]{12,60}(?:-X)?
  FLWPUBK (?:_TEST)?-[0-9A-Za-z]{12,60}(?:-X)?
Razorpay key @ razorpay.com/docs/api
  rzp_ (?:live|test)_[A-Za-z0-9]{14,30}
Paddle key @ developer.paddle.com
  pdl_ (?:live|sdbx)_[a-z]{4,10}_[\w]{20,90}
Adyen key @ docs.adyen.com
  AQE [\w+/=:-]{60,300}
Xendit key @ docs.xendit.co
  xnd_ (?:production|development|public_\w{4,12})_[\w+/=]{20,90}
Midtrans key @ docs.midtrans.com
  Mid-server- [\w-]{20,40}
Mercado Pago token @ www.mercadopago.com/developers
  APP_USR- \d{10,20}-\d{4,8}-[0-9a-f]{32}-{0,2}\d{0,12}
EasyPost key @ docs.easypost.com
  EZAK [A-Za-z0-9]{54}
  EZTK [A-Za-z0-9]{54}
Duffel token @ duffel.com/docs
  duffel_ (?:test|live)_[\w=-]{30,60}
Shippo token @ docs.goshippo.com
  shippo_ (?:test|live)_[0-9a-f]{30,50}
Brex token @ developer.brex.com
  bxt_ [A-Za-z0-9]{30,60}
Linear key @ linear.app/developers
  lin_api_ [A-Za-z0-9]{30,50}
  lin_oauth_ [A-Za-z0-9]{30,70}
Notion token @ developers.notion.com
  ntn_ [A-Za-z0-9]{35,60}
  secret_ [A-Za-z0-9]{43}>
Airtable token @ airtable.com/developers
  pat [A-Za-z0-9]{14}\.[0-9a-f]{64}
Figma token @ developers.figma.com
  figd_ [\w-]{30,60}
  figo_ [\w-]{30,60}
  figor_ [\w-]{30,60}
  figu_ [\w-]{30,60}
  figur_ [\w-]{30,60}
  figdr_ [\w-]{30,60}
Asana token @ developers.asana.com
  1/ \d{14,18}:[0-9a-f]{32}
  2/ \d{14,18}/\d{14,18}:[0-9a-f]{32}
ClickUp token @ developer.clickup.com
  pk_ \d{5,10}_[A-Z0-9]{32}
Klaviyo key @ developers.klaviyo.com
  pk_ [0-9a-f]{30,36}>
Atlassian token @ support.atlassian.com
  ATATT3 [\w=-]{40,300}
  ATCTT3 [\w=-]{40,300}
  ATBB [\w=-]{24,60}
  ATTA [0-9a-f]{50,80}
Bitbucket Data Center token @ confluence.atlassian.com/bitbucketserver
  BBDC- [\w+/@-]{40,50}
Dropbox token @ www.dropbox.com/developers
  sl. [\w.-]{60,1500}
Databricks token @ docs.databricks.com/dev-tools/auth
  dapi [0-9a-f]{32}(?:-\d)?>
  dose [0-9a-f]{32}>
  dkea [0-9a-h]{32}>
dbt token @ docs.getdbt.com
  dbtu_ [\w-]{30,60}
  dbtc_ [\w-]{30,60}
  dbts_ [\w-]{30,60}
Confluent key @ docs.confluent.io/cloud
  cflt [\w+/]{56,64}
MongoDB Atlas secret @ www.mongodb.com/docs/atlas
  mdb_sa_sk_ [\w-]{30,60}
CockroachDB key @ www.cockroachlabs.com/docs
  CCDB1_ \w{20,24}_\w{36,44}
Elastic key @ www.elastic.co/docs
  essu_ [\w+/=-]{50,300}
ClickHouse Cloud key @ clickhouse.com/docs/cloud
  4b1d [A-Za-z0-9]{38}>
Snyk token @ docs.snyk.io
  snyk_uat. [\w.-]{20,300}
  snyk_sat. [\w.-]{20,300}
Sentry token @ docs.sentry.io
  sntrys_ [\w+/=-]{40,400}
  sntryu_ [0-9a-f]{60,70}
  sntrya_ [0-9a-f]{60,70}
SonarQube token @ docs.sonarsource.com
  sqp_ [0-9a-zA-Z]{40}
  squ_ [0-9a-zA-Z]{40}
  sqa_ [0-9a-zA-Z]{40}
  sqco_ [0-9a-zA-Z]{40,70}
Sourcegraph token @ sourcegraph.com/docs
  sgp_ (?:[\w]{16}_)?[0-9a-fA-F]{40}>
  sgd_ [0-9a-fA-F]{60,70}
  slk_ [0-9a-f]{60,70}
Socket key @ docs.socket.dev
  sktsec_ [\w-]{30,60}
StackHawk key @ docs.stackhawk.com
  hawk. [\w-]{20}\.[\w-]{20}
New Relic key @ docs.newrelic.com/docs/apis
  NRAK- [A-Z0-9]{20,40}
  NRAA- [0-9a-f]{20,40}
  NRII- [\w-]{20,50}
  NRIQ- [\w-]{20,50}
  NRRA- [0-9a-f]{30,50}
  NRJS- [0-9a-f]{16,30}
Grafana token @ grafana.com/docs
  glsa_ \w{20,60}
  glc_ [\w+/=]{32,500}
  eyJrIjoi [\w=-]{40,500}
Datadog key @ docs.datadoghq.com
  ddapp_ \w{20,60}
  ddpat_ \w{20,80}
Dynatrace token @ docs.dynatrace.com
  dt0c01. [A-Z0-9]{20,30}\.[A-Z0-9]{40,80}
  dt0s01. [A-Z0-9]{4,30}\.[A-Z0-9]{40,80}
  dt0s02. [A-Z0-9]{4,30}\.[A-Z0-9]{40,80}
  dt0s16. [A-Z0-9]{4,30}\.[A-Z0-9]{40,80}
Honeycomb key @ docs.honeycomb.io
  hcaik_ [0-9a-z]{40,80}
  hcbik_ [0-9a-z]{40,80}
  hcxik_ [0-9a-z]{40,80}
  hcamk_ [0-9a-z]{40,80}
Axiom token @ axiom.co/docs
  xaat- [0-9a-f-]{36}
  xapt- [0-9a-f-]{36}
Rootly key @ docs.rootly.com
  rootly_ [0-9a-f]{50,70}
Checkly key @ www.checklyhq.com/docs
  cu_ [0-9a-f]{32}>
PostHog key @ posthog.com/docs
  phx_ [\w]{30,80}
  phs_ [\w]{30,80}
  phc_ [\w]{30,80}
OneSignal key @ documentation.onesignal.com
  os_v2_ (?:app|org)_[a-z0-9]{40,120}
Mapbox token @ docs.mapbox.com/accounts
  sk.eyJ [\w-]{40,200}\.[\w-]{20,60}
  pk.eyJ [\w-]{40,200}\.[\w-]{20,60}
  tk.eyJ [\w-]{40,200}\.[\w-]{20,60}
HashiCorp Vault token @ developer.hashicorp.com/vault/docs/concepts/tokens
  hvs. [\w-]{20,300}
  hvb. [\w-]{60,300}
  hvr. [\w-]{20,300}
  s. [A-Za-z0-9]{24}(?![\w.(])
  b.AAAAAQ [\w-]{60,300}
Pulumi token @ www.pulumi.com/docs
  pul- [0-9a-f]{40}
Doppler token @ docs.doppler.com/reference/auth-token-formats
  dp. (?:pt|st|ct|sa|scim|audit)\.(?:[\w-]{1,40}\.)?[A-Za-z0-9]{40,50}
Infisical token @ infisical.com/docs
  st. [0-9a-f-]{24,36}\.[0-9a-f]{32}\.[0-9a-f]{32}
1Password token @ developer.1password.com/docs/service-accounts
  ops_eyJ [\w+/=-]{100,2000}
  A3- [A-Z0-9]{6}-(?:[A-Z0-9]{11}|[A-Z0-9]{6}-[A-Z0-9]{5})-[A-Z0-9]{5}-[A-Z0-9]{5}-[A-Z0-9]{5}
Docker token @ docs.docker.com/security/access-tokens
  dckr_pat_ [\w-]{20,60}
  dckr_oat_ [\w-]{20,60}
Portainer token @ docs.portainer.io/api/access
  ptr_ [\w+/=-]{40,60}
PlanetScale token @ planetscale.com/docs
  pscale_ (?:tkn|pw|oauth)_[\w.=-]{30,70}
Supabase token @ supabase.com/docs/guides/api/api-keys
  sbp_ (?:oauth_)?[0-9a-f]{40}
  sb_secret_ [\w-]{20,60}
Neon key @ neon.com/docs
  napi_ [a-z0-9]{40,80}
Xata key @ xata.io/docs
  xau_ [A-Za-z0-9]{30,60}
Fly.io token @ fly.io/docs/security/tokens
  fm2_ [\w+/=,-]{80,1500}
  fm1r_ [\w+/=,-]{60,1500}
  fm1a_ [\w+/=,-]{60,1500}
  fo1_ [\w-]{40,60}
Heroku token @ devcenter.heroku.com/articles/oauth
  HRKU- [\w-]{30,80}
Netlify token @ docs.netlify.com/api
  nfp_ [A-Za-z0-9]{30,50}
  nfc_ [A-Za-z0-9]{30,50}
  nfo_ [A-Za-z0-9]{30,50}
  nfb_ [A-Za-z0-9]{30,50}
Vercel token @ vercel.com/docs/rest-api
  vcp_ [A-Za-z0-9]{24,80}
  vck_ [A-Za-z0-9]{24,80}
  vca_ [A-Za-z0-9]{24,80}
  vci_ [A-Za-z0-9]{24,80}
  vcr_ [A-Za-z0-9]{24,80}
  vercel_blob_rw_ [\w-]{24,80}
Cloudflare key @ developers.cloudflare.com/fundamentals/api
  v1.0- [0-9a-f]{20,30}-[0-9a-f]{100,180}
  cfut_ [\w-]{30,80}
  cfat_ [\w-]{30,80}
  cfk_ [\w-]{30,80}
Tailscale key @ tailscale.com/kb/1085/auth-keys
  tskey- [a-z]{2,10}-[\w-]{16,100}
ngrok token @ ngrok.com/docs
  ngrok_ [\w]{24,60}
Postman key @ learning.postman.com/docs
  PMAK- [0-9a-f]{20,30}-[0-9a-f]{30,40}
  PMAT- [0-9A-Z]{26}
Prefect key @ docs.prefect.io
  pnu_ [a-z0-9]{30,50}
  pnb_ [a-z0-9]{30,50}
Scalingo token @ developers.scalingo.com
  tk-us- [\w-]{40,60}
Alibaba key @ www.alibabacloud.com/help
  LTAI [A-Za-z0-9]{14,30}>
Tencent key @ www.tencentcloud.com/document
  AKID [A-Za-z0-9]{28,40}>
Volcengine key @ www.volcengine.com/docs
  AKLT [\w+/=-]{38,70}
Baidu key @ cloud.baidu.com/doc
  bce-v3/ALTAK- [A-Za-z0-9]{20,24}/[0-9a-f]{40}
Yandex token @ yandex.cloud/docs/iam
  AQVN [\w-]{35,38}
  t1. [\w=-]{30,600}\.[\w=-]{60,120}
  y0_ [\w-]{40,80}
  y1_ [\w-]{40,80}
VK token @ dev.vk.com
  vk1.a. [\w-]{60,300}
Age key @ age-encryption.org
  AGE-SECRET-KEY- 1[0-9A-Z]{50,70}
ReadMe key @ docs.readme.com
  rdme_ [a-z0-9]{60,80}
Frame.io token @ developer.frame.io
  fio-u- [\w=-]{50,80}
Typeform token @ www.typeform.com/developers
  tfp_ [\w.=-]{40,80}
Contentful token @ www.contentful.com/developers
  CFPAT- [\w-]{40,60}
HubSpot token @ developers.hubspot.com
  pat- (?:na|eu|ap)\d?-[0-9a-fA-F-]{36}
Salesforce token @ developer.salesforce.com
  5Aep [\w.=]{50,140}
  3MVG9 [\w.]{70,120}
Intra42 token @ api.intra.42.fr
  s-s4t2 (?:ud|af)-[0-9a-f]{60,70}
Harness token @ developer.harness.io
  pat. [\w-]{20,24}\.[0-9a-f]{24}\.[\w]{18,24}
  sat. [\w-]{20,24}\.[0-9a-f]{24}\.[\w]{18,24}
Octopus key @ octopus.com/docs
  API- [A-Z0-9]{25,40}>
OpenShift token @ docs.openshift.com
  sha256~ [\w-]{40,60}
Adobe secret @ developer.adobe.com
  p8e- [\w-]{30,40}
Adafruit key @ io.adafruit.com/api/docs
  aio_ [A-Za-z0-9]{26,32}
Ionic token @ ionic.io/docs
  ion_ [A-Za-z0-9]{40,50}
Buildkite token @ buildkite.com/docs
  bkua_ [0-9a-f]{40}
  bkct_ [\w-]{40,60}
CircleCI token @ circleci.com/docs
  CCIPAT_ [\w-]{40,80}
  CCIPRJ_ [\w-]{40,80}
LaunchDarkly key @ launchdarkly.com/docs
  api- [0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}
  sdk- [0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}
  mob- [0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}
Statsig key @ docs.statsig.com
  secret- [A-Za-z0-9]{36,60}>
  console- [A-Za-z0-9]{36,60}>
Flagsmith key @ docs.flagsmith.com
  ser. [A-Za-z0-9]{20,30}>
ConfigCat key @ configcat.com/docs
  configcat-sdk-1/ [\w-]{22}/[\w-]{22}
Inngest key @ www.inngest.com/docs
  signkey- (?:prod|test|branch)-[0-9a-f]{30,80}
Trigger.dev key @ trigger.dev/docs
  tr_ (?:dev|prod|stg|pat|preview)_[A-Za-z0-9]{16,60}
Polar token @ docs.polar.sh
  polar_ (?:oat|pat|at_[uo]|rt_[uo]|cs|whs)_\w{20,60}
PubNub key @ www.pubnub.com/docs
  sec-c- [A-Za-z0-9+/=-]{36,60}
Stytch secret @ stytch.com/docs
  secret- (?:live|test)-[\w=-]{36,50}
Retool token @ docs.retool.com
  retool_ [a-z0-9]{26,30}
n8n key @ docs.n8n.io
  n8n_api_ [\w-]{40,80}
GitBook token @ gitbook.com/docs
  gb_api_ [A-Za-z0-9]{30,60}
Chromatic token @ www.chromatic.com/docs
  chpt_ [0-9a-f]{12,20}>
Persona key @ docs.withpersona.com
  persona_ (?:production|sandbox)_[\w-]{30,60}
Planning Center token @ developer.planning.center
  pco_app_ [0-9a-f]{60,80}
  pco_tok_ [0-9a-f]{60,80}
Ramp secret @ docs.ramp.com
  ramp_sec_ \w{40,60}
Samsara token @ developers.samsara.com
  samsara_api_ [A-Za-z0-9]{26,36}
SettleMint token @ console.settlemint.com
  sm_ (?:aat|pat|sat)_[A-Za-z0-9]{16}
Alchemy key @ www.alchemy.com/docs
  alcht_ [A-Za-z0-9]{30}
Beamer key @ www.getbeamer.com/docs
  b_ [\w=-]{44}(?![\w-])
Twitch token @ dev.twitch.tv/docs/authentication
  oauth: [a-z0-9]{30}>
Cursor key @ cursor.com/docs
  key_ [0-9a-f]{60,70}
  crsr_ [0-9a-f]{60,70}
Azure key @ learn.microsoft.com/azure/ai-services
  JQQJ99 [A-Za-z0-9]{30,70}
Private key, base64 @ www.rfc-editor.org/rfc/rfc7468
  LS0tLS1CRUdJTi [\w+/=]{20,4000}
JSON web token @ www.rfc-editor.org/rfc/rfc7519
  eyJ [\w-]{10,2000}\.eyJ[\w-]{5,4000}(?:\.[\w-]{10,1000})?
  eyJhbGciOi [\w-]{6,2000}\.[\w-]{5,4000}(?:\.[\w-]{1,1000}){0,3}
""".strip()

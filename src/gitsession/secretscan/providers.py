"""Names of services that hand out secrets: what stands next to one of them and looks drawn by a machine is one of theirs."""

from functools import cache

# One word each, in lower case, as it stands in names of variables: `better stack` is `betterstack`. Words that mean
# something else in most texts (`close`, `front`, `box`) are left out, or the values next to them would be doubted daily.
_NAMES = """
abbysale ably ablyrealtime abstractapi abuseipdb accuweather activecampaign adafruit adobe adyen adzuna aeroworkflow
agora airbrake airship airtable airtablepersonal airvisual aiven alchemy alegra aletheia algolia alibaba alienvault
aliyun allsports amadeus ambee amplitude anthropic anypoint anyscale apacta apiary apideck apiflash apify apilayer
apimatic apimetrics apininjas apitemplate appcenter appcircle appcues appdynamics appfollow appointedd appoptics
appsflyer appsynergy apptivo appveyor appwrite arangodb arize artifactory artsy asana assemblyai atera atlassian
auth0 authorizenet autodesk autoklose autopilot avalara avaza avazapersonalaccesstoken aviationstack aws axonaut
aylien ayrshare azure backblaze bamboohr bandwidth bannerbear baremetrics basecamp baserow baseten bazaarvoice
beamer beebole beeceptor besnappy besttime betterstack betteruptime bigmodel billbee billomat bingmaps bitbar
bitcoinaverage bitfinex bitgo bitly bitlyaccesstoken bitmex bitrise bittrex blablabus blackfire blazemeter blitapp
blockcypher blocknative blogger bluejeans bluesky bombbomb boostnote borgbase boxapp boxoauth braintree braintrust
brandfetch braze brevo brightdata browserbase browserless browserstack browshot bscscan bugherd bugsnag buildkite
bulbul bulksms bunnycdn buttercms byteplus caflou calendarific calendly calorieninja campaignmonitor campayn cannyio
capsulecrm captaindata carboninterface cartesia cashboard caspio censys centralstation centrify cerebras cexio
chainalysis chanty chargebee chargify chartio chartmogul chatfuel chatfule chatwork checkly checklyhq checkmarx
checkvist circleci ciscomeraki civo clarifai clearbit clearml clearout clerk clickatell clickhelp clickhouse
clicksend clicktime clickup cliengo clinchpad clockify clockwork clockworksms closecrm closeio cloudconvert
cloudelements cloudflare cloudimage cloudinary cloudmersive cloudplan cloudsight cloudsmith cloudways cloverly cloze
clustdoc codacy codat codeclimate codecov codemagic codequiry codeship cohere coinapi coinbase coincap coingecko
coinlayer coinlib coinmarketcap coinpayments cometml commercejs companyhub composio configcat confluence confluent
contentful contentstack conversiontools convertapi convertio convertkit convier copperhq copyscape couchbase
countrylayer coveralls cratesio crossbrowsertesting crowdin crowdsec crowdstrike cryptocompare currencycloud
currencyfreaks currencylayer currencyscoop currentsapi customerguru customerio dailyco dandelion dareboost dashscope
databox databricks datadog datafire datagov dataiku datastax datorama debounce deepai deepgram deepinfra deepl
deepseek delighted deliveroo demio deno deploygate deputy descope detectify detectlanguage dfuse diffbot diggernaut
digicert digitalocean directus discogs discord discourse disqus dnscheck dnsimple dockerhub docparser docraptor
documo docusign doppler dotdigital dovico dreamfactory dreamstudio dribbble dronahq droneci dropbox droplr duffel
dwolla dynalist dynatrace e2b eagleeyenetworks easyinsight easypost ebay ecostruxureit edamam edenai eightxeight
elasticcloud elasticemail elastichq elevenlabs emailable emailoctopus enablex encharge endorlabs enterprisejira
eraser esendex eskiz espn etherscan ethplorer etsy eventbrite everhour exchangerate exchangeratesapi exoscale
exportsdk extractorapi eyowo facebook faceplusplus factset farcaster fastforex fastly fastspring fathom fauna
fetchrss fibery figma filestack finage financialmodelingprep finch findl fingerprintjs finicity finnhub firebase
firecrawl fireworks fivetran fixer fixerio flagsmith flatio fleetbase flexport flickr flightapi flightlabs
flightstats flowdash flowdock flowflu flutterwave flyio foursquare frameio freemius freshbooks freshdesk freshsales
freshservice freshworks frontapp fulcrum fullcontact fullstory fusebill fxmarket gcore geckoboard geekflare gemfury
gengo geoapify geocodify geocodio geoipifi getdrip getgeoapi getgist getresponse getsandbox getstream giphy gitbook
gitguardian gitter gladia glassnode gocanvas gocardless gocd godaddy goldapi goodday goodreads googlemaps gorgias
govinfo grafana graphcms graphhopper greenhouse groovehq groq growthbook grunticon gtmetrix guardianapi gumroad
gyazo happi happyscribe harness hashicorp hasura heatmapapi helcim helicone hellosign helpcrunch helpscout hereapi
heroku hetzner hetznercloud hexnode heygen hibob hightouch hiveage holidayapi honeybadger honeycomb hootsuite
hostinger hotjar html2pdf hubspot huggingface humanloop humio hunterio hybris hyperbolic hypertrack hystax ibmcloud
iconfinder ideogram iex iexcloud ifttt imagekit imagga imgbb imgix imgur improvmx infisical infobip infura inkit
insightly insomnia instabot instamojo instana instantly instatus integromat intercom interseller intrinio
invoiceninja invoiceocean ionic ip2location ipapi ipdata ipgeolocation ipify ipinfo ipinfodb ipquality
ipqualityscore ipstack iterable ixopay jambonz jenkins jfrog jina jinaai jira jotform jumio jumpcloud jumpseller
jupiterone juro kaggle kairos kaleyra kanbantool kandji karmacrm katacoda keenio keygen kickbox kickfire kimi
kiteworks klarna klaviyo knapsackpro kollel komoot kontent kraken kucoin kustomer kylas labelbox lacework lago
lambdatest lancedb langchain langfuse langsmith languagelayer larksuite larksuiteapikey launchdarkly leadfeeder
lemlist lemonsqueezy lendflow lessannoyingcrm lexigram lightstep linearapi linearapp linemessaging linenotify
linkedin linkpreview linode lionshare liveagent livechat livestorm llamacloud llamaindex lmnt lob locationiq logdna
logentries loggly loginradius logrocket logtail logz logzio lokalise looker lookerstudio loyverse luno lusha m3o
macaddress madkudu magento magicbell mailboxlayer mailchimp mailerlite mailersend mailgun mailinator mailjet
mailjetbasicauth mailjetsms mailmodo mailsac mailtrap mandrill mapbox mapquest maptiler marketo marketstack marqo
mattermost mautic mavenlink maxmind mediastack meetup meilisearch memberstack meraki mergent meshbird messagebird
messari metaapi metabase metrilo mews midise midjourney milvus mindee mindmeister minimax mistral mite mixmax
mixpanel mlflow mollie mondaycom moneybird mongodb monkeylearn moonclerk moonshot moonshotai moosend moralis
mrticktock murf mux myexperiment myfreshworks myintervals nanonets nasa natureremo neptuneai netcore nethunt netlify
netsuite neutrino neutrinoapi newrelic newsapi newscatcher nexmo nexus nftport ngc ngrok nicereply nightfall nocodb
noticeable notionapi novita novu nozbe nozbeteams nubela nuget numverify nutritionix nvidia nylas nytimes oanda
octoai okta oktaapi omnisend omnisendapi onedesk onelogin onepagecrm onesignal onfido onfleet onwater oopspam openai
opencage opencagedata opencollective openexchangerates opengraphr openrouter openuv openweather openweathermap opik
opsgenie optidash optimizely orca ordercloud outreach overloop ovh ovhcloud owlbot owm oxylabs packagecloud
packagist paddle pagarme pagerduty pagerdutyapi pandadoc pandascore paperform papertrail paralleldots parsehub
parseur partnerstack passbase pastebin paychex paydirt paydirtapp paymo paymoapp paymongo payoneer paypal paystack
payu pdflayer pdfshift peerdom pendo percy perplexity personio petfinder phantombuster pinata pinboard pinecone
pingdom pinterest pipedream pipedrive pivotaltracker pixabay pixela plaid plaidkey planetscale planhat planio
planview planviewleankit planyo playht plesk plivo pluralsight podio poeditor pollsapi portainer portkey
positionstack postageapp posthog postman postmark powrbot prefect prerender pricetracker printful printify probely
procore prodpad productboard producthunt promptlayer prospectcrm prospectio protocolsio proxycrawl pubnub pulumi
purestake pushbullet pusher pushover pypi qase qdrant qianfan quaderno qualaroo qualtrics qualys quandl quay questdb
quickbase quickbooks quickmetrics quicknode quip quotaguard rabbitmq ragic railway rapid7 rapidapi rawg raygun
razorpay reachmail readme readwise realmpay rebrandly recaptcha rechargepayments recruitee recurly redash reddit
reducto reebees refiner releasenote remitbee repairshopr replicate requestfinance resend restpack restpackhtml
retellai retool returnly revai revampcrm revenuecat reversegeocode ringcentral ringover ritekit roam robinhood
roboflow rocketchat rocketreach rollbar ronin rootly route4me rownd rubygems runpod runrunit runwayml salesblink
salescookie salesflare salesforce salesloft salesmate sambanova sanity satismeter satismeterwrite saucelab saucelabs
scaleway scalewaykey scalr scrapeowl scraperapi scrapestack scrapfly scrapingant scrapingbee screenshotapi
screenshotlayer scrutinizerci seatable securitytrails selectpdf semantria semaphoreci semgrep sendbird
sendbirdorganization sendgrid sendinblue sendpulse sendy sentry serpapi serper serphouse serpstack servicenow
shadowserver sheety sherpadesk shipday shipengine shippo shipstation shodan shopee shopify shortcutapi shortio
shotstack shutterstock shutterstockoauth sidekiq sift siftscience sigmacomputing signable signalfx signalwire
signaturit signupgenius sigopt siliconflow simfin simplesat simplybook simplynoted simvoly sinch sinchmessage sirv
siteleaf skrapp skrappio skybiometry slack slackwebhook slite smartling smartsheet smartsheets smartystreets smooch
smsapi snipcart snowflake snyk snykkey socialinsider softlayer solcast sonar sonarcloud sonarqube sonatype
sourcegraph sparkpost speechmatics speechtext splitio splitwise splunk splunkobservability spoonacular sportradar
sportsmonk sportsmonks spotify spotinst squadcast squareapp squarespace squareup squidex sslmate stability
stabilityai stackblitz stackexchange stackhawk statsig statuscake statuspage statuspal stitchdata storecove storj
stormboard stormglass stormpath storyblok storychief strapi strava streak stripe stripo styra stytch sugester
sumologic sumup supabase supernotes supernotesapi surgesms surveyanyplace surveybot surveymonkey surveysparrow
survicate svix swell swiftype sybase symbl synadia syncano synthesia tableau tabnine tailscale talend tallyfy tatum
tatumio tavily taxjar teamcity teamgate teamviewer teamwork teamworkcrm teamworkdesk teamworkspaces
technicalanalysisapi tefter telegram telestax teletype telnyx tenable tencent terraform textmagic textrazor
theoddsapi thingsboard thinkific thousandeyes ticketmaster ticketsource tickettailor tiingo tiktok timecamp timekit
timezoneapi timezonedb tink tinypng tinyurl tmetric todoist togetherai toggl toggltrack tokeet tomorrowio tomtom
traceloop tradier transferwise transloadit travelpayouts travis travisci travisoauth trellis trello truecaller
truelayer trueprofit trufflehog trustpilot truthsocial turbopuffer turso twelvedata twelvelabs twilio twitch twitter
twitterconsumerkey tyk tyntec typeform typesense typetalk ubidots uclassify ukg unbounce unifyid unplu unplugg
unsplash upcdatabase upcloud uplead uploadcare uploadthing upstash uptimerobot urbanairship urlscan userflow
userpilot usersnap userstack uservoice vagrantcloud valtown vantage vapi vatlayer vbout veevavault vercel verifalia
veriff verimail veriphone versioneye viewneo vimeo virustotal visme visualcrossing vitally voiceflow voicegain
voipms volcengine vonage voodoosms vouchery voyageai vpnapi vultr vwo vyte wakatime walkscore wandb waveapps
weatherapi weatherbit weatherstack weaviate web3storage webex webexbot webflow webscraper webscraping websitepulse
wechat weightsandbiases wepay wercker whatfix whatsapp whoisxmlapi whoxy wistia wiz wizio wombat woocommerce
woodpecker woopra wordpress workable workato workday workos workstack worldcoinindex worldweather wrike writesonic
xai xendit xero xing yandex yelp yext ymlp ynab yodlee youcom youneedabudget yousign zapier zapierwebhook zendesk
zendeskapi zenkit zenkitapi zenrows zenscrape zenserp zeplin zerobounce zeroheight zerotier zhipu zilliz zillow
zipapi zipbooks zipcodeapi zipcodebase zixflow zoho zohocrm zonkafeedback zoom zoominfo zulip zulipchat zumper zuora
"""


@cache
def _names() -> frozenset[str]:
    return frozenset(_NAMES.split())


def is_provider(word: str, *, whole: bool = False) -> bool:
    """Whether a word in lower case is the name of a provider, or, unless `whole`, is put together from one (`zapierwebhook`)."""
    names = _names()
    if whole or not 6 <= len(word) <= 40:
        return word in names
    return word in names or any(word[:n] in names or word[-n:] in names for n in range(5, len(word)))

# ruff: noqa: E501, RUF001  a row of the table is one line
"""Secrets in the files that programs keep them in, pasted line by line: `.netrc`, `.npmrc`, `.pgpass`. A plugin of detect-secrets, too."""

from gitsession.secretscan.plugin import TableDetector


class ConfigDetector(TableDetector):
    """Lines of configuration files whose place alone says that a value is a secret."""

    secret_type = "Secret in a configuration"  # noqa: S105
    table = r"""
Password | password | given | \b(?:login|account|user)\s{1,3}\S{1,100}\s{1,3}password\s{1,3}(?P<v>[^\s"'`]{4,200})
Password | password | password | (?<!=)\bpassword\s{1,3}(?P<v>[^\s"'`]{6,100})(?=\s{0,4}["'`|]{0,2}$)
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
Wi-Fi password | psk,wpa_passphrase,wpa-passphrase | given | \b(?:(?:wpa-)?psk|wpa[_-]passphrase)\s{0,3}[=\s]\s{0,3}["']{0,2}(?P<v>[^\s"'`]{8,64})
Secret in a configuration | presharedkey,privatekey | key | \b(?:PrivateKey|PresharedKey)\s{0,3}=\s{0,3}(?P<v>[A-Za-z0-9+/]{42,43}=)
Secret in a configuration | secret_key_base | opaque | secret_key_base\W{1,6}(?P<v>[0-9a-f]{30,160})
Secret in a configuration | cookie | opaque | (?i:\bcookie["']?\s{0,2}[:=]\s{0,2}["']?)(?:[^\s=;"']{1,60}=[^;"'\s]{0,200};\s{0,2}){0,8}[\w.-]{0,40}(?i:sess|sid|auth|token|jwt|remember|login|csrf|connect)[\w.-]{0,30}=(?P<v>[^;"'\s,]{12,2000})
Secret in a configuration | sessionid,session_id,sessid,.sid=,_session=,session_token,sessionkey | opaque | (?i:(?:session_?id|phpsessid|connect\.sid|_session|session_?token|sessionkey))=["']?(?P<v>[\w%.+/=-]{16,2000})
Login | login,log in,cred,account,sign in,auth,zugang,anmeld,identifiant,acceso,acesso,connexion,kennung,логин,учетн,konto,账号,帐号 | login | (?i:\b(?:log ?in|sign in|creds?|credentials?|account|auth|zugang\w{0,8}|anmelde\w{0,8}|identifiants?|credencia\w{1,5}|credenziali|acces+o|connexion|kennung|логин|уч[её]тн\w{1,8}(?:\sданные)?|konto)\b|账号|帐号)(?:\s(?:with|as|is|are|for \w{1,20}))?[\s:=(]{1,4}(?!(?:by|turn): )["'`]?[\w.@+-]{2,60}["'`]?(?:\s{0,2}[/:]\s{0,2}|,\s{0,2}|\s(?:and|und|et|y|e|и)\s)["'`]?(?P<v>[^\s"'`,)]{8,100})
Secret in a configuration | </name> | password | <name>[^<>\n]{0,80}(?i:password|passwd|secret|token|[._-]key)[^<>\n]{0,30}</name>\s{0,4}<value>(?P<v>[^<>\s]{4,400})</
Login | root /,admin /,administrator / | chosen | \b(?i:root|admin(?:istrator)?)\s/\s(?P<v>[^\s"'`,;<>/]{7,100})
Secret in a connection string | thin: | given | \bthin:[\w.-]{1,60}/(?P<v>[^\s"'`@/]{4,100})@
Password hash | aad3b435b51404ee,ntlm | key | (?i:aad3b435b51404eeaad3b435b51404ee:|\bNTLM\b[^\n]{0,60}?[\s:=])(?P<v>[0-9a-fA-F]{32})(?![0-9a-fA-F])
Login | @localhost: | login | @localhost:\s{1,3}(?P<v>[^\s"'`]{8,100})(?=["'`\s]|$)
Login | @ | strong | (?<![\w/@.:-])[\w.-]{2,40}:(?P<v>[^\s:@/"'`]{8,100})@(?=[\w-]{1,60})
Password | <pass  | given | <Pass\s[^<>\n]{0,40}>(?P<v>[\w+/=]{4,200})</Pass>
Login | root:,admin:,administrator:,deploy:,backup:,ci:,app:,postgres:,user:,ubuntu:,sa:,svc,ftp:,jenkins:,tomcat:,oracle:,mysql:,operator:,bot:,service:,test:,dev:,git: | strong | (?<![\w/@.:$-])(?:root|admin(?:istrator)?|deploy(?:er)?|backup|ci|app|postgres|user|ubuntu|sa|svc[\w-]{0,20}|ftp|jenkins|tomcat|oracle|mysql|operator|bot|service|test|dev|git):(?P<v>[^\s:"'`,;<>@/]{8,100})(?=["'`\s@]|$)
Password | password,passphrase,passwd | chosen | (?:(?<=[\s"'`(])|^)(?P<v>[^\s"'`,;:/]{8,100})["'`]?\s(?:is|was|as|for)\s(?:the|my|our|your|a|its|his|her|their)\s(?:[\w.-]{1,20}\s){0,3}(?:password|passphrase|passwd)\b(?!\s?(?:hash|manager|algo|field|store|polic|encod|input|reset))
Password | set  | chosen | \b(?:re)?set\s(?:\w{1,10}\s){1,3}to\s["'`]?(?P<v>[^\s"'`,;:/]{8,100})(?=[^\n]{0,60}(?i:password|passphrase))
Login | @ | login | (?<![\w/.:+-])[\w.+-]{1,60}@[\w-]{1,60}(?:\.[\w-]{1,30}){1,4}:(?P<v>[^\s:"'`/,;<>]{7,100})(?=["'`\s]|$)
Secret in a connection string | @tcp(,@unix(,@udp( | given | (?<![\w.-])[\w.-]{1,60}:(?P<v>[^\s"'`@/]{4,100})@(?:tcp|unix|udp)\(
Password | " * | given | ^["'\w@.-]{1,60}\s{1,8}\*\s{1,8}["']?(?P<v>[^\s"']{6,100})["']?\s{1,8}(?:\*|\d)
Password | user  | given | \buser\s{1,3}[\w.@-]{1,60}\s{1,3}(?:\w{2,10}\s{1,3}){0,3}>(?P<v>[^\s"'`>]{6,200})
Password | $user | given | \$USER\d{1,3}\$\s{0,3}=\s{0,3}(?P<v>[^\s/]{5,200})
Password | createuser,usm,auth-password,priv-password | login | \b(?:createUser|usmUser|authpriv)\b[^\n]{0,60}?\s(?:MD5|SHA(?:-?\d{3})?)\s{1,3}["']?(?P<v>[^\s"']{6,100})
Password | createuser,usm | login | \b(?:createUser|usmUser|authpriv)\b[^\n]{0,160}?\s(?:DES|AES(?:-?\d{3})?)\s{1,3}["']?(?P<v>[^\s"']{6,100})
Password hash | password 7,password 5,secret 5,secret 8,secret 9,key 7,key-string 7,md5 7,secret 4,$9$ | given | (?:(?:password|secret|key|key-string|md5)\s[4-9]\s{1,3}["']?|["'\s])(?P<v>(?<=7\s)[0-9A-F]{8,80}|\$[589]\$[\w./$-]{8,120})
Password | <value>,<value | login | <\w{0,40}(?i:password)>\s{0,4}<Value>(?P<v>[^<>\s]{6,100})</
Secret in a configuration | "github.com",gitlab-token,github-oauth | opaque | ["'](?:[\w-]{1,40}\.)?(?:github|gitlab|bitbucket)\.(?:com|org)["']\s{0,3}[:=]\s{0,3}["'](?P<v>[\w-]{20,200})["']
Secret in a configuration | secretid,secret id,secret_id,secret-id | opaque | (?i:secret[\s_-]?id)["']?\s{0,20}[:=]\s{0,20}["']?(?P<v>[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})
Password hash | $ | key | (?<![\w$])\$(?:2[abxy]|[15679y]|gy|md5|sha1|P|H|apr1|argon2(?:id|i|d)|scrypt|7|pbkdf2[\w-]{0,12}|krb5\w{2,8})\$[\w./$=,+*@:-]{20,2000}
Password hash | scram-sha- | key | SCRAM-SHA-\d{1,3}\$\d{1,9}:(?P<v>[\w+/=]{16,64}\$[\w+/=]{20,100}:[\w+/=]{20,100})
Password hash | $p$b,$h$,$s$ | key | \$[PHS]\$[\w./]{29,60}
Password hash | pbkdf2_,pbkdf2:,scrypt:,argon2$,bcrypt_sha256$,grub.pbkdf2 | key | \b(?:pbkdf2_sha\d{1,3}\$\d{1,9}\$|pbkdf2:sha\d{1,3}:\d{1,9}\$|scrypt:\d{1,9}:\d{1,3}:\d{1,3}\$|argon2\$|bcrypt_sha256\$|grub\.pbkdf2\.sha512\.\d{1,9}\.)[\w./$=,+-]{20,600}
Password hash | {ssha,{sha,{md5},{smd5},{crypt},{cleartext},{pbkdf2,{bcrypt},{noop} | key | \{(?:S?SHA(?:\d{3})?|S?MD5|CRYPT|CLEARTEXT|PBKDF2[\w-]{0,12}|bcrypt|noop|ARGON2)\}(?P<v>[\w./$=,+-]{10,300})
Password hash | ::: | key | \b[\w.$\\-]{1,60}:\d{1,10}:(?P<v>[0-9a-fA-F]{32}:[0-9a-fA-F]{32}):::
Password hash | by password '* | key | '(?P<v>\*[0-9A-F]{40})'
Password | message-digest-key,authentication-key,key-string,ascii-text,shared-key,psk ascii,isakmp key,-server key | login | \b(?:message-digest-key\s\d{1,3}\smd5|(?:authentication|pre-shared|preshared)-key(?:\s(?:ascii-text|ascii|local|remote|\d{1,5}\smd5))?|key-string|(?:wpa-)?psk\sascii|isakmp\skey|(?:radius|tacacs)-server\skey)\s{1,3}(?:\d\s{1,3})?["']?(?P<v>[^\s"'`;,]{6,100})
Password | host | login | \b(?:radius|tacacs)\S{0,10}\s(?:server\s|host\s){0,2}\S{1,60}\s[^\n]{0,60}?\bkey\s{1,3}(?:\d\s{1,3})?["']?(?P<v>[^\s"'`;,]{6,100})
Password | password 0,secret 0 | login | \b(?:password|secret)\s0\s{1,3}["']?(?P<v>[^\s"'`;,]{6,100})
""".strip()

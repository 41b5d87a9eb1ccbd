# ruff: noqa: E501  a row of the table is one line
"""Secrets in the arguments of commands: `curl -u`, `mysql -p`, `--password`. A plugin of detect-secrets, too."""

from gitsession.secretscan.plugin import TableDetector

_KIND = "Password on a command line"


class CommandDetector(TableDetector):
    """Passwords and tokens that a command line holds."""

    secret_type = _KIND
    table = r"""
Password on a command line | -u,--user,--proxy-user | given | (?:(?<=[\s"'`(])|^)(?:-u[\s=]{0,3}|(?:--user|--proxy-user|-U)[\s=]{1,3})["'\\]{0,2}[\w.@+\\-]{0,60}:["'\\]{0,2}(?P<v>[^\s"'\\:/][^\s"'\\]{3,200})
Password on a command line | -u,--user | password | (?:(?<=[\s"'`(])|^)(?:-u[\s=]{0,3}|--user[\s=]{1,3})["'\\]{0,2}(?P<v>[^\s"'\\:/$]{8,200}):(?=["'\\\s])
Password on a command line | --auth,-a,/user: | login | (?:\bhttps?\b[^|\n]{0,80}?\s(?:-a|--auth)[\s=]|/user:)\s{0,2}["']?[\w.@\\-]{1,60}[: ](?P<v>[^\s"'`]{6,200})
Password on a command line | mysql,mariadb | given | (?:mysql\w{0,12}|mariadb[\w-]{0,8})\b[^|\n]{0,120}?\s-p(?P<v>[^\s"'-][^\s"']{3,100})
Password on a command line | sshpass | given | sshpass\s{1,3}-p\s{0,3}["']?(?P<v>[^\s"']{4,100})
Password on a command line | docker,podman,helm,az login,redis-cli,mongo,buildah,skopeo,oc login,nerdctl,crane,oras,ldapsearch,ldapmodify | given | (?:docker|podman|helm|az|redis-cli|mongo\w{0,8}|buildah|skopeo|oc|nerdctl|crane|oras|ldap\w{3,8})\b[^|\n]{0,120}?\s(?:-p|-a|-w)[\s=]{1,3}["']?(?P<v>[^\s"':/-][^\s"':]{5,200})(?![\w/:])
Password on a command line | pass,pwd,passphrase | password | (?:^|[\s"'`])-{1,2}[\w-]{0,24}(?i:pass(?:word|wd|phrase|code)?|pwd)(?:\s{1,3}|=)["']?(?P<v>[^\s"'`|<>;-][^\s"'`|<>;]{5,200})
Token on a command line | token,key,secret,auth,pat,credential | random | (?:^|[\s"'`])-{1,2}[\w.-]{0,30}(?i:token|key|secret|auth|pat|credentials?)(?:\s{1,3}|=)["']?(?P<v>[\w+/=.:~-]{12,600})
Password on a command line | chpasswd,--password-stdin,sudo -s,passwd --stdin | password | echo\s{1,3}(?:-n\s{1,3})?["']?(?:[\w.-]{1,40}:)?(?P<v>[^\s"':|]{6,200})["']?\s{0,3}\|[^|\n]{0,80}?(?:chpasswd|--password-stdin|sudo\s{1,3}(?:-\w{1,3}\s{1,3})?-S|passwd --stdin)
Password on a command line | pass: | given | -{1,2}pass(?:in|out)?\s{1,3}["']?pass:(?P<v>[^\s"'`]{4,200})
Password on a command line | storepass,keypass | given | -(?:store|key|dest\w{0,8}|src\w{0,8})pass\s{1,3}["']?(?P<v>[^\s"'`-][^\s"'`]{3,200})
Password on a command line | identified by,with password,set password,encrypted password,user password,secret_id,require | given | (?i:IDENTIFIED(?:\s{1,3}WITH\s{1,3}[\w']{1,40})?\s{1,3}(?:BY|AS)|(?:WITH|SET|ENCRYPTED|USER|LOGIN)\s{1,3}PASSWORD|PASSWORD\s{0,3}\()\s{0,3}=?\s{0,3}['"](?P<v>[^'"]{4,200})
Password on a command line | htpasswd | password | htpasswd\s{1,3}-\w{0,8}b\w{0,8}\s{1,3}\S{1,100}\s{1,3}[\w.@-]{1,60}\s{1,3}["']?(?P<v>[^\s"'`]{6,100})
Password on a command line | smbclient,//,cifs,net use | password | (?:smbclient|rpcclient|smbget|crackmapexec|netexec)\b[^|\n]{0,120}?-U\s{0,3}["']?[\w.\\-]{1,60}%(?P<v>[^\s"'`]{4,100})
Password on a command line | xfreerdp,rdesktop,/p: | given | (?:freerdp|rdesktop)\b[^|\n]{0,160}?\s/p:["']?(?P<v>[^\s"'`]{4,100})
Password on a command line | securestring | given | (?i:ConvertTo-SecureString)\s{1,3}(?:-\w{1,20}\s{1,3}){0,3}["'](?P<v>[^"'$]{4,200})
Password on a command line | 7z,unzip,zip,rar | given | \b(?:7z[ar]?|unzip|zip|unrar|rar)\b[^|\n]{0,80}?\s(?:-p|-P\s{1,3})["']?(?P<v>[^\s"'`-][^\s"'`/.]{5,100})(?=["'\s]|$)
Token on a command line | authtoken,login,configure set,config set,kv put,config:set,secret set,secrets set,secret create | random | \b(?:authtoken|login|auth|(?:configure|config|secrets?|variables?)[ :](?:set|add|create)|kv put)\b[^|\n]{0,120}?[\s=](?:-{1,2}[\w-]{1,20}[\s=]{1,3})?["']?(?P<v>[A-Za-z0-9][\w+/~.-]{15,400}={0,2})(?=["'\s`]|$)
Password on a command line | requirepass,masterauth,userpass,enable secret,auth-user-pass,snmp-server | password | \b(?:requirepass|masterauth|enable secret(?: \d)?|snmp-server community)\s{1,3}["']?(?P<v>[^\s"'`]{6,200})
Password on a command line | net user,-asplaintext,useradd,dsadd | password | \bnet\s{1,3}user\s{1,3}[\w.-]{1,40}\s{1,3}["']?(?P<v>[^\s"'`/*]{6,100})
""".strip()

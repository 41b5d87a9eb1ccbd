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
Password on a command line | mysql,mariadb | given | (?:mysql\w{0,12}|mariadb[\w-]{0,8})\b[^|\n]{0,120}?\s-p["']?(?P<v>[^\s"'-][^\s"']{3,100})
Password on a command line | -u  | login | \s-u\s{1,3}["']?[\w.@\\-]{1,60}["']?\s{1,3}-[pwW]\s{0,3}["']?(?P<v>[^\s"'`:/-][^\s"'`:/]{5,100})(?=["'`\s]|$)
Password on a command line | sshpass | given | sshpass\s{1,3}-p\s{0,3}["']?(?P<v>[^\s"']{4,100})
Password on a command line | docker,podman,helm,az login,redis-cli,mongo,buildah,skopeo,oc login,nerdctl,crane,oras,ldap | given | (?:docker|podman|helm|az|redis-cli|mongo\w{0,8}|buildah|skopeo|oc|nerdctl|crane|oras|ldap\w{3,8})\b[^|\n]{0,120}?\s(?:-p|-a|-w)[\s=]{1,3}["']?(?P<v>[^\s"':/-][^\s"':]{5,200})(?![\w/:])
Password on a command line | pass,pwd,passphrase | password | (?:^|[\s"'`])-{1,2}[\w-]{0,24}(?i:pass(?:word|wd|phrase|code)?|pwd)(?:\s{1,3}|=)["']?(?P<v>[^\s"'`|<>;-][^\s"'`|<>;]{5,200})
Token on a command line | token,key,secret,auth,pat,credential | random | (?:^|[\s"'`])-{1,2}[\w.-]{0,30}(?i:token|key|secret|auth|pat|credentials?)(?:\s{1,3}|=)["']?(?P<v>[\w+/=.:~-]{12,600})
Password on a command line | winrs,psexec,cqlsh,sqlcmd,bcp,isql,osql,mosquitto,security,signtool,schtasks,ssh-keygen,keytool,plink,pscp,winscp,putty,snmp,ipmitool,evil-winrm,kinit,rpcclient,openssl,gpg,certutil,importpfx,ansible-vault,rar,nmap,hydra,tsql,cadaver,proxychains,jarsigner,apksigner,electron-builder,wmic,runas,vncpasswd,iscsiadm | login | (?<=\s)(?:-(?:p|P|w|W|k|N|pw|pass|passwd|storepass|y|A|X|c)|/(?:p|rp|pass))[\s=:]{1,3}["']?(?P<v>[^\s"'`:/-][^\s"'`:/]{5,100})(?=["'`\s]|$)
Password on a command line |  -p , -w , -k , -P , -pw , -N , -K | strong | (?<=\s)-(?:[pPwkKN]|pw)\s{1,3}["']?(?P<v>[^\s"'`:/.-][^\s"'`:/.]{9,100})(?=["'`\s]|$)
Password on a command line | sqlplus,sqlldr,expdp,impdp,rman,sqlcl,tnsping,connect  | login | \b(?i:sqlplus|sqlldr|expdp|impdp|exp|imp|rman|sql|conn(?:ect)?)\s{1,3}(?:-\w{1,6}\s{1,3}){0,3}(?:target\s)?["']?[\w.$-]{1,40}/["']?(?P<v>[^\s"'`@/]{6,100})["']?@
Password on a command line |  using | login | \buser\s{1,3}[\w.-]{1,40}\s{1,3}using\s{1,3}["']?(?P<v>[^\s"'`]{6,100})
Password on a command line | user  | strong | \buser\s{1,3}[\w.@-]{1,40}\s{1,3}["']?(?P<v>[^\s"'`:/]{8,100})(?=["'`\s]|$)
Password on a command line | lftp,ncftp,ftp:// | login | \s-[up]\s{0,2}["']?[\w.@-]{1,60},(?P<v>[^\s"'`]{6,100})
Password on a command line | login  | login | \bLOGIN\s{1,3}["']?[\w.@+-]{1,80}["']?\s{1,3}["']?(?P<v>[^\s"'`]{6,200})
Authentication in base64 | auth plain,auth login,authenticate plain | basic | (?i:\bAUTH(?:ENTICATE)?\s{1,3}(?:PLAIN|LOGIN)\s{1,3})(?P<v>[\w+/=]{8,800})
Password on a command line | add_user,change_password,set-initial-password,rclone obscure,http-basic. | login | (?:\b(?:add_user|change_password|http-basic\.\S{1,80})\s{1,3}["']?[\w.@-]{1,60}["']?|set-initial-password|rclone\sobscure)\s{1,3}["']?(?P<v>[^\s"'`]{6,200})
Password on a command line | passwd - | strong | passwd\s{1,3}-[\w-]{1,12}\s{1,3}["']?(?P<v>[^\s"'`/]{8,100})(?=["'`\s]|$)
Token on a command line |  -t , -s  | strong | (?<=\s)-[ts]\s{1,3}["']?(?P<v>[A-Za-z0-9_-]{20,200})(?=["'`\s]|$)
Password on a command line | <<< | strong | (?<!<)<<<(?!<)\s{0,3}["']?(?P<v>[^\s"'`|/$]{10,200})["']?(?=\s|$)
Password on a command line | net use | login | \bnet\s{1,3}use\b[^\n]{0,120}?\\\\[\w.$\\-]{3,80}\s{1,3}["']?(?P<v>[^\s"'`/*]{6,100})
Password on a command line | send  | login | \bsend(?:_user|line|)?\s{1,3}(?:--\s{1,3})?["'](?P<v>[^\s"'`\\$]{6,100})\\{1,4}[rn]["']
Password on a command line | .sendline(,send_keys(,.type(,.fill( | login | (?:sendline|send_keys|\.type|\.fill)\((?:[^\n()]{0,60},\s{0,2})?["'](?P<v>[^\s"'`\\$]{8,100})["']
Password on a command line | echo ,printf  | strong | (?:echo|printf)\s{1,3}(?:-\w{1,2}\s{1,3}|["']?%s["']?\s{1,3}){0,2}["']?(?P<v>[^\s"'`|/$]{10,200})["']?\s{0,3}\|
Cookie on a command line | -b,--cookie | opaque | \bcurl\b[^\n]{0,200}?\s(?:-b|--cookie)[\s=]{1,3}["']?(?:[^\s=;"']{1,60}=[^;"'\s]{0,200};\s{0,2}){0,8}[\w.-]{1,60}=(?P<v>[^;"'\s,]{12,2000})
Token on a command line | init  | random | \b[a-z]{2,12}\s(?:auth\s)?init\s{1,3}(?:-\w{1,2}\s|--\w{2,12}[\s=])?["']?(?P<v>[\w-]{24,400})(?=["'`\s]|$)
Token on a command line | openssl | key | \bopenssl\s{1,3}(?:enc|aes)[^|\n]{0,120}?\s-K\s{1,3}["']?(?P<v>[0-9a-fA-F]{32,128})
Password on a command line | chpasswd,--password-stdin,sudo -s,passwd --stdin | password | echo\s{1,3}(?:-n\s{1,3})?["']?(?:[\w.-]{1,40}:)?(?P<v>[^\s"':|]{6,200})["']?\s{0,3}\|[^|\n]{0,80}?(?:chpasswd|--password-stdin|sudo\s{1,3}(?:-\w{1,3}\s{1,3})?-S|passwd --stdin)
Password on a command line | pass: | given | -{1,2}pass(?:in|out)?\s{1,3}["']?pass:(?P<v>[^\s"'`]{4,200})
Password on a command line | storepass,keypass | given | -(?:store|key|dest\w{0,8}|src\w{0,8})pass\s{1,3}["']?(?P<v>[^\s"'`-][^\s"'`]{3,200})
Password on a command line | identified by,with password,set password,encrypted password,user password,secret_id,require | given | (?i:IDENTIFIED(?:\s{1,3}WITH\s{1,3}[\w']{1,40})?\s{1,3}(?:BY|AS)|(?:WITH|SET|ENCRYPTED|USER|LOGIN|BY)\s{1,3}PASSWORD|PASSWORD\s{0,3}\()\s{0,3}=?\s{0,3}N?['"](?P<v>[^'"]{4,200})
Password on a command line | htpasswd | password | htpasswd\s{1,3}-\w{0,8}b\w{0,8}\s{1,3}(?:\S{1,100}\s{1,3})?[\w.@-]{1,60}\s{1,3}["']?(?P<v>[^\s"'`]{6,100})
Password on a command line | smbclient,//,cifs,net use | password | (?:smbclient|rpcclient|smbget|crackmapexec|netexec)\b[^|\n]{0,120}?-U\s{0,3}["']?[\w.\\-]{1,60}%(?P<v>[^\s"'`]{4,100})
Password on a command line | xfreerdp,rdesktop,/p: | given | (?:freerdp|rdesktop)\b[^|\n]{0,160}?\s/p:["']?(?P<v>[^\s"'`]{4,100})
Password on a command line | securestring | given | (?i:ConvertTo-SecureString)\s{1,3}(?:-\w{1,20}\s{1,3}){0,3}["'](?P<v>[^"'$]{4,200})
Password on a command line | 7z,unzip,zip,rar | given | \b(?:7z[ar]?|unzip|zip|unrar|rar)\b[^|\n]{0,80}?\s(?:-p|-P\s{1,3})["']?(?P<v>[^\s"'`-][^\s"'`/.]{5,100})(?=["'\s]|$)
Token on a command line | authtoken,login,set-token,add-token,configure set,config set,kv put,config:set,secret set,secrets set,secret create | random | \b(?:authtoken|login|auth|(?:set|add)-token|(?:configure|config|secrets?|variables?)[ :](?:set|add|create)|kv put)\b[^|\n]{0,120}?[\s=](?:-{1,2}[\w-]{1,20}[\s=]{1,3})?["']?(?P<v>[A-Za-z0-9][\w+/~.-]{15,400}={0,2})(?=["'\s`]|$)
Password on a command line | requirepass,masterauth,userpass,enable secret,auth-user-pass,snmp-server | password | \b(?:requirepass|masterauth|enable secret(?: \d)?|snmp-server community)\s{1,3}["']?(?P<v>[^\s"'`]{6,200})
Password on a command line | rootpw,--plaintext | login | \brootpw\s{1,3}(?:--plaintext\s{1,3})?["']?(?P<v>[^\s"'`]{6,200})
Secret in a call | createhmac,hmac.new,hmac(,jwt.,jws.,pgp_sym_,secretkeyspec,fernet(,encrypt(,decrypt(,cookieparser(,session(,secretbox(,_hash_hmac,hash_hmac,hkdf,sign(,verify( | random | (?i:createHmac|hmac\.new|hash_hmac|\bhmac|jw[ts]\.\w{3,12}|pgp_sym_\w{7}|SecretKeySpec|Fernet|encrypt|decrypt|cookieParser|session|SecretBox|hkdf|\bsign|verify)\((?:[^\n"']{0,60}(?:["'][\w.-]{0,30}["'])?[^\n"']{0,20},\s{0,2})?(?:\[\]byte\()?b?["'](?P<v>[^\s"'\n]{16,300})["']
Login in a call | auth(,credential(,credentials(,mysqli,pdo(,connect(,sequelize(,login(,connection(,passwordauthentication(,pg_connect,authenticate(,http_basic | login | (?i:Auth|Credentials?|mysqli(?:_connect)?|PDO|Sequelize|connect|login|connection|PasswordAuthentication|authenticate|authenticate_with)\((?:[^\n"']{0,40}(?:["'][^"'\n]{0,80}["']|\$?[\w.]{1,30}),\s{0,2}){0,2}["'][\w.@+-]{1,60}["'],\s{0,2}["'](?P<v>[^\s"'\n]{6,100})["']
Password on a command line | net user,-asplaintext,useradd,dsadd | password | \bnet\s{1,3}user\s{1,3}[\w.-]{1,40}\s{1,3}["']?(?P<v>[^\s"'`/*]{6,100})
""".strip()

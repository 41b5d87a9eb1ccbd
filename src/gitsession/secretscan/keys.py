# ruff: noqa: E501  a row of the table is one line
"""Key material: private keys in every wrapping, seeds, recovery phrases and codes. A plugin of detect-secrets, too."""

from gitsession.secretscan.plugin import TableDetector


class KeyMaterialDetector(TableDetector):
    """Private keys, whole or begun, seeds of one-time codes, recovery phrases and codes."""

    secret_type = "Private key"  # noqa: S105
    # How the bodies of private keys begin, in base64: PKCS#1 and PKCS#8 of RSA, of P-256 and of Ed25519, SEC1, OpenSSH, OpenPGP.
    table = r"""
Private key | private key | all | BEGIN (?:[A-Z0-9]{2,12} ){0,3}PRIVATE KEY(?: BLOCK)?
Private key | putty-user-key | all | PuTTY-User-Key-File-\d
Private key | mii | all | (?<![A-Za-z0-9+/])MII[A-Za-z0-9+/]{2}[A-Za-z](?:IBA(?:AKC|DAN)|gEAA|wIBAA|QIBAD|AIBAA|AgEA)[A-Za-z0-9+/]{20,80}
Private key | mhccaqee,mhqcaqee,mighagea,mig2agea,mc4caqaw,mihcageb,migkageb,miibaaib,miiboa | all | \b(?:MHcCAQEE|MHQCAQEE|MIGHAgEA|MIG2AgEA|MC4CAQAw|MIHcAgEB|MIGkAgEB)[A-Za-z0-9+/]{20,80}
Private key | b3blbnnzac1rzxktdje | all | \bb3BlbnNzaC1rZXktdjE[A-Za-z0-9+/]{20,80}
Private key | lqoyb,lqpgb,lqwgb,lqdgb,lqhyb,lfgev,lfgez,lfgew | all | (?<![A-Za-z0-9+/])(?:lQ(?:OYB|PGB|WGB|dGB|HYB|cYB)|lFgE)[A-Za-z0-9+/]{40,80}
Private key | "d",'d',"dp" | key | ["']d["']\s{0,3}:\s{0,3}["'](?P<v>[\w-]{40,700}={0,2})["']
Private key | "k",'k' | key | ["']kty["']\s{0,3}:\s{0,3}["']oct["'][^\n]{0,200}?["']k["']\s{0,3}:\s{0,3}["'](?P<v>[\w-]{16,700})["']
Private key | private,secret,wallet,eth,signer,deployer,priv | key | (?i:priv(?:ate)?[\s_-]{0,2}key|privkey|secret[\s_-]{0,2}key|wallet|signer|deployer|mnemonic|secp256k1|ethereum)\b[^\n]{0,40}?["'\s=:(](?P<v>(?:0x)?[0-9a-fA-F]{64})(?![0-9a-fA-F])
Private key | private key,secret key | key | (?<![\w])(?P<v>(?:0x)?[0-9a-fA-F]{64})(?![0-9a-fA-F])(?=[^\n]{0,30}(?i:private key|secret key))
Private key | wif,priv,bitcoin,btc,wallet,dump | key | (?i:wif|priv|bitcoin|btc|wallet|dump)\w{0,12}\b[^\n]{0,40}?(?<![A-Za-z0-9])(?P<v>[5KL][1-9A-HJ-NP-Za-km-z]{50,51})(?![A-Za-z0-9])
Private key | 2d2d2d2d2d424547494e20 | all | 2d2d2d2d2d424547494e20[0-9a-f]{20,8000}
Private key | 020100,02010104 | key | (?<![0-9A-Fa-f])30(?:82[0-9a-fA-F]{4}|81[0-9a-fA-F]{2}|[0-9a-fA-F]{2})(?i:020100(?:0282|0281|300[0-9a-f]06|3013)|0201010420)[0-9a-fA-F]{40,16000}
Private key | accounts | key | \baccounts["']?\s{0,3}[:=]\s{0,3}\[\s{0,3}["'](?P<v>0x[0-9a-fA-F]{64})["']
Private key | keypair,secret,solana,wallet,private,signer,id.json | all | \[\s?\d{1,3}(?:\s?,\s?\d{1,3}){63}\s?\]
Private key | cipherparams | key | "ciphertext"\s{0,3}:\s{0,3}"(?P<v>[0-9a-f]{64,400})"
Private key | xprv,yprv,zprv,tprv | key | \b[xyzt]prv[1-9A-HJ-NP-Za-km-z]{100,112}\b
Private key | nsec1 | key | \bnsec1[02-9ac-hj-np-z]{58}\b
Private key | edsk,spsk,p2sk | key | \b(?:edsk|spsk|p2sk)[1-9A-HJ-NP-Za-km-z]{50,94}\b
Private key | suiprivkey,cosmos | key | \bsuiprivkey1[02-9ac-hj-np-z]{58,62}\b
Private key | signing key,dsakey,ed25519 | key | (?i:ed25519|signing)[\w ._-]{0,30}(?:seed|priv\w{0,4}|secret)\W{1,6}(?P<v>[A-Za-z0-9+/]{43,86}={0,2}|[0-9a-f]{64,128})
Private key | untrusted comment | all | untrusted comment: (?:minisign|signify|rsign) encrypted secret key
Recovery phrase | mnemonic,seed,phrase,recovery,wallet,bip39,backup,words,paper key | all | (?i:mnemonic|paper key|(?:12|15|18|21|24)[ -]words?|seed(?:[\s_-]{0,2}(?:phrase|words))?|(?:recovery|secret|backup|wallet)[\s_-]{0,2}(?:phrase|words|seed)|bip-?39)[^\n:=]{0,30}[\s:="'`(\[>|-]{1,8}(?P<v>(?:\d{1,2}[.)]\s{0,2})?[a-z]{3,8}(?:["'\s,]{1,5}(?:\d{1,2}[.)]\s{0,2})?[a-z]{3,8}){11,23})(?=["'`).,;|]|\s{0,4}$|\s{1,3}[a-z]{1,2}\s|\s{1,3}and\s)
Recovery phrase | 12.,12) | all | (?<![\w.])1[.)]\s{0,2}[a-z]{3,8}(?:[\s,|]{1,4}\d{1,2}[.)]\s{0,2}[a-z]{3,8}){11,23}(?![a-z])
App password | app pass,app-pass,app_pass,application pass,gmail,smtp | all | (?i:app(?:lication)?[\s_-]?pass\w{0,5}|gmail|smtp)[^\n]{0,40}?[\s:="'`](?P<v>[a-z]{4}(?: [a-z]{4}){3})(?=["'`.,;)\s]|$)
PIN | pin_code,pin:,pin is,pin was,pin code,pin-code,pincode,pin=,pin to | all | (?:\bPIN\b|(?i:\bpin[ _-]?code)|_PIN\b)(?:\scode)?["']?\s{0,3}(?:is|was|to|:|=|->)\s{0,3}["'`]?(?P<v>\d{4,8})(?![\w.-]*\d)
Seed of one-time codes | otpauth:// | key | otpauth://[^\s"'`<>]{1,300}?[?&]secret=(?P<v>[A-Za-z2-7]{12,160})
Seed of one-time codes | totp,2fa,mfa,otp,authenticator,two-factor | key | (?i:totp|2fa|mfa|\botp|authenticator|two-factor)[\s\w_-]{0,30}[\s:="'`(>]{1,6}(?P<v>[A-Z2-7]{16,64}|[A-Z2-7]{4}(?:[ -][A-Z2-7]{4}){3,15})(?![\w-])
Recovery code | recovery,backup,2fa,scratch,one-time,verification,otp | all | (?i:(?:recovery|backup|scratch|rescue|emergency|2fa|mfa)[\s_-]{0,2}(?:codes?|keys?)|one-time (?:pass)?codes?)[^\n:=]{0,30}[\s:="'`(>\[-]{1,6}(?P<v>(?=[^\s]{0,40}\d)[A-Za-z0-9]{4,8}(?:-[A-Za-z0-9]{4,8}){1,7}|\d{6,8}(?=["'`,.;)\s]|$)|(?=[a-z]{0,9}\d)[a-z0-9]{8,10}(?=["'`,;\s]|$))
One-time code | code,otp | all | (?i:(?:verification|one-time|login|sms|2fa|mfa|auth(?:entication)?|security|otp)[\s_-]{0,2}(?:pass)?code|\botp)(?:\s{0,3}(?:is|was|:|=|->)\s{0,3}|\s)["'`]?(?P<v>\d{6,8}|\d{3}[ -]\d{3})(?!\d|[-.]\d)
""".strip()

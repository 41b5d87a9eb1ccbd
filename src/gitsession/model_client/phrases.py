"""Words that tell what a sentence does, in the languages that agents are spoken to most."""

import re

NOT = re.compile(
    r"\b(?:not|never|no|none|nothing|without|cannot|neither|nor|nobody|instead of|rather than|unless|except|refused?|rejected?|"
    r"nicht|nie|niemals|kein\w*|ohne|pas|jamais|aucune?|sans|nunca|não|nao|sem|jamás|ningun[oa]?|sin|non|mai)\b|n['’]t\b|不|没|ない",
    re.IGNORECASE,
)
STOP = frozenset(
    (
        "a an the this that these those it its it's they them their there here we us our i my me you your he she his her is are was were be "
        "been being am do does did has have had having will would can could should shall may might must to of in on at by for from with "
        "into onto as and or but if then than so such because since also just now when where which who whom whose what how why about over "
        "under between both each other some any own same very too again still yet already once let lets let's i'll we'll i've we've i'm "
        "please user agent assistant der die das den dem des ein eine einen einem ist sind war wird werden und oder aber mit auf für von zu "
        "im es ich wir sie er wie auch noch nur bei aus dass weil damit le la les un une et est que qui pour dans sur avec ce cette il elle "
        "nous vous au aux par plus de du je o os um uma e é em da dos na nas com por se mais como foi ser ou ao el los las del una y con su "
        "lo más pero porque"
    ).split()
)
#: A sentence that weighs or asks decides nothing; one that announces has done nothing; one that calls for no work is no step.
WEIGHS = re.compile(
    r"\?[\"')\]*_`]*$|\b(?:could|might|maybe|perhaps|would|alternatively|alternatives?|options?|consider(?:ed|ing)?|propos(?:e|ed|al)|suggest(?:ed|ion)?|"
    r"rejected|reverted|undone|if you (?:want|like|prefer)|we can|possib(?:le|ly)|probably|seems?|könnte|vielleicht|talvez|poderia|quizás?|podría|peut-être|pourrait)\b",
    re.IGNORECASE,
)
ANNOUNCES = re.compile(
    r"\b(?:will|i['’]ll|we['’]ll|going to|gonna|let me|let['’]s|lets|next|need(?:s|ed)? to|should|todo|to-do|still|remain(?:s|ing)?|plan(?:s|ned)?|about to|"
    r"must|have to|want(?:s)? to|later|pending|not yet|follow[- ]up|werde|muss|vou|falta|preciso|voy a)\b|\[ \]",
    re.IGNORECASE,
)
FAILS = re.compile(
    r"\b(?:\w*error\w*|\w*exception|fail\w*|traceback|panic\w*|crash\w*|bugs?|broken?|breaks?|wrong\w*|cannot|can['’]t|could ?n['’]?t|could not|denied|missing|invalid|"
    r"time-?d? ?outs?|timeouts?|hangs?|leak\w*|races?|conflict\w*|reject\w*|refus\w*|not found|undefined|regress\w*|fix(?:e[ds])?|complain\w*|out of sync|cause[sd]?|problem|issue|fehl\w+|erro|erreur|warn\w*|lost|loses|drops?)\b",
    re.IGNORECASE,
)
CONDITION = re.compile(
    r"\b(?:if|when|whenever|unless|until|once|before|after|wenn|falls|bis|si|se|quando|cuando|quand)\b", re.IGNORECASE
)
#: A sentence that says that nothing failed.
SOUND = re.compile(
    r"\b(?:no|without|zero|0|nothing)\b(?: \w+){0,2} (?:errors?|fail\w*|problems?|issues?|warnings?)\b", re.IGNORECASE
)
#: What stops work, in the words of it.
BLOCKS = re.compile(
    r"\b(?:block\w*|wait(?:s|ing)?|await\w*|cannot|can['’]t|unable|until|needs? (?:access|approval|review)|depend(?:s|ing)? on|stuck|denied|"
    r"blockiert|warte[nt]?|espera\w*|bloque\w*)\b",
    re.IGNORECASE,
)
#: Work that goes on, or is ordered: not done.
GOES_ON = re.compile(r"\b(?:i|we)(?:['’](?:m|re)| am| are) (?:\w+ )?\w+ing\b|\A\w+ing\b[^.]*\bnow\b", re.IGNORECASE)
#: A label before a sentence that makes another thing of it.
LABEL = re.compile(
    r"\b(?:old|former\w*|previous\w*|wrong\w*|bad|assum\w+|expected|ideal\w*|example|e\.g|deprecated|fix \d+|problem|claim\w*|myth)\b",
    re.IGNORECASE,
)
#: A turn that offers: what stands in it is not decided.
OFFERS = re.compile(
    r"\b(?:want me to|would you like|do you want|shall i|should i|what do you think|let me know (?:if|which)|which (?:one )?do you|option \d|workarounds)\b",
    re.IGNORECASE,
)
#: How a person begins who takes back what was said before.
CORRECTS = re.compile(
    r"\A\W*(?:no|nope|don['’]t|do not|stop|revert|undo|actually|instead|wrong|sorry|rather|nein|nicht|non|não)\b(?! (?:problem|worries|need|questions?))",
    re.IGNORECASE,
)
#: Text that speaks to whoever reads the conversation: an attack on the summary, and never one of its facts.
ORDERS = re.compile(
    r"\b(?:ignore|disregard|forget|override|bypass)\b[^.\n]{0,60}\b(?:above|previous|prior|earlier|preceding|instructions?|prompts?|rules|guidelines)\b|"
    r"\b(?:system prompt|you are now|new instructions?|as an ai|jailbreak)\b|"
    r"\b(?:write|add|record|output|insert|include|report|state)\b[^.\n]{0,60}\bas (?:a |an |the )?(?:new )?(?:facts?|decisions?|constraints?)\b|"
    r"\b(?:ignor\w+|vergiss|olvida\w*|oublie\w*|esqueça)\b[^.\n]{0,60}\b(?:anweisung\w*|vorherig\w*|instruc\w+|instruç\w+|anterior\w*|précédent\w*)\b|"
    r"(?:忽略|无视|無視)[^。\n]{0,30}(?:以上|之前|指令|指示)|"
    r"\b(?:to|dear) (?:the |an? )?(?:ai|assistant|model|summari[sz]er)\b|\b(?:the|your) summary (?:must|should)\b|\bwhen summari[sz]ing\b",
    re.IGNORECASE,
)

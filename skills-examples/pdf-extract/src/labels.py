"""The words by which invoices say what stands beside them, in German and English."""

import re


def words(*patterns: str) -> re.Pattern:
    return re.compile(rf"(?<!\w)(?:{'|'.join(patterns)})(?!\w)\s*[.:#]*\s*", re.IGNORECASE)


NUMBER = words(
    r"(?:rechnungs|rg|re|beleg|gutschrifts?|gutschriften)\s?[-.]?\s?(?:nummer|nr|no)\b\.?",
    r"(?:rechnung|gutschrift)\s+(?:nummer|nr|no)\b\.?",
    r"(?:tax\s+)?(?:invoice|credit\s?note|bill)\s*(?:number|no\b\.?|nr\b\.?|num\b\.?|id\b|#)",
)
TITLE = re.compile(
    r"^(?:(?:tax\s+)?invoice|rechnung|gutschrift|credit\s?note|stornorechnung|schlussrechnung|abschlagsrechnung)"
    r"\s+(?:#\s?)?(?P<value>[A-Za-z0-9/_.-]*\d[A-Za-z0-9/_.-]*)$",
    re.IGNORECASE,
)
TITLE_ALONE = re.compile(r"^(?:rechnung|gutschrift|(?:tax\s+)?invoice|credit\s?note)$", re.IGNORECASE)
NUMBER_ALONE = re.compile(r"^(?:nr|nummer|no|number)\b\.?\s*:?\s*(?P<value>[A-Za-z0-9/_.-]*\d[A-Za-z0-9/_-]*)$", re.IGNORECASE)
DATE = words(
    r"(?:rechnungs|beleg|ausstellungs|gutschrifts)[- ]?datum",
    r"(?:invoice|issue|billing|credit\s?note)\s?date",
    r"date\s+(?:of\s+)?(?:issued?|invoice)",
    r"issued(?:\s+on)?",
)
DATE_PLAIN = words(r"datum", r"date")
SUPPLY = words(
    r"(?:liefer|leistungs)[-/ ]*(?:und |oder )?[-/ ]*(?:leistungs|liefer)?[- ]?(?:datum|zeitraum|tag|monat)",
    r"(?:lieferung|leistung)\s+(?:am|vom|erbracht\s+am)",
    r"(?:supply|delivery|service)\s?(?:date|period)",
    r"(?:date|period)\s+of\s+(?:supply|delivery|service)",
    r"tax\s+point",
)
DUE = words(
    r"f[äa]llig(?:keit)?(?:sdatum|stag)?(?:\s+(?:am|bis|zum))?",
    r"(?:zahlbar|zu\s+zahlen|zahlung)\s+bis(?:\s+(?:zum|spätestens))?",
    r"(?:payment\s+)?due(?:\s+(?:date|by|on))?",
    r"(?:pay(?:able)?|payment)\s+(?:by|until)",
)
EARLY = re.compile(r"skonto|discount|rabatt|nachlass", re.IGNORECASE)
VAT_ID = words(
    r"(?:ihre?\s+)?u\.?\s?st\.?[- ]?id(?:ent)?(?:ifikations)?[-. ]*(?:nr|nummer|no)?\b\.?",
    r"umsatzsteuer-?\s?id(?:entifikationsnummer|[- ]?nr\b\.?|[- ]?nummer)?",
    r"(?:your\s+|customer\s+)?vat\s*(?:reg(?:istration)?\b\.?)?\s*(?:id|no|nr|number|reg)\b\.?(?:\s?(?:no|number)\b\.?)?",
    r"uid(?:[- ]?(?:nr|nummer))?\b\.?",
    r"tax\s+id",
)
YOURS = re.compile(r"(?<!\w)(?:ihre?|your|customer'?s?|kunden|buyer'?s?|recipient'?s?)(?!\w)", re.IGNORECASE)
TAX_NUMBER = words(r"steuer-?\s?(?:nummer|nr)\b\.?", r"st\.?-?\s?nr\b\.?")
IBAN = words(r"iban", r"bank\s+account", r"konto(?:verbindung)?")
BIC = words(r"bic(?:\s?/\s?swift)?", r"swift(?:[- ]?(?:code|bic))?")

BUYER = re.compile(
    r"^(?:rechnung\s+an|rechnungs(?:empfänger|adresse|anschrift)|kunde|empfänger|leistungsempfänger|auftraggeber|"
    r"bill(?:ed)?\s+to|invoice(?:d)?\s+to|sold\s+to|customer|buyer|client)\b\s*:?\s*(?P<rest>.*)$",
    re.IGNORECASE,
)
OTHER_PARTY = re.compile(
    r"^(?:liefer(?:adresse|anschrift)|lieferung\s+an|ship(?:ped)?\s+to|deliver(?:y\s+address|\s+to))\b", re.IGNORECASE
)
SELLER = re.compile(
    r"^(?:verkäufer|lieferant|absender|rechnungssteller|leistungserbringer|from|seller|supplier|vendor|issued\s+by)"
    r"\b\s*:?\s*(?P<rest>.*)$",
    re.IGNORECASE,
)

CREDIT = re.compile(r"(?<!\w)(?:gutschrift|stornorechnung|rechnungskorrektur|credit\s?note)(?!\w)", re.IGNORECASE)
GERMAN = re.compile(r"(?<!\w)(?:rechnung\w*|betrag|netto|brutto|mwst|ust|menge|einzelpreis|datum|zahlbar)(?!\w)", re.I)
ENGLISH = re.compile(r"(?<!\w)(?:invoice|amount|net|gross|vat|quantity|qty|unit|price|date|due|total)(?!\w)", re.I)

#: Columns of the positions, by the words at their top.
COLUMNS = {
    "position": r"pos(?:ition)?\b\.?(?:[- ]?nr\b\.?)?|#|lfd\b\.?\s?nr\b\.?|no\b\.?|nr\b\.?|item\s?(?:no|#)\b\.?|line",
    "article": r"art(?:ikel)?\b\.?[- ]?(?:nr|nummer|no)\b\.?|sku|item\s?code|product\s?code|article\s?(?:no|number)\b\.?",
    "description": r"bezeichnung|beschreibung|leistung(?:sbeschreibung)?|artikel(?:bezeichnung)?|text|produkt|"
    r"description|item|service|product|details|particulars",
    "quantity": r"menge|anzahl|stück(?:zahl)?|stunden|qty\b\.?|quantity|hours|units",
    "unit": r"einheit|einh\b\.?|me|unit|uom",
    "unit_price": r"(?:einzel|stück|e)[-. ]?\s?preis|preis(?:\s?/\s?(?:einheit|st(?:ü|u)ck|me))?|ep\b|"
    r"unit\s?(?:price|cost)|price(?:\s?/\s?unit)?|rate|price\s+each",
    "vat_rate": r"(?:mwst|ust|umsatzsteuer|mehrwertsteuer|steuer)\b\.?(?:[- ]?satz)?(?:\s?(?:%|in\s?%))?|"
    r"vat\b\.?(?:\s?(?:rate|%))?|tax(?:\s?(?:rate|%))?|%",
    "discount": r"rabatt(?:\s?%)?|discount(?:\s?%)?|disc\b\.?",
    "vat_amount": r"(?:mwst|ust|steuer)[- ]?betrag|vat\s?amount|tax\s?amount",
    "gross_amount": r"brutto(?:betrag|summe)?|gross(?:\s?amount)?|(?:betrag|gesamt)\s?brutto",
    "amount": r"(?:gesamt|gesamt\s?preis|gesamtbetrag|betrag|summe|netto(?:betrag|summe)?|zeilensumme)"
    r"(?:\s?\(?netto\)?)?|gp\b|(?:line\s?)?total(?:\s?(?:net|price))?|net(?:\s?(?:amount|total|price))?|amount",
}
COLUMN = {
    name: re.compile(rf"^(?:{pattern})(?:\s*(?:\(?\s*(?:in\s+)?(?:€|EUR|USD|GBP|CHF|\$|£)\s*\)?))?$", re.IGNORECASE)
    for name, pattern in COLUMNS.items()
}

CARRY = re.compile(
    r"^\s*(?:übertrag|zwischensumme\s+(?:der\s+)?seite|zu\s+übertragen|carried\s+(?:forward|over)|brought\s+forward)", re.I
)
PAYABLE = re.compile(
    r"^(?:zu\s+zahlen(?:der\s+betrag)?|zahlbetrag|restbetrag|offener\s+betrag|noch\s+zu\s+zahlen|"
    r"(?:total\s+)?(?:amount\s+)?due|balance(?:\s+due)?|amount\s+payable|please\s+pay)(?!\w)",
    re.IGNORECASE,
)
TOTAL_DUE = re.compile(r"^total\s+due(?!\w)", re.IGNORECASE)
GROSS = re.compile(
    r"^(?:gesamt(?:betrag|summe)?\s*,?\s*\(?(?:brutto|inkl|incl|einschl)|gesamt(?:betrag|summe)(?!\s*\(?(?:netto|ohne|zzgl|exkl))|"
    r"rechnungs(?:betrag|summe)(?!\s*\(?netto)|endbetrag|endsumme|brutto(?:betrag|summe)?|summe\s*\(?(?:brutto|inkl)|"
    r"(?:grand|invoice)\s+total|total\s*\(?(?:gross|incl|inc\b|including|due|amount(?!\s*\(?(?:ex|net)))|gross(?:\s+(?:total|amount))?)(?!\w)",
    re.IGNORECASE,
)
GROSS_PLAIN = re.compile(r"^(?:gesamt|summe|total)(?:\s*\(?(?:eur|€|gbp|£|usd|\$|chf)\)?)?\s*:?$", re.IGNORECASE)
NET = re.compile(
    r"^(?:netto(?:betrag|summe)?|(?:gesamt|summe|zwischensumme|gesamtbetrag|gesamtsumme|rechnungsbetrag)\s*\(?(?:netto|ohne|exkl|zzgl)|"
    r"netto\s*gesamt|warenwert|zwischensumme|sub-?\s?total|net(?:\s+(?:total|amount|value))?|"
    r"total\s*(?:amount\s*)?\(?(?:net|ex(?:cl)?(?:uding)?\b|before))(?!\w)",
    re.IGNORECASE,
)
VAT = re.compile(
    r"(?<!\w)(?:(?:gesetzl\w*\.?\s+)?(?:u\.?st\.?|mw\.?st\.?|umsatzsteuer|mehrwertsteuer)|vat|sales\s+tax|steuer|tax)(?!\w)", re.IGNORECASE
)
NOT_TOTAL = re.compile(r"skonto|rabatt|discount|(?<!\w)(?:ust|vat|steuer)[-. ]*(?:id|nr|no|reg)", re.IGNORECASE)
BASE = re.compile(r"(?<!\w)(?:auf|von|of|on|aus)(?!\w)", re.IGNORECASE)
EXEMPT = {
    "reverse_charge": re.compile(r"reverse[\s-]+charge|steuerschuldnerschaft\s+des\s+leistungsempfängers?", re.I),
    "intra_community_supply": re.compile(r"innergemeinschaftliche\s+lieferung|intra[\s-]+community\s+supply", re.I),
    "export": re.compile(r"steuerfreie\s+ausfuhr|export\s+supply|zero[\s-]+rated\s+export", re.I),
    "small_enterprise": re.compile(r"(?:§|paragraph|gemäß)\s*19\s*(?:abs\.?\s*1\s*)?ustg|kleinunternehmer", re.I),
}
LEGAL_FORM = re.compile(
    r"(?<!\w)(?:GmbH|mbH|AG|KG|UG|OHG|GbR|KGaA|SE|e\.\s?K\.|e\.\s?V\.|e\.\s?G\.|PartG|Ltd\.?|Limited|LLP|LLC|Inc\.?|plc|PLC|"
    r"Corp\.?|S\.?A\.?(?:S|R\.L\.)?|S\.r\.l\.|B\.?V\.?|N\.?V\.?|Oy|AB|ApS|A/S|Sp\. z o\.o\.)(?!\w)"
)

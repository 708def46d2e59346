"""Amounts, days, VAT numbers and IBANs as they are written in Germany and in English, read without guesses."""

import datetime
import re
from decimal import ROUND_HALF_UP, Decimal

#: An amount with its sign: 1.234,56 · 1,234.56 · 1'234.56 · 1 234,56 · 12 · -3,5 · 3,50- · (3.50)
AMOUNT = re.compile(
    r"(?<![\w.,'’/])(?P<open>\()?(?P<minus>[-\u2212\u2013])?\s?[€$£]?\s?"
    r"(?P<digits>\d{1,3}(?:[.,'’ ]\d{3})+(?:[.,]\d{1,6})?|\d{1,12}(?:[.,]\d{1,6})?)"
    r"(?P<after>-)?(?P<close>\))?(?![\w'’]|[.,/]\d)"
)
CURRENCY = re.compile(r"€|\$|£|(?<![A-Za-z])(?:EUR|USD|GBP|CHF|Euro)(?![A-Za-z])")
CODES = {"€": "EUR", "$": "USD", "£": "GBP", "Euro": "EUR"}
PERCENT = re.compile(r"(?<![\d.,])(\d{1,2}(?:[.,]\d{1,2})?)\s?%")

MONTHS = {
    name: at + 1
    for names in (
        "january february march april may june july august september october november december",
        "januar februar märz april mai juni juli august september oktober november dezember",
        "jan feb mar apr may jun jul aug sep oct nov dec",
        "jan feb mrz apr mai jun jul aug sept okt nov dez",
    )
    for at, name in enumerate(names.split())
}
DAY = re.compile(
    r"(?<![\d.])(?:(?P<iso>\d{4}-\d{2}-\d{2})"
    r"|(?P<dotted>\d{1,2}\.\s?\d{1,2}\.\s?(?:\d{4}|\d{2}))"
    r"|(?P<slashed>\d{1,2}/\d{1,2}/\d{4})"
    r"|(?P<day>\d{1,2})(?:\.|st|nd|rd|th)?\s+(?P<month>[A-Za-zä]{3,9})\.?,?\s+(?P<year>\d{4})"
    r"|(?P<month2>[A-Za-zä]{3,9})\.?\s+(?P<day2>\d{1,2})(?:st|nd|rd|th)?,?\s+(?P<year2>\d{4}))(?!\d)"
)

IBAN = re.compile(r"(?<![A-Z0-9])([A-Z]{2}\d{2}(?: ?[A-Z0-9]){11,30})(?![A-Z0-9])")
IBAN_LENGTHS = {
    "AT": 20, "BE": 16, "BG": 22, "CH": 21, "CY": 28, "CZ": 24, "DE": 22, "DK": 18, "EE": 20, "ES": 24,
    "FI": 18, "FR": 27, "GB": 22, "GR": 27, "HR": 21, "HU": 28, "IE": 22, "IT": 27, "LI": 21, "LT": 20,
    "LU": 20, "LV": 21, "MT": 31, "NL": 18, "NO": 15, "PL": 28, "PT": 25, "RO": 24, "SE": 24, "SI": 19, "SK": 24,
}
BIC = re.compile(r"\b([A-Z]{6}[A-Z2-9][A-NP-Z0-9](?:[A-Z0-9]{3})?)\b")
VAT_COUNTRIES = "AT|BE|BG|CY|CZ|DE|DK|EE|EL|ES|FI|FR|GB|HR|HU|IE|IT|LT|LU|LV|MT|NL|PL|PT|RO|SE|SI|SK|XI|CHE"
VAT_NUMBER = re.compile(
    rf"(?<![A-Z0-9])((?:{VAT_COUNTRIES})(?:[ .-]?[A-Z0-9+*]){{7,12}})(?![A-Z0-9])"
)
TAX_NUMBER = re.compile(r"(?<!\d)(\d{2,3}\s?/\s?\d{3,4}\s?/\s?\d{4,5})(?!\d)")


class Style:
    """What the document's own figures say of points and commas."""

    def __init__(self, texts):
        comma = point = 0
        for text in texts:
            for found in AMOUNT.finditer(text):
                digits = found["digits"]
                if re.fullmatch(r"[\d.' ’]*\d,\d{2}", digits):
                    comma += 1
                elif re.fullmatch(r"[\d,' ’]*\d\.\d{2}", digits):
                    point += 1
        self.mark = "," if comma > point else "." if point > comma else None
        self.mixed = comma > 0 and point > 0


def plain(digits: str, style: Style) -> str | None:
    """Returns the digits with a decimal point; none where it is not certain."""
    digits = re.sub(r"['’ ]", "", digits)
    marks = [one for one in digits if one in ".,"]
    if not marks:
        return digits
    if len(set(marks)) == 2:
        last = marks[-1]
        return digits.replace("," if last == "." else ".", "").replace(last, ".") if marks.count(last) == 1 else None
    mark = marks[0]
    if len(marks) > 1:
        return digits.replace(mark, "")
    if len(digits.partition(mark)[2]) == 3:
        if style.mark is None:
            return None
        return digits.replace(mark, "." if style.mark == mark else "")
    return digits.replace(mark, ".")


def amount(found: re.Match, style: Style) -> Decimal | None:
    digits = plain(found["digits"], style)
    if digits is None or len(digits.partition(".")[0]) > 12:
        return None
    value = Decimal(digits)
    negative = found["minus"] or found["after"] or (found["open"] and found["close"])
    return -value if negative else value


def written(value: Decimal) -> str:
    """Returns an amount as the other skills take it: digits with a point, as many decimals as there were."""
    return f"{value:f}" if value else f"{abs(value):f}"


def days(text: str):
    """Yields (place in the text, what was written, the day as YYYY-MM-DD, or none where it is not certain)."""
    for found in DAY.finditer(text):
        told = day_of(found)
        if told != "":
            yield found.start(), found[0], told


def day_of(found: re.Match) -> str | None:
    try:
        if found["iso"]:
            return datetime.date.fromisoformat(found["iso"]).isoformat()
        if found["dotted"]:
            day, month, year = (int(part) for part in found["dotted"].split("."))
            return datetime.date(year + 2000 if year < 100 else year, month, day).isoformat()
        if found["slashed"]:
            one, two, year = (int(part) for part in found["slashed"].split("/"))
            if one <= 12 and two <= 12 and one != two:
                return None
            day, month = (one, two) if one > 12 or one == two else (two, one)
            return datetime.date(year, month, day).isoformat()
        month = MONTHS.get((found["month"] or found["month2"]).lower())
        if month is None:
            return ""
        return datetime.date(int(found["year"] or found["year2"]), month, int(found["day"] or found["day2"])).isoformat()
    except ValueError:
        return ""


def iban_of(text: str) -> tuple[str, bool] | None:
    """Returns the IBAN that the text begins with or holds, and whether its check digits are right."""
    for found in IBAN.finditer(text):
        iban = found[1].replace(" ", "")
        length = IBAN_LENGTHS.get(iban[:2])
        if length is None or len(iban) < length:
            continue
        iban = iban[:length]
        turned = "".join(str(int(one, 36)) for one in iban[4:] + iban[:4])
        return iban, int(turned) % 97 == 1
    return None


def vat_number_of(text: str) -> str | None:
    found = VAT_NUMBER.search(text)
    if found is None:
        return None
    number = re.sub(r"[ .-]", "", found[1])
    if number.startswith("DE"):
        number = number[:11]
        return number if re.fullmatch(r"DE\d{9}", number) else None
    if number.startswith("AT"):
        number = number[:11]
        return number if re.fullmatch(r"ATU\d{8}", number) else None
    number = re.sub(r"(?<=\d)[A-Z+*]{3,}$", "", number)
    return number if sum(one.isdigit() for one in number) >= 7 else None


def rate(digits: str) -> str:
    """Returns a percentage as the other skills take it: `19`, `5.5`."""
    value = Decimal(digits.replace(",", "."))
    return f"{value.normalize():f}"


def cents(value: Decimal) -> str:
    """Returns an amount rounded to hundredths, half away from zero."""
    return f"{value.quantize(Decimal('0.01'), ROUND_HALF_UP):f}"

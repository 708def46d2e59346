"""Figures of an invoice's head and foot: what stands right of, or below, a word that names it."""

import re

import labels
import limits
import values
from found import found

TOKEN = re.compile(r"(?P<value>[A-Za-z0-9][A-Za-z0-9_.-]*(?:\s?/\s?[A-Za-z0-9_.-]+)*)")
OTHERS_NUMBER = re.compile(r"(?:\bzu|\bzur|\bgegen|original|\bref\w*|\bfor|\bihre|\byour|auftrags?|\border)\s*[-:]?\s*$", re.I)
EARLY = re.compile(r"\b(?:bei|if|when|wenn)\s*$", re.IGNORECASE)
VOM = re.compile(r"^(?:(?:rechnung|gutschrift|invoice|credit\s?note)\b.*?\b)?(?:vom|dated)\s+", re.I)


def labelled(lines, pattern, start=None):
    """Yields (label's text, what may be its value, page) for each place where a label stands."""
    for at, line in enumerate(lines):
        for place, cell in enumerate(line.cells[: limits.LINE_CELLS]):
            for label in [pattern.match(cell.text)] if start else pattern.finditer(cell.text):
                if label is None:
                    continue
                before, rest = cell.text[: label.start()], cell.text[label.end() :]
                if rest:
                    yield before, label[0], rest, line.page
                    if any(sign.isdigit() for sign in rest):
                        continue
                elif place + 1 < len(line.cells):
                    yield before, label[0], line.cells[place + 1].text, line.page
                if (under := below(lines, at, cell, edge(cell, label))) is not None:
                    yield before, label[0], under.text, line.page


def edge(cell, label) -> float:
    """Returns where a label begins: two may have run into each other."""
    length = 0
    for word in cell.words:
        length += len(word.text) + 1
        if length > label.start():
            return word.x0
    return cell.x0


def below(lines, at, cell, x0=None):
    """Returns the cell right under another."""
    line, x0 = lines[at], cell.x0 if x0 is None else x0
    for other in lines[at + 1 : at + 3]:
        if other.page != line.page or other.y - line.y > 2.6 * cell.size:
            return None
        for under in other.cells:
            if abs(under.x0 - x0) < 6 or (x0 == cell.x0 and abs(under.x1 - cell.x1) < 6):
                return under
    return None


def one(candidates, pointer, what, findings, missing="warning"):
    """Returns the one figure that all places agree on; none, with a finding, where they do not."""
    unlike = {}
    for value, page, raw in candidates:
        unlike.setdefault(value, (page, raw))
    if not unlike:
        if missing:
            findings.add(missing, "not_found", pointer, f"{what} is not there, or is named in words that are not known.")
        return None
    if len(unlike) > 1:
        told = ", ".join(f"{value} (page {page})" for value, (page, _) in list(unlike.items())[:5])
        findings.error("ambiguous", pointer, f"{what} may be each of: {told}. None was chosen.")
        return None
    (value, (page, raw)), = unlike.items()
    return found(value, page, raw)


def invoice_number(lines, kind, findings):
    own, others = [], []
    for before, label, rest, page in labelled(lines, labels.NUMBER):
        token = TOKEN.match(rest)
        if token is None or OTHERS_NUMBER.search(before):
            continue
        value = re.sub(r"\s*/\s*", "/", token["value"]).rstrip(".-_")
        if not any(sign.isdigit() for sign in value) or values.DAY.match(rest) or values.vat_number_of(value):
            continue
        credit = labels.CREDIT.search(label) is not None or "gutschrift" in label.lower()
        (own if credit == (kind == "credit_note") else others).append((value, page, f"{label} {token['value']}"))
    candidates = own or others
    if not candidates:
        for line in lines:
            for cell in line.cells:
                title = labels.TITLE.match(cell.text)
                if title and not values.DAY.fullmatch(title["value"]):
                    candidates.append((title["value"], line.page, cell.text))
    if not candidates:
        candidates = under_title(lines)
    return one(candidates, "/number", "The invoice number", findings, "error")


def under_title(lines):
    """Returns the numbers that stand as `Nr. 17` right under the word Rechnung or Invoice."""
    candidates = []
    for at, line in enumerate(lines):
        for cell in line.cells:
            under = below(lines, at, cell) if labels.TITLE_ALONE.match(cell.text) else None
            told = labels.NUMBER_ALONE.match(under.text) if under else None
            if told:
                candidates.append((told["value"], line.page, f"{cell.text} {under.text}"))
    return candidates


def day_candidates(lines, pattern, start=None):
    for before, label, rest, page in labelled(lines, pattern, start):
        if EARLY.search(before):
            continue
        told = [one for one in values.days(rest[:80])]
        if told and told[0][0] <= (3 if start else 14):
            yield told, label, page, rest


def day(lines, patterns, pointer, what, findings, missing, but=None):
    """Returns the day named by the first of the patterns that names any; `but` is what no sentence of it says."""
    for pattern, start in patterns:
        certain, doubtful = [], []
        for told, label, page, rest in day_candidates(lines, pattern, start):
            begin, raw, value = told[0]
            if but and but.search(re.split(r"\.\s+(?=[A-ZÄÖÜ])", rest[begin + len(raw) :])[0]):
                continue
            (certain if value else doubtful).append((value, page, f"{label} {raw}"))
        if certain:
            return one(certain, pointer, what, findings)
        if doubtful:
            message = f"{what} is written {' '.join(doubtful[0][2].split())}: day and month may be either. It was not chosen."
            findings.error("not_certain", pointer, message)
            return None
    return one([], pointer, what, findings, missing)


def invoice_date(lines, findings):
    patterns = [(labels.DATE, None), (labels.DATE_PLAIN, True), (VOM, True)]
    return day(lines, patterns, "/date", "The invoice date", findings, "error")


def due_date(lines, findings):
    return day(lines, [(labels.DUE, None)], "/due_date", "The due date", findings, None, labels.EARLY)


def supply(lines, findings):
    """Returns the day of supply, or a period's first and last day."""
    first, last = [], []
    for told, label, page, rest in day_candidates(lines, labels.SUPPLY):
        _, raw, value = told[0]
        if value is None:
            findings.warning("not_certain", "/supply_date", f"The day of supply is written {raw}: day and month may be either.")
            continue
        first.append((value, page, f"{label} {raw}"))
        if len(told) > 1 and told[1][2] and told[1][2] >= value and told[1][0] - told[0][0] < 30:
            last.append((told[1][2], page, told[1][1]))
    begin = one(first, "/supply_date", "The day of supply", findings, None)
    return begin, one(last, "/supply_end", "The end of the supply", findings, None) if begin else None


def iban(lines, findings):
    candidates = []
    for at, line in enumerate(lines):
        for cell in line.cells:
            for label in labels.IBAN.finditer(cell.text):
                rest, under = cell.text[label.end() :], below(lines, at, cell)
                told = values.iban_of(rest) or values.iban_of(right_of(line, cell, label))
                if told is None and under is not None:
                    told = values.iban_of(f"{rest} {under.text}")
                if told:
                    candidates.append((told, line.page, told[0]))
    for value, _, _ in candidates:
        if not value[1]:
            message = f"The check digits of the IBAN {value[0]} are wrong. Do not pay to it."
            findings.error("iban_check_digits", "/payment/iban", message)
    listed = [(value[0], page, raw) for value, page, raw in candidates]
    if len({value for value, _, _ in listed}) > 1:
        told = ", ".join(dict.fromkeys(value for value, _, _ in listed))
        findings.warning("ambiguous", "/payment/iban", f"The invoice names several IBANs: {told}. None was chosen.")
        return None
    return one(listed, "/payment/iban", "The IBAN", findings, "info")


def right_of(line, cell, label) -> str:
    """Returns the text of the next cell, where the label is the whole end of its own."""
    if label.end() < len(cell.text):
        return ""
    at = line.cells.index(cell)
    return line.cells[at + 1].text if at + 1 < len(line.cells) else ""


def bic(lines, findings):
    candidates = []
    for _, label, rest, page in labelled(lines, labels.BIC):
        told = values.BIC.match(rest)
        if told:
            candidates.append((told[1], page, f"{label} {told[1]}"))
    return one(candidates, "/payment/bic", "The BIC", findings, None)


def tax_number(lines, findings):
    candidates = []
    for before, label, rest, page in labelled(lines, labels.TAX_NUMBER):
        told = values.TAX_NUMBER.match(rest)
        if told and not labels.YOURS.search(before):
            candidates.append((re.sub(r"\s", "", told[1]), page, f"{label} {told[1]}"))
    return one(candidates, "/supplier/tax_number", "The tax number", findings, None)


def currency(lines, findings):
    """Returns the only currency that stands beside amounts."""
    candidates = []
    for line in lines:
        for cell in line.cells:
            for told in values.CURRENCY.finditer(cell.text):
                candidates.append((values.CODES.get(told[0], told[0]), line.page, told[0]))
    return one(candidates, "/currency", "The currency", findings)


def kind(lines) -> str:
    for line in lines:
        for cell in line.cells:
            title = labels.CREDIT.match(cell.text)
            if title and len(cell.text) < 60:
                return "credit_note"
    return "invoice"


def language(lines) -> str:
    text = " ".join(line.text for line in lines[:200])
    german, english = len(set(labels.GERMAN.findall(text))), len(set(labels.ENGLISH.findall(text)))
    return "unknown" if german == english else "de" if german > english else "en"

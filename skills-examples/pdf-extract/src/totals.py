"""The sums: net, VAT by rate, gross, and what is to be paid."""

import re
from decimal import Decimal

import labels
import values
from found import found

CENT = Decimal("0.01")


class Stated:
    """An amount that stands beside a word."""

    __slots__ = ("value", "page", "raw", "rate")

    def __init__(self, value, page, raw, rate=None):
        self.value, self.page, self.raw, self.rate = value, page, raw, rate

    def told(self):
        return found(values.written(self.value), self.page, self.raw)


class Sums:
    def __init__(self):
        self.net, self.gross, self.plain, self.payable, self.vat = [], [], [], [], []
        self.by_rate = {}


def amounts(text, style):
    """Returns the amounts of a text without days and percentages; those with decimals, where any has."""
    text = values.DAY.sub(" ", values.PERCENT.sub(" ", text))
    read = [(values.amount(told, style), told["digits"]) for told in values.AMOUNT.finditer(text)]
    read = [(value, digits) for value, digits in read if value is not None]
    fine = [value for value, digits in read if re.search(r"[.,]\d\d$", digits)]
    return fine or [value for value, _ in read]


def collect(lines, style) -> Sums:
    sums = Sums()
    for line in lines:
        if labels.CARRY.match(line.text):
            continue
        for at, cell in enumerate(line.cells):
            if not labels.NOT_TOTAL.search(cell.text):
                take(sums, line, at, cell, style)
        by_arithmetic(sums, line, style)
    return sums


def take(sums, line, at, cell, style):
    text = cell.text
    rest = "  ".join([text] + [one.text for one in line.cells[at + 1 :]])
    stated = amounts(rest, style)
    if not stated:
        return
    told = Stated(stated[-1], line.page, rest)
    percent = values.PERCENT.search(rest)
    if labels.GROSS.match(text):
        (sums.payable if labels.TOTAL_DUE.match(text) and sums.gross else sums.gross).append(told)
    elif labels.PAYABLE.match(text):
        sums.payable.append(told)
    elif labels.NET.match(text):
        if percent:
            entry(sums, percent)["net"].append(told)
        else:
            sums.net.append(told)
    elif labels.GROSS_PLAIN.match(re.split(r"\s{2,}|[\d:]", rest)[0].strip(" €$£")):
        whole_row(sums, stated, told, line)
    elif labels.VAT.search(text) and (percent or labels.VAT.match(text) or text.lower().startswith(("zzgl", "plus", "inkl", "incl"))):
        vat(sums, line, rest, stated, percent)


def entry(sums, percent):
    return sums.by_rate.setdefault(values.rate(percent[1]), {"net": [], "vat": []})


def whole_row(sums, stated, told, line):
    """A row of sums: net, VAT and gross side by side, which add up."""
    if len(stated) == 3 and stated[0] + stated[1] == stated[2]:
        for kind, value in zip((sums.net, sums.vat, sums.gross), stated):
            kind.append(Stated(value, line.page, told.raw))
    else:
        sums.plain.append(told)


def vat(sums, line, rest, stated, percent):
    if percent is None:
        sums.vat.append(Stated(stated[-1], line.page, rest))
        return
    rate = Decimal(values.rate(percent[1]))
    word = labels.BASE.search(rest)
    if len(stated) == 1 and word and values.AMOUNT.search(rest, word.end()):
        # Only what the VAT is reckoned on: the VAT itself stands elsewhere.
        entry(sums, percent)["net"].append(Stated(stated[0], line.page, rest))
        return
    entry(sums, percent)["vat"].append(Stated(of_rate(stated, rate), line.page, rest))
    base = [one for one in stated[:3] if near(one * rate / 100, of_rate(stated, rate)) and one != of_rate(stated, rate)]
    if len(stated) > 1 and len(base) == 1:
        entry(sums, percent)["net"].append(Stated(base[0], line.page, rest))


def of_rate(stated, rate):
    """Returns which of several amounts is the VAT: the one that is the rate's part of another; else the last."""
    for one in stated[:4]:
        if any(one != base and near(base * rate / 100, one) for base in stated[:4]):
            return one
    return stated[-1]


def near(one, other) -> bool:
    return abs(one - other) <= CENT


def by_arithmetic(sums, line, style):
    """A row of a VAT summary without words: rate, net, VAT and perhaps gross, which fit each other."""
    percents = values.PERCENT.findall(line.text)
    stated = amounts(line.text, style)
    if len(percents) != 1 or not 2 <= len(stated) <= 3 or any(labels.VAT.search(cell.text) for cell in line.cells):
        return
    rate, (net, part) = Decimal(values.rate(percents[0])), stated[:2]
    if net and rate and near(net * rate / 100, part) and (len(stated) == 2 or stated[2] == net + part):
        known = sums.by_rate.setdefault(values.rate(percents[0]), {"net": [], "vat": []})
        known["net"].append(Stated(net, line.page, line.text))
        known["vat"].append(Stated(part, line.page, line.text))


def agreed(stated, pointer, what, findings):
    """Returns the one amount that all places say."""
    unlike = {one.value: one for one in reversed(stated)}
    if len(unlike) > 1:
        told = ", ".join(f"{values.written(one.value)} (page {one.page})" for one in list(unlike.values())[:5])
        findings.error("ambiguous", pointer, f"{what} may be each of: {told}. None was chosen.")
        return None
    return next(iter(unlike.values()), None)


def totals(lines, style, findings):
    """Returns the sums as the answer has them, and none where there is no word of any."""
    sums = collect(lines, style)
    by_rate = []
    for rate, parts in sorted(sums.by_rate.items(), key=lambda one: -Decimal(one[0])):
        pointer = f"/totals/by_rate/{len(by_rate)}"
        net = agreed(parts["net"], f"{pointer}/net", f"The net amount at {rate} %", findings)
        part = agreed(parts["vat"], f"{pointer}/vat", f"The VAT at {rate} %", findings)
        by_rate.append({"rate": rate, "net": net, "vat": part})
    gross = agreed(sums.gross, "/totals/gross", "The gross total", findings)
    payable = agreed(sums.payable, "/totals/payable", "The amount to pay", findings)
    net = agreed(sums.net, "/totals/net", "The net total", findings)
    vat = agreed(sums.vat, "/totals/vat", "The VAT", findings)
    parts = [one["vat"] for one in by_rate]
    if vat is None and not sums.vat and parts and all(parts):
        raw = " + ".join(values.written(one.value) for one in parts) if len(parts) > 1 else parts[0].raw
        vat = Stated(sum(one.value for one in parts), parts[0].page, raw)
    net, gross = plain(sums, net, vat, gross, payable)
    if len(by_rate) == 1 and by_rate[0]["net"] is None and net and not sums.by_rate[by_rate[0]["rate"]]["net"]:
        by_rate[0]["net"] = net
    told = {"net": net, "vat": vat, "gross": gross, "payable": payable}
    told = {name: one.told() if one else None for name, one in told.items()}
    return {**told, "by_rate": [
        {"rate": one["rate"], "net": one["net"].told() if one["net"] else None, "vat": one["vat"].told() if one["vat"] else None}
        for one in by_rate
    ]}


def plain(sums, net, vat, gross, payable):
    """What is only called a sum is net where VAT comes upon it, and gross where nothing else is."""
    if gross is None and not sums.gross and payable is not None:
        known = {one.value for one in sums.plain}
        if net is None or vat is None or near(net.value + vat.value, payable.value):
            gross = payable
        elif known and near(net.value + vat.value, max(known)):
            gross = next(one for one in sums.plain if one.value == max(known))
    for one in sums.plain:
        if net is None and not sums.net and gross and vat and near(one.value + vat.value, gross.value):
            net = one
        elif gross is None and not sums.gross and (net is None or vat is None or near(net.value + vat.value, one.value)):
            gross = one
    return net, gross

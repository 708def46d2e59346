"""The CRM's API: where it is, what its answers mean, and the codes with which the tools fail."""

import json
import urllib.parse

from hotcell import Failure, credentials, http, progress, settings

MANY = {
    "NOT_AUTHORIZED": "The CRM does not accept the operator's credential for this. Tell the user; do not retry.",
    "NOT_GRANTED": "The operator has not granted the request, or has not said where the CRM is. Tell the user; "
    "`hotcell check-config` says what is missing.",
    "TRANSIENT_RATE_LIMITED": ("Too many requests. Try again after the time that the failure says.", "after-ms"),
    "TRANSIENT_UPSTREAM": (
        "The CRM does not answer, or not rightly. Try again with the same idempotency key.",
        "same-key",
    ),
    "PERMANENT_FAILURE": "The request cannot succeed as it is. The message says why.",
}
NOT_FOUND = "The CRM has no contact of this id."
CONFLICT = (
    "It conflicts with what the CRM has: as a rule another contact has this e-mail address. "
    "Search for that contact and update it instead."
)
ONE = {"NOT_FOUND": NOT_FOUND, **MANY}
CREATE = {"CONFLICT": CONFLICT, **MANY}
UPDATE = {"NOT_FOUND": NOT_FOUND, "CONFLICT": CONFLICT, **MANY}

#: Most records of one answer.
RECORDS_MAX = 500


def wrong() -> Failure:
    return Failure("PERMANENT_FAILURE", "The CRM's answer is not as its API says.")


def told(record, key: str, kind: type, optional: bool = False):
    """Returns a member of a record, where it is of its kind; `bool` is no `int`."""
    value = record.get(key) if isinstance(record, dict) else None
    if (value is None and optional) or type(value) is kind:
        return value
    raise wrong()


def url(path: str) -> str:
    base = (settings.get("base_url") or "").rstrip("/")
    if not base.startswith(("https://", "http://")):
        raise Failure("NOT_GRANTED", "The operator has not set where the CRM is: base_url is missing, or no URL.")
    return base + path


def contact_url(id: str) -> str:
    return url("/v1/contacts/" + urllib.parse.quote(id, safe=""))


def json_of(given: dict) -> dict:
    return {key: value for key, value in given.items() if value is not None}


def send(method: str, to: str, errors: dict, body=None) -> dict:
    """Sends one request and returns the JSON of its answer; `errors` are those of the tool that asks."""
    try:
        answer = http.request(method, to, headers={"accept": "application/json"}, json=body)
    except http.RequestError as error:
        raise refused(error) from None
    if not 200 <= answer.status < 300:
        raise failed(answer, errors)
    try:
        record = answer.json()
    except (ValueError, RecursionError):
        raise wrong() from None
    if not isinstance(record, dict):
        raise wrong()
    return record


def refused(error: Exception) -> Failure:
    denial = credentials.last_denial()
    if denial is None:
        return Failure("TRANSIENT_UPSTREAM", "The CRM does not answer.", retry="same-key")
    code, after_ms = denial
    details = {"code": code}
    if after_ms is not None:
        return Failure("TRANSIENT_RATE_LIMITED", "Too many requests to the CRM.", after_ms=after_ms, details=details)
    return Failure("NOT_GRANTED", f"The host refused the request ({code}).", details=details)


def failed(answer, errors: dict) -> Failure:
    status = answer.status
    details = {"status": status}
    if status == 429:
        wait = answer.headers.get("retry-after", "1")
        after_ms = int(wait) * 1000 if wait.isdigit() and len(wait) < 6 else 1000
        return Failure("TRANSIENT_RATE_LIMITED", "Too many requests to the CRM.", after_ms=after_ms)
    if status in (401, 403):
        return Failure("NOT_AUTHORIZED", "The CRM did not accept the credential.", details=details)
    if status == 404 and "NOT_FOUND" in errors:
        return Failure("NOT_FOUND", "The CRM has no such contact.", details=details)
    if status == 409 and "CONFLICT" in errors:
        return Failure("CONFLICT", "The change conflicts with what the CRM has.", details=details)
    message = f"The CRM answered with status {status}."
    if status >= 500:
        return Failure("TRANSIENT_UPSTREAM", message, retry="same-key", details=details)
    return Failure("PERMANENT_FAILURE", message, details=details)


def pages(to: str, asked: dict, key: str, page: int, pages_max: int):
    """Reads pages, and returns the records, where to go on, and the last answer."""
    records, answer = [], {}
    for read in range(1, pages_max + 1):
        answer = send("GET", f"{to}?{urllib.parse.urlencode({**asked, 'page': page}, quote_via=urllib.parse.quote)}", MANY)
        records += told(answer, key, list)
        progress.report(read, None, "pages read")
        following = told(answer, "next_page", int, optional=True)
        if following is None:
            return records, None, answer
        if following <= page:
            raise Failure("PERMANENT_FAILURE", "The CRM's next page is not a later one.")
        page = following
        if len(records) >= RECORDS_MAX:
            break
    return records, page, answer

"""The codes with which the tools fail."""

from hotcell import Failure

FILE_NOT_FOUND = "There is no such file at /in. Pass the file with the call, and name it exactly."
PDF_UNREADABLE = "The file is no PDF, or is broken. Ask for it again, or have it printed to a new PDF."
PDF_ENCRYPTED = "The PDF is encrypted. Ask for one without a password or restrictions; never for the password."
TOO_LARGE = "The PDF has more bytes, pages, drawing or packed data than one call reads. The message says which."
NO_TEXT = (
    "The PDF holds no text that can be read: a scan, or fonts that do not say their characters. "
    "It needs text recognition (OCR), which this skill does not do."
)
NOT_AN_INVOICE = "The text shows neither an invoice number nor a total nor positions. Read it with extract_text."
NO_EMBEDDED_INVOICE = "No XML invoice (ZUGFeRD, Factur-X) is attached, or it cannot be read. Use source text."
PAGE_NOT_FOUND = "The document has fewer pages than first_page. inspect_pdf says how many."

READING = {
    "FILE_NOT_FOUND": FILE_NOT_FOUND,
    "PDF_UNREADABLE": PDF_UNREADABLE,
    "PDF_ENCRYPTED": PDF_ENCRYPTED,
    "TOO_LARGE": TOO_LARGE,
}
TEXT = {"NO_TEXT": NO_TEXT, "PAGE_NOT_FOUND": PAGE_NOT_FOUND, **READING}
INVOICE = {
    "NO_TEXT": NO_TEXT,
    "NOT_AN_INVOICE": NOT_AN_INVOICE,
    "NO_EMBEDDED_INVOICE": NO_EMBEDDED_INVOICE,
    **READING,
}


def too_large(message: str) -> Failure:
    return Failure("TOO_LARGE", message)

"""Opens a PDF of /in under bounds, and turns whatever goes wrong in foreign bytes into a typed failure."""

import logging
import os
from contextlib import contextmanager
from io import BytesIO

# pypdf imports these only when it needs them, and a component has no later.
import encodings.charmap  # noqa: F401
import encodings.cp1252  # noqa: F401
import encodings.latin_1  # noqa: F401
import encodings.utf_16  # noqa: F401
import encodings.utf_16_be  # noqa: F401
import encodings.utf_16_le  # noqa: F401
import pypdf
import pypdf._codecs.core_font_metrics  # noqa: F401
import pypdf._crypt_providers._fallback  # noqa: F401
import pypdf.filters  # noqa: F401
import pypdf.xmp  # noqa: F401
from pypdf.errors import DependencyError, FileNotDecryptedError, LimitReachedError

import limits
from errors import PDF_ENCRYPTED, too_large
from hotcell import Failure

# pypdf tells each oddity of a file; a hostile one would fill the log with them.
logging.getLogger("pypdf").setLevel(logging.CRITICAL + 1)

BOUNDS = {
    "maximum_declared_stream_length": limits.FILE_BYTES,
    "array_based_stream_maximum_output_length": limits.STREAM_BYTES,
    "lzw_maximum_output_length": limits.STREAM_BYTES,
    "run_length_maximum_output_length": limits.STREAM_BYTES,
    "zlib_maximum_output_length": limits.STREAM_BYTES,
    "zlib_maximum_recovery_input_length": 100_000,
    "array_maximum_element_count": 50_000,
    "dictionary_maximum_element_count": 20_000,
    "stream_filters_maximum_length": 4,
    "stream_decoding_work_maximum_length": 4 * limits.STREAM_BYTES,
    "page_tree_maximum_entries": 10 * limits.PAGES,
    "page_tree_maximum_depth": 20,
    "page_tree_maximum_page_entries": 20_000,
    "jbig2dec_binary": None,
    "disable_legacy_handling": True,
}


@contextmanager
def foreign():
    """Whatever a foreign file makes pypdf raise ends the call with a declared code."""
    try:
        with pypdf.apply_configuration(**BOUNDS):
            yield
    except Failure:
        raise
    except LimitReachedError:
        raise too_large("The PDF unpacks to more than one call reads.") from None
    except (FileNotDecryptedError, DependencyError):
        raise Failure("PDF_ENCRYPTED", PDF_ENCRYPTED) from None
    except RecursionError:
        raise too_large("The PDF's objects are nested too deeply.") from None
    except MemoryError:
        raise too_large("The PDF needs more memory than one call has.") from None
    except Exception as error:  # pypdf: "broken PDF files might cause other Exceptions"
        message = f"The file cannot be read as a PDF ({type(error).__name__})."
        raise Failure("PDF_UNREADABLE", message) from None


def read_bytes(name: str) -> bytes:
    """Returns a file of /in, of bounded size."""
    if name in (".", "..") or "/" in name:
        raise Failure("FILE_NOT_FOUND", "A file's name has no folder in it.")
    try:
        with open(os.path.join("/in", name), "rb") as file:
            data = file.read(limits.FILE_BYTES + 1)
    except OSError:
        raise Failure("FILE_NOT_FOUND", f"There is no file {name} at /in.") from None
    if len(data) > limits.FILE_BYTES:
        raise too_large(f"The file has more than {limits.FILE_BYTES >> 20} MiB.")
    return data


def opened(data: bytes) -> pypdf.PdfReader:
    """Returns the document. Call it, and read on, inside of `foreign`."""
    if b"%PDF-" not in data[:1024]:
        raise Failure("PDF_UNREADABLE", "The file does not begin as a PDF does.")
    reader = pypdf.PdfReader(BytesIO(data), root_object_recovery_limit=2_000, xref_stream_maximum_entries=200_000)
    if reader.is_encrypted:
        # Restrictions without a password are opened by the empty one.
        if not reader.decrypt(""):
            raise Failure("PDF_ENCRYPTED", "The PDF is encrypted with a password.")
    if len(reader.pages) == 0:
        raise Failure("PDF_UNREADABLE", "The PDF has no page.")
    return reader


def checked_pages(reader: pypdf.PdfReader, most: int) -> int:
    """Returns how many pages there are, where they are not too many."""
    count = len(reader.pages)
    if count > most:
        raise too_large(f"The document has {count} pages; at most {most} are read.")
    return count

{{#http}}
import json
import urllib.error
import urllib.request
{{/http}}
from typing import TypedDict

from hotcell import {{#http}}Failure, {{/http}}tool


class Greeting(TypedDict):
    text: str
    "The words to say."


class Count(TypedDict):
    words: int
    letters: int


@tool
def greet(name: str) -> Greeting:
    """Greets one person by name.

    Args:
        name: The name as it is to be spoken.
    """
    return {"text": f"Hello, {name}!"}


@tool
def count_words(text: str) -> Count:
    """Counts the words and letters of a text.

    Args:
        text: The text whose words are counted.
    """
    words = text.split()
    return {"words": len(words), "letters": sum(len(word) for word in words)}
{{#http}}


class Status(TypedDict):
    status: str


@tool(errors={"TRANSIENT_UPSTREAM": ("The server does not answer rightly. Try again.", "same-key")})
def get_status() -> Status:
    """Asks the server how it is."""
    try:
        with urllib.request.urlopen("{{origin}}/status") as answer:
            return {"status": json.load(answer)["status"]}
    except (urllib.error.URLError, ValueError, KeyError) as error:
        message = f"The server does not answer rightly: {error}."
        raise Failure("TRANSIENT_UPSTREAM", message, retry="same-key") from None
{{/http}}

"""A small tree of foreign XML: no document type, no entities, bounded depth and size."""

import pyexpat

import limits


class XmlRefused(Exception):
    pass


class Node:
    __slots__ = ("name", "attributes", "text", "children")

    def __init__(self, name, attributes):
        self.name, self.attributes, self.text, self.children = name, attributes, "", []

    def all(self, path):
        """Returns the nodes at a path of local names, such as `Line/Price`."""
        nodes = [self]
        for name in path.split("/"):
            nodes = [child for node in nodes for child in node.children if child.name == name]
        return nodes

    def one(self, path):
        return next(iter(self.all(path)), None)

    def value(self, path):
        node = self.one(path)
        return " ".join(node.text.split()) or None if node is not None else None


def parse(data: bytes) -> Node:
    """Returns the root. Raises `XmlRefused` for what is no XML, or more than an invoice needs."""
    if len(data) > limits.STREAM_BYTES:
        raise XmlRefused("it is too large")
    parser = pyexpat.ParserCreate(namespace_separator=" ")
    root, stack, count = Node("", {}), [], [0]
    stack.append(root)

    def start(name, attributes):
        count[0] += 1
        if count[0] > limits.XML_ELEMENTS or len(stack) > limits.XML_DEPTH:
            raise XmlRefused("it has more elements than an invoice")
        node = Node(name.rpartition(" ")[2], attributes)
        stack[-1].children.append(node)
        stack.append(node)

    def end(_):
        stack.pop()

    def text(data):
        if len(stack[-1].text) < 4_000:
            stack[-1].text += data[:4_000]

    def doctype(*_):
        raise XmlRefused("it has a document type, which an invoice never has")

    parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = start, end, text
    parser.StartDoctypeDeclHandler = parser.EntityDeclHandler = doctype
    try:
        parser.Parse(data, True)
    except pyexpat.ExpatError:
        raise XmlRefused("it is no XML") from None
    except (ValueError, LookupError):  # An encoding that is not known.
        raise XmlRefused("its encoding is not known") from None
    return root.children[0] if root.children else root

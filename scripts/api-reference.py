#!/usr/bin/env python3
"""Writes the reference of the gRPC API, docs/api.md, from the contracts: their comments are its text.

    buf build protos -o -#format=json | scripts/api-reference.py > docs/api.md
"""

import json
import sys
import textwrap

SERVICE, MESSAGE, ENUM = 6, 4, 5  # fields of FileDescriptorProto, which places of comments are counted by
METHOD, FIELD, VALUE = 2, 2, 2  # fields of their descriptors


def comments(file):
    """The comment of every element, by its place in the file."""
    return {tuple(place.get("path", [])): " ".join(place.get("leadingComments", "").split())
            for place in file["sourceCodeInfo"]["location"]}


def link(name):
    """A type's name as a link to its heading."""
    short = name.lstrip(".")
    own = short.split(".")[-1]
    return f"[`{own}`](#{own.lower()})" if short.startswith("vampnet.") else f"`{short}`"


def kind(field):
    name = link(field["typeName"]) if "typeName" in field else f"`{field['type'].removeprefix('TYPE_').lower()}`"
    if field.get("label") == "LABEL_REPEATED":
        return f"list of {name}"
    if field.get("proto3Optional"):
        return f"optional {name}"
    return f"one of: {name}" if "oneofIndex" in field else name


def write(text=""):
    """Wraps paragraphs and lists; tables have a line a row."""
    print("\n".join(line if line.startswith(("|", "#", " ")) else textwrap.fill(
        line, 140, subsequent_indent="  " if line.startswith("- ") else "", break_long_words=False, break_on_hyphens=False)
        for line in text.split("\n")))


def write_service(file, index, said):
    service = file["service"][index]
    write(f"### {service['name']}\n\n{said[(SERVICE, index)]}\n")
    write("| method | takes | returns | |\n|---|---|---|---|")
    for i, method in enumerate(service["method"]):
        takes = ("stream of " if method.get("clientStreaming") else "") + link(method["inputType"])
        returns = ("stream of " if method.get("serverStreaming") else "") + link(method["outputType"])
        write(f"| `{method['name']}` | {takes} | {returns} | {said[(SERVICE, index, METHOD, i)]} |")
    write()


def write_message(message, place, said):
    write(f"### {message['name']}\n\n{said[place]}\n")
    if fields := message.get("field"):
        write("| field | | |\n|---|---|---|")
        for i, field in enumerate(fields):
            write(f"| `{field['name']}` | {kind(field)} | {said[place + (FIELD, i)]} |")
        write()


def write_enum(enum, place, said):
    write(f"### {enum['name']}\n\n{said[place]}\n")
    for i, value in enumerate(enum["value"]):
        write(f"- `{value['name']}`: {said[place + (VALUE, i)]}")
    write()


def main():
    files = [file for file in json.load(sys.stdin)["file"] if file.get("package", "").startswith("vampnet.")]
    files.sort(key=lambda file: (file["package"] != "vampnet.vamp.v1", file["name"]))
    write("# The gRPC API\n")
    write("Made from the contracts in [`protos/`](../protos/README.md) by `scripts/api-reference.py`; `make contracts-check` sees that "
          "it is up to date. What holds for all methods, errors and limits among it, is [there](../protos/README.md), too. A gateway answers "
          "all of these at its one port, and says by reflection what it serves.\n")
    for file in files:
        said = comments(file)
        write(f"## {file['package']}\n")
        for i, _ in enumerate(file.get("service", [])):
            write_service(file, i, said)
        for i, message in enumerate(file.get("messageType", [])):
            write_message(message, (MESSAGE, i), said)
        for i, enum in enumerate(file.get("enumType", [])):
            write_enum(enum, (ENUM, i), said)


if __name__ == "__main__":
    main()

"""The wire's bodies as JSON Schema.

It exists so that whoever describes the wire to others, in TypeScript or in AsyncAPI, reads the one registry in
`realtime/events.py` and types nothing by hand. It does not know what is made of the schema.
"""

import types
import typing
from typing import Any, Literal, get_args, get_origin, is_typeddict

import typing_extensions
from pydantic import ConfigDict, TypeAdapter

from realtime.bodies import Meta, Refusal
from realtime.events import COMMANDS, EVENTS

Schema = dict[str, Any]

REFERENCE = "#/definitions/{model}"


def wire_schema() -> Schema:
    """One schema whose `definitions` are every body, argument and answer of the wire, by its name.

    Source: pydantic before Python 3.12 takes TypedDicts of typing_extensions only, so ours are built again as such.
    """
    told = [body for kind in EVENTS.values() for body in kind.body]
    asked = [of for kind in COMMANDS.values() for of in (kind.argument, kind.ack)]
    named = dict.fromkeys(body for body in (*told, *asked, Refusal, Meta) if is_typeddict(body))
    known: dict[object, Any] = {}
    sent: Literal["serialization"] = "serialization"
    adapters = [(body, sent, TypeAdapter(rebuilt(body, known))) for body in named]
    _, schema = TypeAdapter.json_schemas(adapters, ref_template=REFERENCE)
    definitions = schema.pop("$defs")
    return {"definitions": {name: plain(definitions[name]) for name in sorted(definitions)}}


def rebuilt(annotation: Any, known: dict[object, Any]) -> Any:
    """The same annotation, with every TypedDict in it made one of typing_extensions; `known` holds those made."""
    if is_typeddict(annotation):
        if annotation not in known:
            known[annotation] = made_anew(annotation, known)
        return known[annotation]
    origin, inner = get_origin(annotation), get_args(annotation)
    if origin is None or origin is Literal:
        return annotation
    arguments = tuple(rebuilt(of, known) for of in inner)
    if origin is types.UnionType:
        return typing.Union[arguments]  # noqa: UP007  # the union of a tuple has no other spelling
    return origin[arguments if len(arguments) > 1 else arguments[0]]


def made_anew(annotation: Any, known: dict[object, Any]) -> Any:
    fields = {name: rebuilt(of, known) for name, of in annotation.__annotations__.items()}
    build: Any = typing_extensions.TypedDict  # the checkers know only the spelling with a literal name
    made = build(annotation.__name__, fields)
    made.__doc__ = annotation.__doc__
    made.__pydantic_config__ = ConfigDict(extra="forbid")
    return made


def plain(definition: Schema) -> Schema:
    """A definition without the titles pydantic gives to fields: a reader of schemas takes each for a type."""
    fields: Schema = definition.get("properties", {})
    without = {name: {key: of for key, of in field.items() if key != "title"} for name, field in fields.items()}
    return {**definition, "properties": without}

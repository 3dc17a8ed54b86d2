"""Reads the body of a request into a value of a known shape.

It exists so that no route takes a field it does not know: what a body may say is said by its model, and the rest is
refused. It does not know what the fields mean.
"""

from typing import TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError
from starlette.requests import Request

from server.errors import BadRequest, UnsupportedMedia, bad_input


class Body(BaseModel):
    """What a client may send. Unknown fields are refused, so that nothing can be set by guessing its name."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


Model = TypeVar("Model", bound=BaseModel)


async def read(request: Request, model: type[Model]) -> Model:
    """The body as this model. Errors: UnsupportedMedia, BadRequest when it is no JSON, BadInput with the fields."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/json":
        raise UnsupportedMedia(f"Expected a body of application/json, but {kind or 'none'} came.")
    try:
        return model.model_validate_json(await request.body())
    except ValidationError as wrong:
        if wrong.errors()[0]["type"] == "json_invalid":
            raise BadRequest("Expected a body of JSON.") from None
        raise bad_input(wrong) from None

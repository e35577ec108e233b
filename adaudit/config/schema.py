"""The target list as JSON Schema, for editors that check and complete YAML."""

import ast
from inspect import cleandoc, getsource
from itertools import pairwise

from pydantic.json_schema import GenerateJsonSchema, JsonSchemaMode, JsonSchemaValue
from pydantic_core import CoreSchema, core_schema

from adaudit.config.models import AuditConfig


def schema() -> JsonSchemaValue:
    """
    Describe the target list in JSON Schema 2020-12, generated from the models.

    Numbers and booleans are typed as an editor's YAML parser reads them; what depends on several
    keys or on the file system is mostly left to `load`.
    """
    return AuditConfig.model_json_schema(schema_generator=_Generator)


class _Generator(GenerateJsonSchema):
    def generate(self, schema: CoreSchema, mode: JsonSchemaMode = "validation") -> JsonSchemaValue:
        return {"$schema": self.schema_dialect, **super().generate(schema, mode)}

    def model_schema(self, schema: core_schema.ModelSchema) -> JsonSchemaValue:
        """Describe each key by the doc string under its field."""
        json = super().model_schema(schema)
        for key, text in _doc_strings(schema["cls"]).items():
            json["properties"][key]["description"] = text
        return json

    def str_schema(self, schema: core_schema.StringSchema) -> JsonSchemaValue:
        """Take numbers for text too: unquoted `2003` is a fine name, and no text to an editor."""
        return {**super().str_schema(schema), "type": ["string", "number"]}

    def nullable_schema(self, schema: core_schema.NullableSchema) -> JsonSchemaValue:
        """Leave null out: a key without a value is a fault."""
        return self.generate_inner(schema["schema"])

    def default_schema(self, schema: core_schema.WithDefaultSchema) -> JsonSchemaValue:
        """Show plain defaults only: those of mappings stand at their keys; null and [] are none."""
        json = super().default_schema(schema)
        if isinstance(json.get("default"), dict | list | None):
            json.pop("default", None)
        return json

    def field_title_should_be_set(self, schema: object) -> bool:  # noqa: ARG002 - pydantic's hook
        """Show no titles, which only repeat the keys."""
        return False


def _doc_strings(model: type) -> dict[str, str]:
    """
    Read the doc strings under the fields of a class from its source.

    pydantic's `use_attribute_docstrings` does so too, but at every import, in 50 ms.
    """
    (definition,) = ast.parse(getsource(model)).body
    body = definition.body if isinstance(definition, ast.ClassDef) else []
    found = {}
    for above, below in pairwise(body):
        match above, below:
            case (
                ast.AnnAssign(target=ast.Name(id=name)),
                ast.Expr(value=ast.Constant(value=str(text))),
            ):
                found[name] = " ".join(cleandoc(text).split())
    return found

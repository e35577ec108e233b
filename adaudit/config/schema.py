"""The target list as JSON Schema, for editors that check and complete YAML."""

from pydantic.json_schema import GenerateJsonSchema, JsonSchemaMode, JsonSchemaValue
from pydantic_core import CoreSchema, core_schema

from adaudit.config.models import AuditConfig


def schema() -> JsonSchemaValue:
    """
    Describe the target list in JSON Schema 2020-12, generated from the models.

    Numbers and booleans are typed as an editor's YAML parser reads them; what depends on several
    keys or on the file system is left to `load`.
    """
    return AuditConfig.model_json_schema(schema_generator=_Generator)


class _Generator(GenerateJsonSchema):
    def generate(self, schema: CoreSchema, mode: JsonSchemaMode = "validation") -> JsonSchemaValue:
        return {"$schema": self.schema_dialect, **super().generate(schema, mode)}

    def str_schema(self, schema: core_schema.StringSchema) -> JsonSchemaValue:
        """Take numbers for text too: unquoted `2003` is a fine name, and no text to an editor."""
        return {**super().str_schema(schema), "type": ["string", "number"]}

    def nullable_schema(self, schema: core_schema.NullableSchema) -> JsonSchemaValue:
        """Leave null out: a key without a value is a fault."""
        return self.generate_inner(schema["schema"])

    def default_schema(self, schema: core_schema.WithDefaultSchema) -> JsonSchemaValue:
        """Show plain defaults only: those of mappings stand at their keys, and null is none."""
        json = super().default_schema(schema)
        if isinstance(json.get("default"), dict | None):
            json.pop("default", None)
        return json

    def field_title_should_be_set(self, schema: object) -> bool:  # noqa: ARG002 - pydantic's hook
        """Show no titles, which only repeat the keys."""
        return False

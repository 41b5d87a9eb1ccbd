"""`.sessions/project.yml` to settings."""

from gitsession.errors import FormatError
from gitsession.formats.yamltext import Fields, parse_yaml
from gitsession.model.settings import DEFAULT_BUDGET, Settings

SETTINGS_PATH = ".sessions/project.yml"
_KNOWN = (
    "schema",
    "name",
    "goal",
    "constraints",
    "commands",
    "default_branch",
    "sessions",
    "master",
    "budget",
    "model",
)
SCHEMA = 1


def parse_settings(data: bytes, path: str = SETTINGS_PATH) -> Settings:
    """Settings from the file's bytes. Raises FormatError with the line."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as e:
        raise FormatError(path, data.count(b"\n", 0, e.start) + 1, "not UTF-8") from None
    fields = Fields(parse_yaml(text, path), path)
    schema = fields.integer("schema", SCHEMA)
    if schema > SCHEMA:
        newer = f"schema {schema} is newer than this gitsession reads ({SCHEMA})"
        raise FormatError(path, fields.data["schema"].line, newer, "upgrade gitsession")
    budget = fields.integer("budget", DEFAULT_BUDGET)
    if budget < 1:
        raise fields.fail("budget", "must be at least 1 token")
    return Settings(
        name=fields.text("name"),
        goal=fields.text("goal"),
        constraints=fields.texts("constraints"),
        commands=fields.mapping("commands"),
        default_branch=fields.text("default_branch"),
        sessions=fields.choice("sessions", ("auto", "manual"), "auto"),
        master=fields.choice("master", ("commit", "ci"), "commit"),
        budget=budget,
        unknown=tuple(key for key in fields.data if key not in _KNOWN),
    )

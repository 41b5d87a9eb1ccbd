"""`.sessions/project.yml` to settings."""

from gitsession.formats.yamltext import Fields, parse_fields
from gitsession.model.settings import DEFAULT_BUDGET, ModelSettings, Settings

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
ALLOWED = ("ask", "never", "always")


def parse_settings(data: bytes, path: str = SETTINGS_PATH) -> Settings:
    """Settings from the file's bytes. Raises FormatError with the line."""
    fields = parse_fields(data, path, SCHEMA)
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
        model=_model(fields),
        unknown=tuple(key for key in fields.data if key not in _KNOWN),
    )


def _model(fields: Fields) -> ModelSettings:
    told = dict(fields.mapping("model"))
    allowed = told.get("allowed", "ask") or "ask"
    if allowed not in ALLOWED:  # what cannot be read must not pass for leave
        raise fields.fail("model", f"allowed must be one of {', '.join(ALLOWED)}, not {allowed[:40]!r}")
    return ModelSettings(told.get("id", ""), told.get("endpoint", ""), allowed)

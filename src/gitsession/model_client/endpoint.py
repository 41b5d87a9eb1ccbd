"""Which model is asked, and where: flag before environment before project.yml. The token is looked up when it is needed, and kept nowhere."""

import ipaddress
import os
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from gitsession.errors import ModelError
from gitsession.model.settings import ModelSettings

DEFAULT_MODEL = "meta-llama/Llama-3.1-8B-Instruct"
HUB = "huggingface.co"
#: For an endpoint that is not Hugging Face's; their token goes to them alone.
TOKEN_VARIABLE = "GITSESSION_MODEL_TOKEN"  # noqa: S105  (a name)
_THEIRS = (HUB, "hf.co", "hf.space", "endpoints.huggingface.cloud")


class Endpoint(NamedTuple):
    """A model and where it answers: an OpenAI-compatible URL, empty for the Hub's providers."""

    model: str
    url: str = ""

    @property
    def host(self) -> str:
        """Where words go, as people are told it: no path, query or password of the URL."""
        if not self.url:
            return f"{HUB} (its providers)"
        parts = urlsplit(self.url)
        return (parts.hostname or "") + (f":{parts.port}" if parts.port else "")

    @property
    def local(self) -> bool:
        """Whether it is on this machine, so that nothing leaves it."""
        return bool(self.url) and is_local(self.url)

    @property
    def told(self) -> str:
        """Where words go and for which model, as people are asked whether they may."""
        plain = "unencrypted " if self.url.startswith("http:") else ""
        return f"{plain}to {self.host} for {self.model}"


def choose_endpoint(settings: ModelSettings, model: str = "", url: str = "") -> Endpoint:
    """What a flag says, else the environment, else the project, else the default. Raises ModelError for what is no URL."""
    url = url or os.environ.get("GITSESSION_MODEL_ENDPOINT", "") or settings.endpoint
    model = model or os.environ.get("GITSESSION_MODEL", "") or settings.id
    if url:
        _check(url)
    return Endpoint(model or DEFAULT_MODEL, url)


def _check(url: str) -> None:
    try:
        parts = urlsplit(url)
        good = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        good = False
    if not good:
        raise ModelError("the endpoint is no http:// or https:// URL", "such as http://localhost:11434/v1")


def is_local(url: str) -> bool:
    """Whether a URL names this machine by what can be nothing else: localhost or a loopback address."""
    host = (urlsplit(url).hostname or "").rstrip(".")
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def find_token(endpoint: Endpoint) -> str:
    """The token for an endpoint, empty where it gets none. Raises ModelError where it cannot do without."""
    own = os.environ.get(TOKEN_VARIABLE, "").strip()
    if endpoint.url and (own or not _is_theirs(endpoint.url)):
        return own
    token = os.environ.get("HF_TOKEN", "").strip()
    if not token:
        try:
            token = library().get_token() or ""
        except ModelError:
            raise
        except Exception as e:  # noqa: BLE001  (it may read files, and ask a server for another)
            raise ModelError(f"the login of huggingface_hub failed: {type(e).__name__}", "set HF_TOKEN") from None
    if token and not endpoint.url and not token.startswith("hf_"):
        raise ModelError("the token is none of Hugging Face's: those begin with hf_", "set HF_TOKEN")
    if not token and not endpoint.url:
        raise ModelError(
            "no token for Hugging Face", "set HF_TOKEN, or run `hf auth login`; or name an --endpoint of your own"
        )
    return token


def given_token(endpoint: Endpoint, token: str) -> str:
    """Of a token that came with a request, what the endpoint gets; none of this machine's own stands in for it.

    Hugging Face's goes to them alone, as from the environment. Raises ModelError where the endpoint cannot do without.
    """
    hub = token.startswith("hf_")
    if not endpoint.url and not hub:
        what = "the token is none of Hugging Face's: those begin with hf_" if token else "no token for Hugging Face"
        raise ModelError(what, "give one with the request")
    return "" if hub and endpoint.url and not _is_theirs(endpoint.url) else token


def library() -> Any:
    """The module huggingface_hub. Raises ModelError where it is not installed."""
    # Else it asks huggingface.co for a list of agents, even for an endpoint on this machine, and tells servers which one runs here.
    os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
    try:
        import huggingface_hub
    except ImportError:
        raise ModelError("huggingface_hub is not installed", "pip install 'gitsession[ai]'") from None
    return huggingface_hub


def _is_theirs(url: str) -> bool:
    parts = urlsplit(url)
    host = (parts.hostname or "").rstrip(".")
    return parts.scheme == "https" and any(host == theirs or host.endswith("." + theirs) for theirs in _THEIRS)

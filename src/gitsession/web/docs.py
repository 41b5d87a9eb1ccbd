"""`/api/docs`: the API described for people, by Swagger UI as it is shipped with us."""

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse

_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>REST API · gitsession</title>
<link rel="icon" type="image/svg+xml" href="../static/mark.svg">
<link rel="stylesheet" href="../static/vendor/swagger-ui.css">
<script defer src="../static/vendor/swagger-ui-bundle.js"></script>
<script defer src="../static/docs.js"></script>
</head>
<body>
<main id="docs"><noscript>This page needs JavaScript; <a href="v1/openapi.json">openapi.json</a> says the same.</noscript></main>
</body>
</html>
"""


def mount_docs(app: Starlette) -> None:
    """Put the page into an application, beside its API."""

    async def docs(request: Request) -> HTMLResponse:
        del request
        return HTMLResponse(_PAGE, headers={"Cache-Control": "no-cache"})

    app.add_route("/api/docs", docs, methods=["GET"])

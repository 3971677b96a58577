"""Asking a site, as anyone would, whether all of it is at work."""

import httpx


def what_is_missing(url: str) -> dict[str, str]:
    """The parts that `/healthz/ready` finds down, each with its reason; empty when all is well."""
    try:
        answer = httpx.get(f"{url}healthz/ready", timeout=5, trust_env=False)
        parts = answer.json()
    except httpx.HTTPError as error:
        return {"web": str(error) or type(error).__name__}
    except ValueError:
        return {"web": f"answers {answer.status_code}"}
    return {part: line["detail"] for part, line in parts.items() if not line["ok"]}

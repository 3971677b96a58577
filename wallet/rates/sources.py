"""Asking an exchange for its prices: bounded in time, in tries and in size."""

import ssl
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

import httpx
from django.conf import settings
from tenacity import Retrying, retry_if_exception, stop_after_attempt, wait_random

from wallet.rates.ticker import AnswerRefused, Sample, market, read_ticker

Clock = Callable[[], datetime]

ATTEMPTS = 2
# One attempt takes no longer, however slowly the bytes come.
ATTEMPT_SECONDS = 4.0
MAX_ANSWER_BYTES = 256 * 1024
PASSING = {"timeout", "unreachable", "http_500", "http_502", "http_503", "http_504"}


@dataclass(frozen=True, slots=True)
class Source:
    """An exchange with a ticker in Upbit's format. `url` is what comes before `/v1/ticker`."""

    name: str
    url: str


def sources() -> list[Source]:
    """The exchanges of the settings; one without an address is not asked.

    Two at one address are one source, however often it is asked.
    """
    known = (Source("upbit", settings.UPBIT_URL), Source("bithumb", settings.BITHUMB_URL))
    by_url = {source.url.rstrip("/"): source for source in reversed(known) if source.url}
    return list(by_url.values())[::-1]


def ask_all(
    assets: Sequence[str], max_age: timedelta, clock: Clock
) -> dict[str, dict[str, Sample]]:
    """What every source says about every asset: `answers[source][asset]`. Asks them at once.

    `clock` is read when an answer is there, and says how old it is.
    """
    asked = sources()
    if not asked:
        return {}
    with ThreadPoolExecutor(len(asked)) as pool:
        answers = pool.map(lambda source: ask(source, assets, max_age, clock), asked)
        return {source.name: answer for source, answer in zip(asked, answers, strict=True)}


def ask(
    source: Source, assets: Sequence[str], max_age: timedelta, clock: Clock
) -> dict[str, Sample]:
    """A sample of each asset; never raises for what the source does."""
    with httpx.Client(timeout=ATTEMPT_SECONDS, trust_env=False, verify=_certificates()) as client:
        try:
            return _samples(client, source, assets, max_age, clock)
        except AnswerRefused as refusal:
            if refusal.code != "http_404" or len(assets) == 1:
                return _refused(assets, refusal)
        # One market that an exchange does not know spoils the answer for all: ask for each alone.
        samples: dict[str, Sample] = {}
        for asset in assets:
            try:
                samples |= _samples(client, source, [asset], max_age, clock)
            except AnswerRefused as refusal:
                samples |= _refused([asset], refusal)
        return samples


@cache
def _certificates() -> ssl.SSLContext:
    """Reading these takes longer than asking."""
    return httpx.create_ssl_context(trust_env=False)


def _samples(
    client: httpx.Client,
    source: Source,
    assets: Sequence[str],
    max_age: timedelta,
    clock: Clock,
) -> dict[str, Sample]:
    body = _retrying(_get, client, source, assets)
    return read_ticker(body, assets=assets, now=clock(), max_age=max_age)


def _refused(assets: Sequence[str], refusal: AnswerRefused) -> dict[str, Sample]:
    code = "market_missing" if refusal.code == "http_404" else refusal.code
    return {asset: Sample(refusal=code, detail=refusal.detail[:200]) for asset in assets}


def _get(client: httpx.Client, source: Source, assets: Sequence[str]) -> bytes:
    """The body of one answer. Raises AnswerRefused."""
    url = f"{source.url.rstrip('/')}/v1/ticker"
    query = {"markets": ",".join(market(asset) for asset in assets)}
    deadline = time.monotonic() + ATTEMPT_SECONDS
    try:
        with client.stream("GET", url, params=query) as response:
            if response.status_code != httpx.codes.OK:
                raise AnswerRefused(f"http_{response.status_code}")
            return _read(response, deadline)
    except httpx.TimeoutException as error:
        raise AnswerRefused("timeout", type(error).__name__) from None
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise AnswerRefused("unreachable", type(error).__name__) from None


def _read(response: httpx.Response, deadline: float) -> bytes:
    body = bytearray()
    for chunk in response.iter_bytes():
        body += chunk
        if len(body) > MAX_ANSWER_BYTES:
            raise AnswerRefused("answer_too_large", f"more than {MAX_ANSWER_BYTES} bytes")
        if time.monotonic() > deadline:
            raise AnswerRefused("timeout", "the answer never ends")
    return bytes(body)


def _passes(error: BaseException) -> bool:
    return isinstance(error, AnswerRefused) and error.code in PASSING


_retrying = Retrying(
    retry=retry_if_exception(_passes),
    stop=stop_after_attempt(ATTEMPTS),
    wait=wait_random(0.05, 0.2),
    reraise=True,
)

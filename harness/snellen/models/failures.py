"""Why there is no response: what openai's client raises, as a ModelError that says who was asked and what to do."""

from __future__ import annotations

import ssl
import traceback
from collections.abc import Iterator
from datetime import datetime
from http import HTTPStatus
from urllib.parse import urlsplit

import httpx2
import openai

from snellen._clock import iso_now
from snellen._text import printable, shorten
from snellen.errors import ModelError
from snellen.models.redact import Redactor
from snellen.models.retry import UnheardError, retry_after
from snellen.models.spec import ModelSpec
from snellen.models.table import table_name
from snellen.models.verdicts import said_of, verdict_of
from snellen.models.wire import MAX_REPLY_BYTES, BrokenOffError, GarbledError, TooLargeError

__all__ = ["failure_of"]

_SAID_WIDTH = 300
_KEPT_OF_BODY = 2_000
_MAYBE_BILLED = "The server may have charged for it."
_HALF_SENT = (httpx2.WriteError, httpx2.WriteTimeout)
_CUT = (httpx2.ReadError, httpx2.WriteError, httpx2.RemoteProtocolError)
_NEVER_SENT = (httpx2.LocalProtocolError, httpx2.UnsupportedProtocol)
_NOT_CONNECTED = (httpx2.ConnectTimeout, httpx2.PoolTimeout)
_TIMED_OUT = (TimeoutError, httpx2.TimeoutException, openai.APITimeoutError)


def failure_of(
    error: BaseException, *, spec: ModelSpec, redactor: Redactor, deadline_s: float | None = None
) -> ModelError:
    """What asking `spec` raised, as a ModelError.

    Args:
        error: Of openai's client, of `wire`, TimeoutError when the attempt's own deadline passed, or whatever a model
            that runs in this process failed with.
        spec: Who was asked.
        redactor: Applied to all that came from outside, before any of it is shortened.
        deadline_s: What the attempt was given, None for the model's own `timeout_s`.
    """
    account = _Account(spec, redactor, deadline_s=spec.timeout_s if deadline_s is None else deadline_s)
    match error:
        case openai.APIStatusError():
            return account.of_status(error)
        case TooLargeError():
            return account.of_too_large(error)
        case GarbledError():
            return account.of_garbled(error)
        case BrokenOffError():
            return account.of_broken_reply(error)
        case TimeoutError() | openai.OpenAIError():
            return account.of_no_reply(error)
        case _:
            return account.of_crash(error)


class _Account:
    """Tells what happened when one model was asked."""

    def __init__(self, spec: ModelSpec, redactor: Redactor, *, deadline_s: float) -> None:
        self._spec = spec
        self._deadline_s = deadline_s
        self._redactor = redactor
        self._who = f"{spec.name} at {spec.host}"

    def of_status(self, error: openai.APIStatusError) -> ModelError:
        status, headers = error.status_code, error.response.headers
        said = said_of(error.body)
        verdict = verdict_of(status, said, spec=self._spec)
        retryable = verdict.retryable and headers.get("x-should-retry") != "false"  # as openai's own client
        words = f": {self._line(said.words)}" if said.words.strip() else ""
        return ModelError(
            _lines(f"{self._who} answered HTTP {status}{_phrase(status)}{self._target(error)}{words}", verdict.hint),
            kind=verdict.kind,
            status=status,
            code=self._line(said.code) or None,
            retry_after_s=retry_after(headers, datetime.fromisoformat(iso_now())),
            retryable=retryable,
            fatal=verdict.fatal,
            body=self._redactor.text(error.response.text)[:_KEPT_OF_BODY],
        )

    def _target(self, error: openai.APIStatusError) -> str:
        """Where a redirect wanted us to go: the host alone, the rest may hold what was sent."""
        try:
            host = urlsplit(error.response.headers.get("location", "")).netloc.rpartition("@")[2]
        except ValueError:  # no address at all
            return ""
        return f", a redirect to {self._line(host)}" if host else ""

    def of_too_large(self, error: TooLargeError) -> ModelError:
        found = f"{self._who} sent a reply of more than {MAX_REPLY_BYTES // 2**20} MB; the rest was not read"
        return ModelError(
            _lines(found, "No answer is that long: check base_url."), kind="bad_reply", status=error.status
        )

    def of_garbled(self, error: GarbledError) -> ModelError:
        found = f"{self._who} sent a reply that cannot be decompressed: {self._cause(error)}"
        return UnheardError(_lines(found, _MAYBE_BILLED), kind="bad_reply", status=error.status)

    def of_broken_reply(self, error: BrokenOffError) -> ModelError:
        cause = error.__cause__ or error
        if isinstance(cause, _TIMED_OUT):
            return self._timed_out(error.status)
        found = f"{self._who} broke off its reply (HTTP {error.status}): {self._cause(cause)}"
        return UnheardError(_lines(found, _MAYBE_BILLED), kind="network", status=error.status, retryable=True)

    def of_no_reply(self, error: BaseException) -> ModelError:
        causes = list(_causes(error))
        if any(isinstance(cause, ssl.SSLCertVerificationError) for cause in causes):
            found = f"{self._who} has no certificate that can be trusted: {self._cause(error)}"
            hint = "Nothing was sent. For a certificate authority of your own, set SSL_CERT_FILE to its certificate."
            return ModelError(_lines(found, hint), kind="network")
        if isinstance(error, _TIMED_OUT) and not any(isinstance(cause, _NOT_CONNECTED) for cause in causes):
            return self._timed_out(None, is_sent=not any(isinstance(cause, _HALF_SENT) for cause in causes))
        if any(isinstance(cause, _CUT) for cause in causes):
            found = f"{self._who} closed the connection without a reply: {self._cause(error)}"
            if any(isinstance(cause, _HALF_SENT) for cause in causes):
                return ModelError(found, kind="network", retryable=True)
            return UnheardError(_lines(found, _MAYBE_BILLED), kind="network", retryable=True)
        found = f"{self._who} could not be reached: {self._cause(error)}"
        hint = "Check base_url, and that the server runs and can be reached from here."
        sendable = not any(isinstance(cause, _NEVER_SENT) for cause in causes)
        return ModelError(_lines(found, hint), kind="network", retryable=sendable)

    def of_crash(self, error: BaseException) -> ModelError:
        trace = "".join(traceback.format_exception(error))
        found = f"{self._who} failed: {type(error).__name__}: {self._line(str(error))}"
        return ModelError(found, kind="internal", body=self._redactor.text(trace))

    def _timed_out(self, status: int | None, *, is_sent: bool = True) -> ModelError:
        found = f"{self._who} did not finish its reply within {self._deadline_s:.4g} s"
        is_cut = self._deadline_s < self._spec.timeout_s
        what = "trial_timeout_s, of which no more was left," if is_cut else "timeout_s"
        hint = f"For a slow model, raise {what} in {table_name(self._spec.key)}."
        error = UnheardError if is_sent else ModelError
        hint = f"{_MAYBE_BILLED} {hint}" if is_sent else hint
        return error(_lines(found, hint), kind="timeout", status=status, retryable=True)

    def _cause(self, error: BaseException) -> str:
        """The innermost cause that has something to say: what the operating system or TLS said."""
        said = [f"{type(cause).__name__}: {cause}" for cause in _causes(error) if str(cause)]
        return self._line(said[-1] if said else type(error).__name__)

    def _line(self, text: str) -> str:
        return shorten(printable(self._redactor.text(text)), _SAID_WIDTH)


def _lines(found: str, hint: str) -> str:
    return f"{found}\n  {hint}" if hint else found


def _phrase(status: int) -> str:
    return f" ({HTTPStatus(status).phrase})" if status in list(HTTPStatus) else ""


def _causes(error: BaseException) -> Iterator[BaseException]:
    """The error, what caused it, what caused that, and so on; a refused connection hides behind a `from None`.

    What was being handled when it was raised is only a cause when it came from the system: a library may have been
    looking for something else just then.
    """
    seen: set[int] = set()
    cause: BaseException | None = error
    while cause is not None and id(cause) not in seen:
        seen.add(id(cause))
        yield cause
        hidden = cause.__context__ if isinstance(cause.__context__, OSError | httpx2.HTTPError) else None
        cause = cause.__cause__ or hidden

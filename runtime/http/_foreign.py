"""What transports over other libraries have in common: checks before and after."""

from __future__ import annotations

from ._bodies import Body, body_for, headers_after, too_large
from ._heads import BODYLESS, MAX_HEAD, broken, length_of, pairs_of, sent_fields
from ._protocol import Headers, Request, Response, TransportError
from ._urls import Target, target_of

__all__ = ["BODYLESS", "Answer", "sendable"]


def sendable(request: Request) -> tuple[Target, list[tuple[str, str]]]:
    """Where a request goes, and its headers. Raises TransportError for what HTTP does not have."""
    target = target_of(request.url)
    _, names = sent_fields(request)
    pairs = [*pairs_of(request)]
    if target.basic and "authorization" not in names:
        pairs.append(("Authorization", target.basic))
    if "accept-encoding" not in names:
        pairs.append(("Accept-Encoding", "gzip, deflate"))
    if request.timeout <= 0:
        raise TransportError("timeout", False, f"{target}: no time was given")
    return target, pairs


class Answer:
    """An answer as another library reads it: its head is judged, its body collected as ours is.

    `status` is None until there is a head that is as it should be.
    """

    status: int | None = None

    def begin(
        self, request: Request, status: int, pairs: list[tuple[str, str]]
    ) -> Body:
        """Judge the head of the answer. Returns what collects its body."""
        if sum(len(name) + len(value) + 4 for name, value in pairs) > MAX_HEAD:
            raise TransportError(
                "too_large", True, "the head of the answer is too long"
            )
        if status < 200:  # what came before an answer, such as 101, is none itself
            raise broken("it has no status of 200 or above")
        headers = Headers(pairs)
        length = length_of(request.method, 1, status, headers)
        body: Body = body_for(headers, request.max_response)
        self.status, self._headers, self._body = status, headers, body
        if body.is_plain and length > request.max_response:
            raise too_large(request.max_response)
        return body

    def response(self) -> Response:
        """The answer, once its body has ended."""
        headers = headers_after(self._body, self._headers)
        return Response(self.status or 0, headers, self._body.finish())

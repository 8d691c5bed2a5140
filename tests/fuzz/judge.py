"""Runs one input through both of our codecs and google's runtime, and compares the results."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from google.protobuf import json_format, text_format
from google.protobuf.message import EncodeError as GoogleEncodeError

from .schemas import Schema


@dataclass(frozen=True)
class Case:
    """An input on which we and google differ.

    `ours` and `theirs` are the error each gave, empty for none. Where both accept it, `at` says
    what they write differently, if not refused: `bytes`, `json` or `text`; `made` and
    `their_made` are that. `peer` is google's message, `same_to_us` whether we read both bytes
    alike.
    """

    format: str
    name: str
    data: bytes | str
    ignore_unknown: bool = False
    ours: str = ""
    theirs: str = ""
    at: str = ""
    made: Any = None
    their_made: Any = None
    same_to_us: bool = False
    peer: Any = None


class Judge:
    """Runs inputs of a schema, and calls `differ` for those where google's result differs."""

    def __init__(self, schema: Schema, differ: Callable[[Case], None]) -> None:
        self.schema = schema
        self.differ = differ
        self.family: Any = schema.package.ProtoError

    def binary(self, name: str, data: bytes) -> None:
        ours, theirs = self.schema.ours(name), self.schema.theirs(name)
        codecs = self.schema.codecs
        exact = self._attempt(lambda: codecs.decode(ours, data))
        self._same(lambda: ours._decode(data), exact)
        self._public(lambda: ours.from_bytes(data), exact)
        if isinstance(exact, Exception):
            assert 0 <= exact.offset <= len(data)  # type: ignore[attr-defined]
        peer = google(lambda: theirs.FromString(data))
        self._compare(Case("binary", name, data), exact, peer)

    def json(self, name: str, text: str, *, ignore_unknown: bool = False) -> None:
        ours, theirs = self.schema.ours(name), self.schema.theirs(name)
        codecs = self.schema.codecs
        exact = self._attempt(
            lambda: codecs.from_json(ours, text, codecs.reader(ignore_unknown))
        )
        self._same(lambda: ours._from_json(text, ignore_unknown), exact)
        self._public(lambda: ours.from_json(text, ignore_unknown=ignore_unknown), exact)
        peer = google(
            lambda: json_format.Parse(
                text,
                theirs(),
                ignore_unknown_fields=ignore_unknown,
                descriptor_pool=self.schema.pool,
            )
        )
        self._compare(Case("json", name, text, ignore_unknown), exact, peer)

    def text(self, name: str, text: str, *, ignore_unknown: bool = False) -> None:
        ours, theirs = self.schema.ours(name), self.schema.theirs(name)
        read = self._attempt(
            lambda: ours.from_text(text, ignore_unknown=ignore_unknown)
        )
        peer = google(
            lambda: text_format.Parse(
                text,
                theirs(),
                allow_unknown_extension=ignore_unknown,
                allow_field_number=False,
                descriptor_pool=self.schema.pool,
                **({"allow_unknown_field": True} if ignore_unknown else {}),
            )
        )
        self._compare(Case("text", name, text, ignore_unknown), read, peer)

    def _attempt(self, call: Callable[[], Any]) -> Any:
        """The result of a call, or its error, which has to be of our family."""
        try:
            return call()
        except self.family as error:
            return error

    def _same(self, fast: Callable[[], Any], exact: Any) -> None:
        """Check that the straight-line codec's result, if it has one, is that of the exact one."""
        try:
            found = fast()
        except Exception:  # noqa: BLE001 - the contract of the seam
            return
        assert plain(found) == plain(exact)

    def _public(self, call: Callable[[], Any], exact: Any) -> None:
        found = self._attempt(call)
        assert plain(found) == plain(exact)

    def _compare(self, case: Case, read: Any, peer: Any) -> None:
        assert not isinstance(read, Exception) or str(read).startswith("$")
        refused = isinstance(read, Exception), isinstance(peer, Exception)
        if refused == (True, True):
            return
        if True in refused:
            self._report(case, read, peer)
            return
        self._reencode(replace(case, peer=peer), read, peer)

    def _reencode(self, case: Case, read: Any, peer: Any) -> None:
        """For input that both read: they have to write the same bytes, JSON and text."""
        codecs, theirs = self.schema.codecs, type(peer)

        def canonical(data: bytes) -> Any:
            message = codecs.decode(type(read), data)
            return codecs.encode(message, deterministic=True)

        encoded = self._attempt(lambda: codecs.encode(read))
        self._same(lambda: read._encode(read), encoded)
        written = google(lambda: serialized(peer))
        if isinstance(encoded, Exception) or isinstance(written, Exception):
            if isinstance(encoded, Exception) != isinstance(written, Exception):
                self._report(case, encoded, written, "bytes")
            return
        again = google(lambda: serialized(theirs.FromString(encoded)))
        if again != written:
            same = self._attempt(lambda: canonical(written)) == canonical(encoded)
            self._report(case, "", "", "bytes", encoded, written, same)
            return
        assert plain(codecs.decode(type(read), encoded)) == plain(read)
        self._reprint(case, read, peer)

    def _reprint(self, case: Case, read: Any, peer: Any) -> None:
        codecs, pool = self.schema.codecs, self.schema.pool
        printed = self._attempt(lambda: codecs.to_json(read))
        self._same(lambda: read._to_json(read), printed)
        value = self._attempt(read.to_dict)
        peers = google(lambda: json_format.MessageToDict(peer, descriptor_pool=pool))
        if isinstance(value, Exception) or isinstance(peers, Exception):
            if isinstance(value, Exception) != isinstance(peers, Exception):
                self._report(case, value, peers, "json")
        elif unordered(value) != unordered(peers):
            self._report(case, "", "", "json", value, peers)
        text = self._attempt(read.to_text)
        peers = google(lambda: text_format.MessageToString(peer, descriptor_pool=pool))
        if isinstance(text, Exception) or isinstance(peers, Exception):
            if isinstance(text, Exception) != isinstance(peers, Exception):
                self._report(case, text, peers, "text")
        elif text != peers:
            self._report(case, "", "", "text", text, peers)

    def _report(
        self,
        case: Case,
        ours: Any,
        theirs: Any,
        at: str = "",
        made: Any = None,
        their_made: Any = None,
        same_to_us: bool = False,
    ) -> None:
        self.differ(
            replace(
                case,
                ours=str(ours) if isinstance(ours, Exception) else "",
                theirs=said(theirs) if isinstance(theirs, Exception) else "",
                at=at,
                made=made,
                their_made=their_made,
                same_to_us=same_to_us,
            )
        )


def google(call: Callable[[], Any]) -> Any:
    """The result of a call of google's runtime, or its error."""
    try:
        return call()
    except Exception as error:  # noqa: BLE001 - its errors are of many kinds
        return error


def serialized(peer: Any) -> bytes:
    """google's bytes of a message, its maps sorted."""
    if (
        not peer.IsInitialized()
    ):  # the crash of upb 7.36: required fields in sorted maps
        raise GoogleEncodeError("required fields are missing")
    data: bytes = peer.SerializeToString(deterministic=True)
    return data


def said(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"


def plain(value: Any) -> Any:
    """A value in a form to compare exactly, with its types, signs of zero and NaN."""
    if isinstance(value, Exception):
        return type(value).__name__, str(value)
    slots = getattr(value, "__slots__", None)
    if slots is not None and hasattr(value, "_unknown"):
        names = ("_unknown", *slots)
        return value.__proto_name__, [plain(getattr(value, name)) for name in names]
    if isinstance(value, dict):
        return [(plain(key), plain(each)) for key, each in value.items()]
    if isinstance(value, list):
        return [plain(each) for each in value]
    return value.__class__.__name__, repr(value)


def unordered(value: Any) -> Any:
    """A JSON value to compare, in which the order of an object's names does not count."""
    if isinstance(value, dict):
        return sorted((key, unordered(each)) for key, each in value.items())
    if isinstance(value, list):
        return [unordered(each) for each in value]
    return value.__class__.__name__, repr(value)

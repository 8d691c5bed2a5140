"""The expected effective values of a token, without those that a library has no word for."""

from __future__ import annotations

from typing import Any

from ..values import is_object

Object = dict[str, Any]


def as_told(expected: Object, got: Any) -> Object:
    """The expected result of `token.verify`, with the members of `effective` that are in `got`.

    `video` has to be there, and what is there is compared. Null for all of `effective` is said by a
    library that leaves to its user what claims mean.
    """
    if not is_object(got) or "effective" not in got:
        return expected
    given = got["effective"]
    if given is None:
        return {**expected, "effective": None}
    if not is_object(given) or "video" not in given:
        return expected
    effective = {
        name: each for name, each in expected["effective"].items() if name in given
    }
    video, told = effective["video"], given["video"]
    if is_object(video) and is_object(told):
        effective["video"] = {name: video[name] for name in video if name in told}
    return {**expected, "effective": effective}

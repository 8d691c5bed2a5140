"""Errors of tokens: one family, each with its kind, and all can be pickled."""

from __future__ import annotations

import pickle

import pytest
from lkproto import auth
from lkproto.auth import AuthError, TokenError
from lkproto_conformance.protocol import KINDS

ERRORS = sorted(
    (
        each
        for each in vars(auth).values()
        if isinstance(each, type) and issubclass(each, AuthError)
    ),
    key=lambda each: each.__name__,
)


@pytest.mark.parametrize("cls", ERRORS)
def test_errors_pickle_with_all_details(cls: type[AuthError]) -> None:
    error = cls("$.x")

    copy = pickle.loads(pickle.dumps(error))

    assert type(copy) is cls
    assert str(copy) == str(error)
    assert vars(copy) == vars(error)


def test_tracebacks_name_the_module_that_users_import_errors_from() -> None:
    assert {each.__module__ for each in ERRORS} == {"lkproto.auth"}


@pytest.mark.parametrize("cls", ERRORS)
def test_each_has_a_kind_of_the_conformance_suite(cls: type[AuthError]) -> None:
    assert cls.kind in KINDS
    assert issubclass(cls, ValueError)


def test_errors_about_tokens_have_different_kinds() -> None:
    kinds = [each.kind for each in ERRORS if TokenError in each.__bases__]

    assert len(kinds) == len(set(kinds)) > 8


def test_a_claims_error_has_its_place() -> None:
    error = pickle.loads(pickle.dumps(auth.ClaimError("takes a text", "video.room")))

    assert str(error) == "video.room: takes a text"
    assert error.path == "video.room"

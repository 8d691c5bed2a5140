"""Small testees that are wrong on purpose: what `lint` and the tests try the suite with."""

from .wrong import ALL, accept_all, careless, hasty, reject_all, wrong_token

__all__ = ["ALL", "accept_all", "careless", "hasty", "reject_all", "wrong_token"]

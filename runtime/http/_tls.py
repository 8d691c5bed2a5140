"""TLS: its settings, and errors that say what to do."""

from __future__ import annotations

import os

from ._protocol import TransportError

TYPE_CHECKING: bool = False
if TYPE_CHECKING:
    from ssl import SSLContext

Path = str | os.PathLike[str]


class Tls:
    """Settings of TLS: which certificates to trust, and which to show."""

    __slots__ = ("ca_file", "pem", "verify")

    def __init__(
        self, ca_file: Path | None, pem: tuple[Path, Path] | None, verify: bool
    ) -> None:
        if pem is not None and (isinstance(pem, str | bytes) or len(pem) != 2):
            raise TypeError("pem is a pair of files: (certificate, key)")
        if ca_file is not None and not verify:
            raise ValueError("verify=False trusts everybody, so ca_file has no effect")
        self.ca_file = None if ca_file is None else os.fspath(ca_file)
        self.pem = None if pem is None else (os.fspath(pem[0]), os.fspath(pem[1]))
        self.verify = verify
        for path in (self.ca_file, *(self.pem or ())):
            if path is not None:
                with open(path, "rb"):  # noqa: PTH123 - a missing file is found here
                    pass

    def context(self) -> SSLContext:
        """The settings for the standard library. Raises TransportError for unreadable files."""
        import ssl

        context = ssl.create_default_context()
        # An end without TLS's own may be somebody else's: a body until then is not whole.
        context.options &= ~getattr(ssl, "OP_IGNORE_UNEXPECTED_EOF", 0)
        setting = "ca_file"
        try:
            if self.ca_file:
                context.load_verify_locations(self.ca_file)
            setting = "pem"
            if self.pem:
                context.load_cert_chain(*self.pem, password=_no_password)
        except (OSError, ValueError) as error:
            raise self.unreadable(setting) from error
        if not self.verify:
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
        return context

    @staticmethod
    def unreadable(setting: str) -> TransportError:
        """The error of a file without what it should have."""
        what = (
            "a file of certificates in PEM"
            if setting == "ca_file"
            else "a pair of a certificate and its key, both in PEM and without a password"
        )
        return TransportError("tls", False, f"{setting} is not {what}")

    def hint(self) -> str:
        """What to do about a certificate that is not trusted."""
        if self.ca_file:
            return "the CA bundle given as ca_file does not contain its issuer"
        return (
            "if its CA is private, name a file with the CA's certificate: ca_file=…, "
            "or SSL_CERT_FILE in the environment"
        )


def _no_password() -> str:
    raise ValueError  # OpenSSL would ask at the terminal

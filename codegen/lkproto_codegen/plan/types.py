"""The plan: all that templates lay out, decided and in order. Templates decide nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Specifier:
    """A call of a field specifier: `pb.<function>(positional…, keyword=…, last=value)`."""

    function: str
    positional: tuple[object, ...]
    keywords: tuple[tuple[str, object], ...]
    # The last keyword: a literal `default`, or else the spelled name of a `factory`.
    default: object
    factory: str | None


@dataclass(frozen=True, slots=True)
class FieldPlan:
    """One line of a message's body."""

    name: str
    annotation: str
    specifier: Specifier
    doc: str


@dataclass(frozen=True, slots=True)
class ExtensionPlan:
    """An extension, at the top of a module or inside a message."""

    name: str
    annotation: str
    extendee: str
    full_name: str
    specifier: Specifier
    doc: str


@dataclass(frozen=True, slots=True)
class ValuePlan:
    """One value of an enum."""

    name: str
    number: int
    doc: str


@dataclass(frozen=True, slots=True)
class EnumPlan:
    """An enum class."""

    name: str
    full_name: str
    closed: bool
    doc: str
    values: tuple[ValuePlan, ...]
    # (Python name, proto name) of the values whose names differ
    renamed: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class OneofPlan:
    """The typed signature of `which` for one oneof; cases are (Python name, type)."""

    name: str
    tuple_type: str
    cases: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class GetterPlan:
    """The getter of an optional bool: what it means where it is not set."""

    name: str
    field: str
    returns: str  # `bool`, as it is spelled there
    value: bool
    same_as: str | None  # the getter that is called, instead of `value`
    doc: str


@dataclass(frozen=True, slots=True)
class MessagePlan:
    """A message class."""

    name: str
    full_name: str
    mixin: str | None
    message_set: bool
    recursive: bool
    deprecated: str | None
    doc: str
    attributes: tuple[tuple[str, str], ...]  # (Python name, text) of documented fields
    enums: tuple[EnumPlan, ...]
    messages: tuple[MessagePlan, ...]
    extensions: tuple[ExtensionPlan, ...]
    fields: tuple[FieldPlan, ...]
    getters: tuple[GetterPlan, ...]
    oneofs: tuple[OneofPlan, ...]


@dataclass(frozen=True, slots=True)
class Import:
    """`from <source> import <module> as <alias>`."""

    source: str
    module: str
    alias: str


@dataclass(frozen=True, slots=True)
class ModulePlan:
    """The module of one .proto file."""

    path: str
    proto_path: str
    doc: str
    notices: tuple[str, ...]  # about copyright and licence, from the .proto file
    runtime: str  # the relative name of `_runtime`, such as `.._runtime`
    imports: tuple[Import, ...]
    builtins: bool
    typing: (
        str | None
    )  # how `bool` is spelled, where there is a part for checkers alone
    mentions_deprecated: bool
    enums: tuple[EnumPlan, ...]
    messages: tuple[MessagePlan, ...]
    extensions: tuple[ExtensionPlan, ...]
    aliases: tuple[
        tuple[str, str], ...
    ]  # (alias, class) of classes shadowed by members
    exports: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RequestPlan:
    """The fields of a request as keywords of a method, for checkers: a TypedDict."""

    name: str
    fields: tuple[tuple[str, str], ...]  # (Python name, annotation)


@dataclass(frozen=True, slots=True)
class MethodPlan:
    """A method of a service, and in clients and what servers implement."""

    rpc: str  # its name in the schema
    name: str  # in Python
    input: str  # full proto names
    output: str
    keywords: tuple[tuple[str, object], ...]  # of its entry in the table
    request: str  # the spelled classes
    reply: str
    fields: str | None  # the name of the request's TypedDict, if it has any fields
    deprecated: str | None  # its path, where a call warns
    marked: bool  # whether checkers should know that it is deprecated
    client_doc: str
    server_doc: str


@dataclass(frozen=True, slots=True)
class ServicePlan:
    """A service: its table, and its classes as far as it has any."""

    full_name: str
    transport: str
    table: str  # the name of its table
    table_type: str  # the class that the table has for checkers
    text: str  # `str`, as it is spelled there
    doc: str  # of the table
    methods: tuple[MethodPlan, ...]
    deprecated: str | None
    client: str | None
    client_doc: str
    async_client: str | None
    async_client_doc: str
    server: str | None
    server_doc: str


@dataclass(frozen=True, slots=True)
class ServicesPlan:
    """The module of the services of one .proto file."""

    path: str
    proto_path: str
    notices: tuple[str, ...]
    runtime: str
    imports: tuple[Import, ...]  # for checkers alone
    builtins: bool
    bool_: str  # `bool`, as it is spelled there
    setattr_: str  # `setattr`, as well
    has_stubs: bool
    # What of it is marked as deprecated: classes, or only methods, which are so for checkers alone.
    marks: Literal["classes", "methods"] | None
    mentions_deprecated: bool
    requests: tuple[RequestPlan, ...]
    services: tuple[ServicePlan, ...]
    exports: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Exports:
    """Names one module gives to a package; `module` is relative, such as `..x_pb`."""

    module: str
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PackagePlan:
    """The lazy `__init__.py` of a package, or an empty one for a plain directory."""

    path: str
    proto_package: str
    exports: tuple[Exports, ...]
    mentions_deprecated: bool


@dataclass(frozen=True, slots=True)
class IndexPlan:
    """The tables of names of the package: the content of `_index.py`."""

    types: tuple[tuple[str, str], ...]
    extensions: tuple[tuple[tuple[str, int], str], ...]
    extension_names: tuple[tuple[str, str], ...]
    files: tuple[tuple[str, str], ...]
    services: tuple[tuple[str, str], ...]
    tables: tuple[tuple[str, str], ...]  # of services, by their full names
    modules: tuple[Import, ...]  # all that is loaded by name


@dataclass(frozen=True, slots=True)
class DescriptorPlan:
    """A module that holds one file's serialized descriptor as base64 lines."""

    path: str
    proto_path: str
    notices: tuple[str, ...]
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything a package consists of, besides the runtime's copy and the manifest."""

    root: PackagePlan
    schema_version: str
    modules: tuple[ModulePlan, ...]
    services: tuple[ServicesPlan, ...]
    packages: tuple[PackagePlan, ...]
    index: IndexPlan
    descriptors: tuple[DescriptorPlan, ...]

"""Random .proto files that use any feature of the language."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

SCALARS = [
    "double",
    "float",
    "int32",
    "int64",
    "uint32",
    "uint64",
    "sint32",
    "sint64",
    "fixed32",
    "fixed64",
    "sfixed32",
    "sfixed64",
    "bool",
    "string",
    "bytes",
]
KEYS = [each for each in SCALARS if each not in ("double", "float", "bytes")]
DEFAULTS = {
    "double": ("1.5", "-inf", "nan", "1e300"),
    "float": ("0.1", "inf"),
    "bool": ("true",),
    "string": (r'"a\"\n\\é"', '""'),
    "bytes": (r'"\000\377\"x"',),
}
HEADS = {"proto2": 'syntax = "proto2";', "proto3": 'syntax = "proto3";'}
OPTIONS = """
syntax = "proto2";
package random.options;
import "google/protobuf/descriptor.proto";
message Deep { optional int32 a = 1; repeated string b = 2; optional Deep c = 3; repeated Deep d = 4; }
extend google.protobuf.MessageOptions { optional Deep m = 50001; repeated int32 mi = 50002; }
extend google.protobuf.FieldOptions { optional Deep f = 50001; repeated string fs = 50002; optional float ff = 50003; }
extend google.protobuf.MethodOptions { optional Deep r = 50001; }
"""


class Writer:
    """Writes one file of a flavour: proto2, proto3 or an edition."""

    def __init__(self, random: Random, flavour: str) -> None:
        self.random = random
        self.flavour = flavour
        self.names = iter(range(10**6))
        self.types: list[str] = []

    def chance(self, percent: int) -> bool:
        return self.random.randrange(100) < percent

    def name(self, prefix: str) -> str:
        return f"{prefix}{next(self.names)}"

    def file(self) -> str:
        head = HEADS.get(self.flavour, f'edition = "{self.flavour}";')
        lines = [head, "package random.test;", 'import "options.proto";']
        for _ in range(12):
            lines += self.random.choice([self.message, self.message, self.enum])("")
        if self.flavour != "proto3":
            lines.append("message Extended { extensions 100 to max; }")
            lines += self.extend(range(100, 104))
        lines += self.service()
        return "\n".join(lines)

    def message(self, scope: str, depth: int = 0) -> Iterator[str]:
        name = self.name("M")
        full = f"{scope}.{name}" if scope else name
        yield f"message {name} {{"
        yield from self.body(full, depth)
        yield "}"
        self.types.append(full)

    def body(self, scope: str, depth: int) -> Iterator[str]:
        numbers = iter(self.random.sample(range(1, 15000), 40))
        if self.chance(30):
            yield f"option (options.m) = {self.deep(0)};"
        if self.chance(30):
            yield "option (options.mi) = -1; option (options.mi) = 2;"
        if self.chance(30):
            yield f"reserved 20000 to 20010, {self.random.randrange(30000, 40000)};"
        for _ in range(self.random.randrange(7)):
            kinds = [self.field, self.field, self.mapping, self.oneof]
            if depth < 3:
                kinds.append(self.nested(depth))
            if self.flavour == "proto2" and depth < 3:
                kinds.append(self.group(depth))
            yield from self.random.choice(kinds)(scope, numbers)
        if self.flavour != "proto3" and depth == 0 and self.chance(30):
            yield "extensions 50000 to 50010, 60000;"

    def nested(self, depth: int):
        def write(scope: str, numbers: Iterator[int]) -> Iterator[str]:
            yield from (
                self.enum(scope) if self.chance(30) else self.message(scope, depth + 1)
            )

        return write

    def group(self, depth: int):
        def write(scope: str, numbers: Iterator[int]) -> Iterator[str]:
            label = self.random.choice(["optional", "repeated"])
            name = self.name("G")
            yield f"{label} group {name} = {next(numbers)} {self.options()} {{"
            yield from self.body(f"{scope}.{name}", depth + 1)
            yield "}"

        return write

    def field(
        self, scope: str, numbers: Iterator[int], label: str | None = None
    ) -> Iterator[str]:
        if label is None:
            label = self.random.choice(
                {
                    "proto2": ["optional ", "required ", "repeated "],
                    "proto3": ["", "optional ", "repeated "],
                }.get(self.flavour, ["", "repeated "])
            )
        kind = self.random.choice([*SCALARS, *self.types[-4:]])
        extra = ""
        if label != "repeated " and self.flavour != "proto3" and self.chance(50):
            defaults = DEFAULTS.get(
                kind, ("-7" if "u" not in kind and "int" in kind else "",)
            )
            default = self.random.choice(defaults)
            extra = f"default = {default}" if default and kind in SCALARS else ""
        yield f"{label}{kind} {self.name('f_x')} = {next(numbers)} {self.options(extra)};"

    def mapping(self, scope: str, numbers: Iterator[int]) -> Iterator[str]:
        value = self.random.choice(SCALARS)
        key = self.random.choice(KEYS)
        yield f"map<{key}, {value}> {self.name('m')} = {next(numbers)} {self.options()};"

    def oneof(self, scope: str, numbers: Iterator[int]) -> Iterator[str]:
        yield f"oneof {self.name('o')} {{"
        for _ in range(self.random.randrange(1, 4)):
            yield from self.field(scope, numbers, "")
        yield "}"

    def enum(self, scope: str) -> Iterator[str]:
        name = self.name("E")
        yield f"enum {name} {{"
        if self.chance(30):
            yield f"{self.name('A')} = 0; {self.name('B')} = 0; option allow_alias = true;"
        else:
            yield f"{self.name('A')} = 0;"
        for number in self.random.sample(range(-50, 50), 3):
            if number:
                yield f"{self.name('V')} = {number} {'[deprecated = true]' * self.chance(30)};"
        if self.chance(30):
            yield "reserved -100 to -90, 200, 300 to max;"
        yield "}"

    def extend(self, numbers: range) -> Iterator[str]:
        for number in numbers:
            label = (
                "repeated "
                if self.chance(50)
                else "optional " * (self.flavour == "proto2")
            )
            yield f"extend Extended {{ {label}{self.random.choice(SCALARS)} e{number} = {number}; }}"

    def service(self) -> Iterator[str]:
        types = [each for each in self.types if each.rpartition(".")[2].startswith("M")]
        yield "service S {"
        for _ in range(4):
            takes, gives = (
                "stream " * self.chance(30) + self.random.choice(types)
                for _ in range(2)
            )
            end = self.random.choice(
                [";", "{}", f"{{ option (options.r) = {self.deep(0)}; }}"]
            )
            yield f"rpc {self.name('R')}({takes}) returns ({gives}){end}"
        yield "}"

    def options(self, first: str = "") -> str:
        found = [first] if first else []
        if self.chance(20):
            found.append("deprecated = true")
        if self.chance(20):
            found.append(f"(options.f) = {self.deep(0)}")
        if self.chance(20):
            found += ['(options.fs) = "a\\"\\001"', "(options.fs) = ''"]
        if self.chance(20):
            found.append(
                f"(options.ff) = {self.random.choice(['0.1', '-inf', 'nan', '16777216'])}"
            )
        if self.chance(10):
            found.append(f"json_name = \"{self.name('j')}\"")
        self.random.shuffle(found)
        return f"[{', '.join(found)}]" if found else ""

    def deep(self, depth: int) -> str:
        """A message in text format."""
        parts: list[str] = []
        if self.chance(50):
            parts.append(f"a: {self.random.randrange(-99, 99)}")
        parts += ["b: 'x\\ny'"] * self.random.randrange(3)
        if depth < 3 and self.chance(50):
            parts.append(f"c {self.deep(depth + 1)}")
        if depth < 3:
            parts += [f"d {self.deep(depth + 1)}"] * self.random.randrange(2)
        self.random.shuffle(parts)
        return "{ " + " ".join(parts) + " }"


def random_protos(seed: int) -> dict[str, str]:
    """A file of each flavour, and one with the options they use."""
    random = Random(seed)
    files = {"options.proto": OPTIONS.lstrip()}
    for flavour in ("proto2", "proto3", "2023"):
        text = Writer(random, flavour).file()
        files[f"{flavour}.proto"] = text.replace("random.test", f"random.test{flavour}")
    return files

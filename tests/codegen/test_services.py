"""What is made of services: tables, clients and what servers implement, and that they work."""

from __future__ import annotations

import ast
import asyncio
import io
import subprocess
import sys
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from lkproto_codegen.options import Options
from lkproto_codegen.pipeline import build
from lkproto_codegen.write.drift import find_drift
from lkproto_codegen.write.output import write

from tests.support import ROOT, generate, imported, module_of, package_of, write_protos

GOLDEN = ROOT / "tests" / "golden"
STUBS = ("client", "async", "server")
P3 = 'syntax = "proto3";\n'
ECHO = {"a.proto": P3 + "message M {}\nservice Echo { rpc Echo(M) returns (M); }\n"}


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The package of the golden tree."""
    options = Options(protos=(GOLDEN / "protos",), services=GOLDEN / "services.toml")
    return imported(tmp_path_factory.mktemp("services"), build(options))


@pytest.fixture(scope="module")
def bakery(root: Any) -> Any:
    return module_of(root, "example.bakery")


def answering(root: Any, application: Any) -> Callable[[Any], Any]:
    """A script of a transport: what an application of WSGI answers to a request."""
    http = module_of(root, "_runtime.http")

    def answer(request: Any) -> Any:
        path = request.url.removeprefix("http://server")
        environment = {
            "REQUEST_METHOD": request.method,
            "PATH_INFO": path,
            "CONTENT_TYPE": request.headers["Content-Type"],
            "CONTENT_LENGTH": str(len(request.body)),
            "wsgi.input": io.BytesIO(request.body),
            "wsgi.errors": io.StringIO(),
        }
        started: list[Any] = []
        body = b"".join(application(environment, lambda *given: started.append(given)))
        status, headers = started[0][:2]
        return http.Response(int(status.split()[0]), dict(headers), body)

    return answer


def client_of(root: Any, cls: Any, *served: Any) -> Any:
    """A client whose calls are answered by implementations in this process."""
    http = module_of(root, "_runtime.http")
    return cls(
        "http://server",
        transport=http.ScriptedTransport(answering(root, root.twirp_wsgi(*served))),
    )


def test_a_client_calls_what_a_server_implements(root: Any, bakery: Any) -> None:
    class Baker(bakery.Bakery):  # type: ignore[misc]
        def bake_loaf(self, request: Any, context: Any) -> Any:
            return root.replace(request, flour=f"{request.flour} for {context.method}")

        def import_(self, order: Any, _: Any) -> Any:
            return order.lines[0]

    client = client_of(root, bakery.BakeryClient, Baker())
    line = module_of(root, "example.shop").Order.Line(article="a", count=2)

    baked = client.bake_loaf(from_="x", flour="rye", self_="me")
    assert (baked.from_, baked.self_) == ("x", "me")
    assert baked.flour.startswith("rye for ")
    assert client.bake_loaf(bakery.Loaf(call="c", str=b"\xff")).call == "c"
    assert client.import_(lines=[line]) == line
    with pytest.raises(root.TwirpError) as caught:
        client.search_http_index2(flour="rye")
    assert caught.value.code == "unimplemented"


def test_a_call_takes_a_message_or_its_fields(root: Any, bakery: Any) -> None:
    client = client_of(root, bakery.EchoClient_, bakery.ECHO_SERVICE.serve(Echoes()))

    assert client.echo() == bakery.Loaf()
    for wrong in (
        lambda: client.echo(flower="x"),
        lambda: client.echo(bakery.Search()),
        lambda: client.echo(bakery.Loaf(), flour="x"),
        lambda: client.echo("x"),
    ):
        with pytest.raises(TypeError):
            wrong()


class Echoes:
    def echo(self, request: Any, context: Any) -> Any:
        return request


def test_async_clients_call_the_same(root: Any, bakery: Any) -> None:
    http = module_of(root, "_runtime.http")
    served = bakery.ECHO_SERVICE.serve(Echoes())
    answer = answering(root, root.twirp_wsgi(served))

    async def run() -> None:
        transport = http.AsyncScriptedTransport(answer)
        async with bakery.AsyncEchoClient("http://server", transport=transport) as its:
            assert (await its.echo(flour="rye")).flour == "rye"
        assert (
            transport.requests[0].url == "http://server/twirp/example.bakery.Echo/Echo"
        )

    asyncio.run(run())


def test_services_without_a_package_and_without_methods(root: Any, bakery: Any) -> None:
    class Plain(root.Plain):  # type: ignore[misc]
        def do(self, request: Any, context: Any) -> Any:
            return request

    class Nothing(bakery.Nothing):  # type: ignore[misc]
        pass

    client = client_of(root, root.PlainClient, Plain(), Nothing())

    assert client.do(text="x") == root.TwirpError_(text="x")
    assert root.PLAIN_SERVICE["Do"].path == "Plain/Do"
    assert bakery.NOTHING_SERVICE.methods == ()
    assert client_of(root, bakery.NothingClient, Nothing())


def test_a_table_says_all_of_a_service(root: Any, bakery: Any) -> None:
    table = bakery.BAKERY_SERVICE
    search = table["SearchHTTPIndex2"]

    assert root.service_of("example.bakery.Bakery") is table
    assert (table.name, table.file) == ("example.bakery.Bakery", "example/bakery.proto")
    assert [each.python_name for each in table] == [
        "bake_loaf",
        "search_http_index2",
        "close",
        "import_",
        "bake_old",
    ]
    assert (search.service, search.path) == (
        "example.bakery.Bakery",
        "example.bakery.Bakery/SearchHTTPIndex2",
    )
    assert search.input_type is bakery.Search.Request
    assert search.output_type is bakery.Search.Reply
    assert search.options.idempotency_level == 1
    assert [each.name for each in table if each.deprecated] == ["bake_old"]
    assert "BakeLoaf" in table
    assert search in table
    with pytest.raises(KeyError, match="has no method 'BakeLoav'; did you mean 'BakeL"):
        table["BakeLoav"]


def test_services_of_other_transports_have_a_table_and_nothing_else(
    bakery: Any,
) -> None:
    table = bakery.DELIVERY_SERVICE

    assert table.transport == "grpc"
    assert (table["Deliver"].client_streaming, table["Count"].server_streaming) == (
        True,
        False,
    )
    for name in ("Delivery", "DeliveryClient", "AsyncDeliveryClient"):
        assert not hasattr(bakery, name)


def test_what_is_deprecated_warns_where_it_is_called(root: Any, bakery: Any) -> None:
    class Old(bakery.Bakery, bakery.Oven_v1):  # type: ignore[misc]
        def bake_old(self, request: Any, context: Any) -> Any:
            return bakery.Loaf()

        def heat_up_v1(self, request: Any, context: Any) -> Any:
            return module_of(root, "google.protobuf").Empty()

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        old = module_of(root, "example.shop").Old()
    baker = client_of(root, bakery.BakeryClient, Old())
    oven = client_of(root, bakery.Oven_v1Client, Old())

    with pytest.warns(DeprecationWarning, match="Bakery/bake_old is dep") as caught:
        baker.bake_old(old)
    assert caught[0].filename == __file__
    with pytest.warns(DeprecationWarning, match="Oven_v1/HeatUp_v1 is dep") as caught:
        oven.heat_up_v1()
    assert caught[0].filename == __file__
    assert bakery.Oven_v1Client.__deprecated__ == "example.bakery.Oven_v1 is deprecated"


def test_docstrings_say_what_a_caller_and_an_implementer_need(bakery: Any) -> None:
    for cls in (bakery.BakeryClient, bakery.AsyncBakeryClient):
        assert "Bakes bread.\n\n    **Raises:** every morning." in cls.__doc__
        assert cls.bake_loaf.__doc__.endswith(
            "Needed grant: `bake`.\n\n        Raises:\n"
            "            TwirpError: The call failed; its `code` says why.\n        "
        )
        assert "\n        Raises:\n" in cls.close.__doc__
        assert "Does what BakeLoaf does. Deprecated." in cls.bake_old.__doc__
    assert "Needed grant: `bake`." in bakery.Bakery.bake_loaf.__doc__
    assert "Raises:" not in bakery.Bakery.bake_loaf.__doc__


def test_an_open_fence_of_a_comment_hides_nothing(tmp_path: Path) -> None:
    text = (
        P3
        + "message M {}\nservice S {\n  // Do:\n  // ```\n  // x\n  rpc A(M) returns (M);\n}\n"
    )

    source = generate(tmp_path, {"a.proto": text})["a_twirp.py"]

    assert "        x\n        ```\n\n        Raises:\n" in source


def test_the_module_of_messages_is_silent_about_services(tmp_path: Path) -> None:
    text = (
        "// The file.\n"
        + P3
        + "message M {}\n// Calls.\nservice S {\n  rpc A(M) returns (M);\n}\n"
    )

    files = generate(tmp_path, {"a.proto": text})

    assert "Calls." not in files["a_pb.py"]
    assert files["a_twirp.py"].count("Calls.") == 3


def test_comments_of_services_without_classes_are_below_their_table(
    tmp_path: Path,
) -> None:
    text = (
        P3 + "message M {}\n// Streams, e.g. this.\n// | a | b |\n// | 1 | 2 |\n"
        "service S {\n  // First: one.\n  //\n  // * x\n  // * y\n"
        "  rpc A(M) returns (stream M) { option deprecated = true; }\n"
        "  rpc B(M) returns (M);\n  rpc C(M) returns (M) { option deprecated = true; }\n}\n"
    )

    source = generate(tmp_path, {"a.proto": text})["a_twirp.py"]

    last = ast.parse(source).body[-1]
    assert isinstance(last, ast.Expr)
    assert ast.literal_eval(last.value) == (
        "The service `S`. Streams, e.g. this.\n| a | b |\n| 1 | 2 |\n\n"
        "* `A`: First: one.\n\n  * x\n  * y\n\n  Deprecated.\n\n"
        "* `C`: Deprecated.\n"
    )


@pytest.mark.parametrize(
    ("twirp", "made"),
    [
        (STUBS, {"EchoClient", "AsyncEchoClient", "Echo"}),
        (("client",), {"EchoClient"}),
        (("async",), {"AsyncEchoClient"}),
        (("server",), {"Echo"}),
        ((), set[str]()),
    ],
)
def test_options_say_what_is_made(
    tmp_path: Path, twirp: tuple[str, ...], made: set[str]
) -> None:
    files = generate(tmp_path, ECHO, twirp=twirp)

    classes = {
        each.name
        for each in ast.parse(files["a_twirp.py"]).body
        if isinstance(each, ast.ClassDef)
    }
    assert classes == made
    assert ("_runtime/twirp/__init__.py" in files) == bool(made)
    assert ("_runtime/http/__init__.py" in files) == bool(made)
    assert ("TwirpError" in files["__init__.py"]) == bool(made)


def test_nothing_of_twirp_is_copied_for_services_of_other_transports(
    tmp_path: Path,
) -> None:
    stream = P3 + "message M {} service S { rpc A(stream M) returns (M); }"

    files = generate(tmp_path, {"a.proto": stream})

    assert "a_twirp.py" in files
    assert not any(path.startswith("_runtime/twirp/") for path in files)
    assert not any(path.startswith("_runtime/http/") for path in files)


def test_an_included_module_that_imports_twirp_brings_it(tmp_path: Path) -> None:
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "calls.py").write_text("from ._runtime.twirp import Client\n")

    files = generate(
        tmp_path, {"a.proto": P3 + "message M {}"}, include=(tmp_path / "own",)
    )

    assert "_runtime/twirp/_client.py" in files
    assert "_runtime/http/__init__.py" in files
    assert "TwirpError" in files["__init__.py"]


def test_services_of_imported_files_are_read_from_descriptors(tmp_path: Path) -> None:
    imports = P3 + 'import "a.proto"; package b; message B { M m = 1; }'
    text = ECHO["a.proto"].replace("message M {}", "// About it.\nmessage M {}")
    text = text.replace("service", "// Calls.\nservice").replace(
        "(M); }",
        "(stream M) { option idempotency_level = IDEMPOTENT; } rpc Two(M) returns (M)"
        " { option deprecated = true; } }",
    )

    package = package_of(
        tmp_path, {"a.proto": text, "b.proto": imports}, files=("b.proto",)
    )

    echo, two = package.service_of("Echo")
    assert package.services() == ("Echo",)
    assert package.service_of("Echo").transport == "other"
    assert (echo.path, echo.python_name) == ("Echo/Echo", "")
    assert (echo.server_streaming, echo.client_streaming) == (True, False)
    assert (echo.idempotent, echo.deprecated) == (True, False)
    assert (two.idempotent, two.deprecated) == (False, True)
    assert echo.input_type is package.M
    assert "The service `Echo`. Calls." in module_of(package, "a_pb").__doc__
    with pytest.raises(KeyError):
        package.service_of("Nope")


@pytest.mark.slow
def test_stubs_load_neither_messages_nor_descriptors_nor_typing(
    tmp_path: Path,
) -> None:
    write(tmp_path / "made", build(Options(protos=(GOLDEN / "protos",))))
    script = (
        "import sys\n"
        "from made.example.shop import AsyncShopClient, SHOP_SERVICE, Shop, ShopClient\n"
        "from made.example.bakery import DELIVERY_SERVICE\n"
        "print([each for each in sys.modules if each.endswith(('_pb', '_desc', 'typing'))])"
    )

    done = subprocess.run(
        [
            sys.executable,
            "-I",
            "-S",
            "-c",
            f"import sys; sys.path.insert(0, '.')\n{script}",
        ],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )

    assert done.stdout == "[]\n"


def test_drift_covers_modules_of_services(tmp_path: Path) -> None:
    options = Options(protos=(write_protos(tmp_path / "protos", ECHO),))
    expected = build(options)
    write(tmp_path / "out", expected)

    (tmp_path / "out" / "a_twirp.py").write_text("changed\n")

    assert find_drift(tmp_path / "out", expected).changed == ("a_twirp.py",)

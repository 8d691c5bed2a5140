"""The generator: .proto files in, typed Python packages out.

`pipeline` joins the stages, each a folder: `read` (.proto files to the intermediate form, `ir`),
`plan` (what the output holds), `write` (templates, formatting, files). `schema` imports a newer
upstream schema. `cache` skips runs that would change nothing; `plugin` serves protoc and buf.
"""

__version__ = "0.1.0"

"""The generator: .proto files in, typed Python packages out.

Stages, each a module and a function of the one before: `compile`, `lower` (to `ir`), `plan`
(with `names`), `render`, `format`, `output`. `pipeline` joins them; `drift` compares.
"""

__version__ = "0.1.0"

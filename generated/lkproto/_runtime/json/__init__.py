"""ProtoJSON: text and its places (`syntax`), values (`scalars`, `wellknown`, `any`), messages."""

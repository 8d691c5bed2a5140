"""ProtoJSON: text and places in it (`syntax`), values (`scalars`, `wellknown`, `any`), messages."""

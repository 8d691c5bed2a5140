// What an operation may end with, besides its result.

/** The library refused: `kind` is one of the suite's, `message` the library's. */
export class Rejected extends Error {
  constructor(kind, message, meta) {
    super(message);
    this.kind = kind;
    this.meta = meta;
  }
}

/** The library has no API for this. */
export class Unsupported extends Error {}

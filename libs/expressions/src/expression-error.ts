/** An expression cannot be worked out over these values, or gives what is no JSON. The message is one line. */
export class ExpressionError extends Error {
  override readonly name = 'ExpressionError';

  constructor(
    message: string,
    /** The place of the expression within an input, as a JSON pointer; undefined: it stands by itself. */
    readonly pointer?: string,
  ) {
    super(message);
  }
}

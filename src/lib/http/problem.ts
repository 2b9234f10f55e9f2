/** What is wrong with each field of a request. */
export type FieldErrors = Readonly<Record<string, readonly string[]>>;

/** An answer other than success, thrown by whatever finds out. */
export class Problem extends Error {
  readonly status: number;
  readonly code: string;
  readonly errors: FieldErrors | undefined;
  readonly headers: Readonly<Record<string, string>>;

  /**
   * @param code PascalCase: clients match on it
   * @param message one sentence for the client's developer
   */
  constructor(
    status: number,
    code: string,
    message: string,
    more: { headers?: Readonly<Record<string, string>>; errors?: FieldErrors } = {},
  ) {
    super(message);
    this.name = 'Problem';
    this.status = status;
    this.code = code;
    this.headers = more.headers ?? {};
    this.errors = more.errors;
  }
}

/** 422: the request was understood, and what it asks for can't be. */
export function invalidFields(errors: FieldErrors): Problem {
  return new Problem(422, 'Invalid', 'Some fields are invalid.', { errors });
}

/** The body of a problem's answer. */
export function problemBody({ code, message, errors }: Problem): string {
  return JSON.stringify(errors ? { errors } : { error: { code, message } });
}

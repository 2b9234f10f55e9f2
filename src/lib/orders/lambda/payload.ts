/**
 * A request as HTTP APIs and function URLs hand it over, as far as it is read ("Payload format version 2.0", API Gateway
 * developer guide).
 */
export interface HttpEvent {
  readonly version: '2.0';
  readonly rawPath: string;
  /** Without `?`; empty for none. */
  readonly rawQueryString: string;
  /** In small letters; values of one name are joined by commas. */
  readonly headers: Readonly<Record<string, string>>;
  readonly requestContext: {
    /** `$default`, or a name that the path then begins with. */
    readonly stage: string;
    readonly requestId: string;
    readonly http: { readonly method: string };
  };
  readonly body?: string | undefined;
  readonly isBase64Encoded: boolean;
}

/** What the function answers a request with. */
export interface HttpResult {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly isBase64Encoded: false;
}

/** What Lambda says of an invocation, as far as it is read. */
export interface InvocationContext {
  getRemainingTimeInMillis(): number;
}

/**
 * Whether a function was invoked by a request, and not by a schedule or by hand.
 * @throws Error for a request in another format
 */
export function isHttpEvent(event: unknown): event is HttpEvent {
  const { version, requestContext } = (event ?? {}) as Partial<HttpEvent>;
  if (version === '2.0' && typeof requestContext?.http?.method === 'string') return true;
  if (requestContext === undefined) return false;
  throw new Error(
    'Requests are read in payload format 2.0: PayloadFormatVersion of the integration.',
  );
}

/** The path of a request within its stage. */
export function pathOf({ rawPath, requestContext: { stage } }: HttpEvent): string {
  const prefix = `/${stage}`;
  if (rawPath === prefix) return '/';
  return rawPath.startsWith(`${prefix}/`) ? rawPath.slice(prefix.length) : rawPath;
}

/** The bytes of a request's body; none where it has none. */
export function bodyOf({ body = '', isBase64Encoded }: HttpEvent): Buffer {
  return Buffer.from(body, isBase64Encoded ? 'base64' : 'utf8');
}

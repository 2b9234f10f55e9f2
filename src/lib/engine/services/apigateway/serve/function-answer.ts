/** An answer to a request of an API: headers by lower-case name. */
export interface ApiAnswer {
  readonly status: number;
  readonly headers: ReadonlyMap<string, readonly string[]>;
  readonly body: Buffer | string;
}

const JSON_TYPE = 'application/json';
/** What an answer with a status and without a type gets. */
const TEXT_TYPE = 'text/plain;charset=UTF-8';

/** An answer of API Gateway's own: `{"message":"Not Found"}`. */
export function messageAnswer(status: number, message: string): ApiAnswer {
  return {
    status,
    headers: new Map([['content-type', [JSON_TYPE]]]),
    body: JSON.stringify({ message }),
  };
}

/**
 * What a function's answer makes of itself in a payload format; undefined where it isn't one.
 *
 * In format 2.0 whatever has no `statusCode` is the body: a text as it is, anything else as JSON.
 *
 * @param payload JSON.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html "Lambda
 * function response format"
 */
export function functionAnswer(payload: string, format: string): ApiAnswer | undefined {
  const value: unknown = JSON.parse(payload);
  if (isObject(value) && value.statusCode !== undefined) return structured(value, format);
  if (format !== '2.0') return undefined;
  return {
    status: 200,
    headers: new Map([['content-type', [JSON_TYPE]]]),
    body: typeof value === 'string' ? value : payload,
  };
}

function structured(value: Record<string, unknown>, format: string): ApiAnswer | undefined {
  const { statusCode, body = '', isBase64Encoded = false, cookies } = value;
  const status = Number(statusCode);
  if (!Number.isInteger(status) || status < 200 || status > 599) return undefined;
  if (typeof body !== 'string' && body !== null) return undefined;
  const headers = new Map([['content-type', [TEXT_TYPE]]]);
  if (!addHeaders(headers, value.headers)) return undefined;
  if (format === '1.0' && !addHeaders(headers, value.multiValueHeaders)) return undefined;
  if (format === '2.0' && Array.isArray(cookies)) headers.set('set-cookie', cookies.map(String));
  const text = body ?? '';
  return { status, headers, body: isBase64Encoded === true ? Buffer.from(text, 'base64') : text };
}

/** @returns whether they are headers. */
function addHeaders(headers: Map<string, string[]>, given: unknown): boolean {
  if (given === undefined || given === null) return true;
  if (!isObject(given)) return false;
  for (const [name, value] of Object.entries(given)) {
    const values: readonly unknown[] = Array.isArray(value) ? value : [value];
    if (values.some((each) => typeof each === 'object' && each !== null)) return false;
    headers.set(name.toLowerCase(), values.filter((each) => each !== null).map(String));
  }
  return true;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

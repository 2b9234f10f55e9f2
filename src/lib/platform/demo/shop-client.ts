import * as z from 'zod';

/** Milliseconds that a request of the demo may take. */
const REQUEST_TIMEOUT_MS = 20_000;

/** What somebody asks of the gateway. */
export interface ShopRequest {
  /** Below `/api/v1`. */
  readonly path: string;
  /** `POST` with a body, else `GET`, unless given. */
  readonly method?: 'GET' | 'POST' | 'PATCH';
  readonly body?: unknown;
  readonly token?: string | undefined;
  readonly headers?: Readonly<Record<string, string>>;
}

/** What the gateway answered. */
export interface ShopAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

/** The gateway gave no answer. */
export class NoAnswer extends Error {
  override readonly name = 'NoAnswer';
}

/** Asks the gateway. @throws NoAnswer */
export type Shop = (request: ShopRequest) => Promise<ShopAnswer>;

/** @param url of the gateway */
export function createShop(url: string): Shop {
  return async ({ path, body, token, headers, method = body === undefined ? 'GET' : 'POST' }) => {
    const asked = fetch(`${url}/api/v1${path}`, {
      method,
      headers: {
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
        ...headers,
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
    });
    try {
      const answer = await asked;
      return { status: answer.status, headers: answer.headers, text: await answer.text() };
    } catch (error) {
      const { message, cause } = error as Error;
      const reason = (cause as Error | undefined)?.message || message;
      throw new NoAnswer(`${method} ${path} got no answer: ${reason}`, { cause: error });
    }
  };
}

/** What the demo reads of answers. */
export const SESSION = z.object({ access_token: z.string(), refresh_token: z.string() });
export const PRODUCT = z.object({
  id: z.number(),
  name: z.string(),
  price: z.string(),
  available: z.number(),
});
export const PRODUCTS = z.object({ products: z.array(PRODUCT) });
export const ORDER = z.object({
  id: z.number(),
  total: z.union([z.string(), z.number()]).transform(String),
  status: z.string(),
});
export const MY_ORDERS = z.object({ orders: z.array(z.object({ id: z.number() })) });
export const SAGA = z.object({
  id: z.string(),
  state: z.string(),
  step: z.string(),
  order_id: z.number().nullable(),
  payment_method: z.string(),
});
export const SAGAS = z.object({ sagas: z.array(SAGA) });
export const PAYMENTS = z.object({
  payments: z.array(
    z.object({ key: z.string(), status: z.string(), amount: z.string().nullable() }),
  ),
});
export const HISTORY = z.object({ events: z.array(z.unknown()) });
export const NOTICES = z.object({
  notifications: z.array(
    z.object({ event_type: z.string(), subject: z.string(), state: z.string() }),
  ),
});

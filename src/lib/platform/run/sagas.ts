import type * as z from 'zod';
import { AppError, EXIT } from '../../rules/errors.ts';
import type { SagaState } from '../orders/saga/saga.ts';
import type { saga } from '../orders/schemas.ts';
import { createServiceToken } from '../service/service-token.ts';
import { readPlatform } from './record.ts';
import { platformSecrets } from './secrets.ts';

/** An order on its way, as the order service answers it. */
export type ShownSaga = z.output<typeof saga>;

/** The sagas of the platform that runs here. */
export interface PlatformSagas {
  /** The newest first. @param state of them; all unless given. @param limit at the most, up to 100. */
  list(state: SagaState | undefined, limit: number): Promise<readonly ShownSaga[]>;
  /** @throws AppError `SagaNotFound` */
  show(id: string): Promise<ShownSaga>;
  /** Makes a saga due at once. @throws AppError `SagaNotFound`, `SagaEnded` */
  retry(id: string): Promise<ShownSaga>;
}

/** Milliseconds that the order service may take. */
const TIMEOUT_MS = 10_000;

/**
 * Finds the sagas of the platform that was started here.
 * @throws AppError `PlatformNotRunning`; those of its methods `ServiceSilent` and `ServiceRefused`
 */
export function openSagas(stateDir: string): PlatformSagas {
  const services = readPlatform(stateDir)?.services ?? [];
  const [orders, auth] = ['orders', 'auth'].map((name) =>
    services.find((service) => service.name === name),
  );
  if (orders === undefined || auth === undefined) {
    throw new AppError({
      code: 'PlatformNotRunning',
      message: 'The platform was not started here.',
      hint: 'pubsub platform up',
    });
  }
  const secret = platformSecrets(stateDir).services.orders;
  const token = createServiceToken('orders', secret, `http://127.0.0.1:${auth.port}`);
  const ask = (method: string, path: string) =>
    request(method, `http://127.0.0.1:${orders.port}${path}`, token);
  return {
    list: async (state, limit) => {
      const query = new URLSearchParams({ limit: String(limit), ...(state && { state }) });
      return ((await ask('GET', `/sagas?${query}`)) as { sagas: ShownSaga[] }).sagas;
    },
    show: async (id) => (await ask('GET', `/sagas/${encodeURIComponent(id)}`)) as ShownSaga,
    retry: async (id) => (await ask('POST', `/sagas/${encodeURIComponent(id)}/retry`)) as ShownSaga,
  };
}

async function request(
  method: string,
  url: string,
  token: () => Promise<string>,
): Promise<unknown> {
  let answer: Response;
  let body: unknown;
  try {
    answer = await fetch(url, {
      method,
      headers: { authorization: `Bearer ${await token()}` },
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    body = await answer.json();
  } catch (cause) {
    throw new AppError({
      code: 'ServiceSilent',
      message: 'The order service of the platform can not be asked just now.',
      hint: 'See which services run with: pubsub platform status',
      cause,
    });
  }
  if (answer.ok) return body;
  const { code = '', detail = '' } = body as { code?: string; detail?: string };
  throw refused(answer.status, code, detail);
}

function refused(status: number, code: string, detail: string): AppError {
  if (code === 'saga_not_found' || code === 'saga_ended') {
    return new AppError({
      code: code === 'saga_ended' ? 'SagaEnded' : 'SagaNotFound',
      message: detail,
      hint: 'See them with: pubsub platform sagas ls',
    });
  }
  const isDenied = status === 401 || status === 403;
  return new AppError({
    code: 'ServiceRefused',
    message: `The order service answers ${status}: ${detail}`,
    hint: 'See what it logs with: pubsub platform logs orders',
    ...(isDenied && { exitCode: EXIT.denied }),
  });
}

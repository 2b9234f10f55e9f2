import type * as z from 'zod';
import { AppError } from '../../rules/errors.ts';
import type { SagaState } from '../orders/saga/saga.ts';
import type { saga } from '../orders/schemas.ts';
import { readPlatform } from './record.ts';
import { createServiceCall } from './service-call.ts';

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

/**
 * Finds the sagas of the platform that was started here.
 * @throws AppError `PlatformNotRunning`; those of its methods `ServiceSilent` and `ServiceRefused`
 */
export function openSagas(stateDir: string): PlatformSagas {
  const record = readPlatform(stateDir) ?? { services: [] };
  const ask = createServiceCall(stateDir, record, {
    name: 'orders',
    title: 'order service',
    refusal,
  });
  if (ask === undefined) {
    throw new AppError({
      code: 'PlatformNotRunning',
      message: 'The platform was not started here.',
      hint: 'pubsub platform up',
    });
  }
  return {
    list: async (state, limit) => {
      const query = new URLSearchParams({ limit: String(limit), ...(state && { state }) });
      return ((await ask('GET', `/sagas?${query}`)) as { sagas: ShownSaga[] }).sagas;
    },
    show: async (id) => (await ask('GET', `/sagas/${encodeURIComponent(id)}`)) as ShownSaga,
    retry: async (id) => (await ask('POST', `/sagas/${encodeURIComponent(id)}/retry`)) as ShownSaga,
  };
}

function refusal(code: string, detail: string): AppError | undefined {
  if (code !== 'saga_not_found' && code !== 'saga_ended') return undefined;
  return new AppError({
    code: code === 'saga_ended' ? 'SagaEnded' : 'SagaNotFound',
    message: detail,
    hint: 'See them with: pubsub platform sagas ls',
  });
}

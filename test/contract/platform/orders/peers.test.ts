import { createGrpcTransport } from '@connectrpc/connect-node';
import { expect, it } from 'vitest';
import { createPeers } from '../../../../src/lib/platform/orders/saga/peers.ts';
import type { Saga } from '../../../../src/lib/platform/orders/saga/saga.ts';
import { freePort } from '../../../fixtures/postgres.ts';

it('says what a connection failed with, and not where: customers read it in their sagas', async () => {
  const nobody = createGrpcTransport({ baseUrl: `http://127.0.0.1:${await freePort()}` });
  const peers = createPeers({ products: nobody, payments: nobody, reserveForMs: 1_000 });
  const saga = { id: 's', userId: 7, items: [], total: '5.00', paymentMethod: 'card' };
  const outcome = await peers.pay(saga as unknown as Saga);
  expect(outcome).toEqual({ kind: 'unknown', error: 'Unavailable: ECONNREFUSED' });
});

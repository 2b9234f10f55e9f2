import { expect, it } from 'vitest';
import { PaymentService } from '../../../../src/lib/platform/rpc/pubsub/platform/v1/payments_pb.js';
import { as, refusal, useService } from '../service.ts';

/** Bytes before the text of the one field: its tag, and its length in three. */
const HEAD_BYTES = 4;

const service = useService('payments', () => ({
  routes: [],
  grpc: (router) => router.service(PaymentService, {}),
}));
const codeOf = async (bytes: number, token?: string) => {
  const key = 'x'.repeat(bytes - HEAD_BYTES);
  const options = token === undefined ? {} : as(token);
  return (await refusal(service.client(PaymentService).refund({ key }, options)))[0];
};

it('reads messages of up to 64 KiB before it looks at the token, and no larger ones', async () => {
  expect(await codeOf(65_536)).toBe('Unauthenticated');
  expect(await codeOf(65_537)).toBe('ResourceExhausted');
  // Nobody may send more.
  expect(await codeOf(65_536, 'service')).toBe('Unimplemented');
  expect(await codeOf(65_537, 'service')).toBe('ResourceExhausted');
});

import { expect, it } from 'vitest';
import { createPasswordChecks } from '../../../../src/lib/platform/auth/password-checks.ts';

it('keeps nobody waiting for longer than the gateway does, however slow the machine is', async () => {
  // No machine makes one of these hashes in a millisecond.
  const checks = createPasswordChecks(undefined, 1);
  const hashes = Array.from({ length: 6 }, () => checks.hash('correct horse'));
  const ends = await Promise.allSettled(hashes);
  expect(ends.map(({ status }) => status)).toEqual([
    ...['fulfilled', 'fulfilled'],
    ...['rejected', 'rejected', 'rejected', 'rejected'],
  ]);
  expect(ends[2]).toMatchObject({ reason: { status: 429, code: 'busy' } });
  // Who gave up has no turn any more.
  const again = await Promise.all([1, 2].map(() => checks.hash('correct horse')));
  expect(again).toHaveLength(2);
});

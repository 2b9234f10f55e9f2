import { expect, it } from 'vitest';
import { createTurns } from '../../../src/lib/http/turns.ts';
import { busy } from '../../../src/lib/orders/http/order-failures.ts';

/** Work that takes until it is told. */
function held(): { readonly over: Promise<void>; readonly end: () => void } {
  let end = (): void => {};
  const over = new Promise<void>((resolve) => {
    end = resolve;
  });
  return { over, end: () => end() };
}

it('lets work of one key through one by one, in its order', async () => {
  const turns = createTurns({ most: 4, patienceMs: () => 60_000, busy });
  const done: number[] = [];
  const first = held();
  const works = [0, 1, 2].map((n) =>
    turns.take(7, async () => {
      if (n === 0) await first.over;
      done.push(n);
    }),
  );
  await turns.take(8, async () => done.push(8));
  first.end();
  await Promise.all(works);
  expect(done).toEqual([8, 0, 1, 2]);
});

it('lets so many keys through at once and no more, and goes on after a failure', async () => {
  const turns = createTurns({ most: 2, patienceMs: () => 60_000, busy });
  const works = [held(), held(), held()];
  const begun: number[] = [];
  const outcomes = works.map(({ over }, key) =>
    turns.take(key, async () => {
      begun.push(key);
      await over;
      if (key === 0) throw new Error('no');
    }),
  );
  await Promise.resolve();
  expect(begun).toEqual([0, 1]);
  works[0]?.end();
  await expect(outcomes[0]).rejects.toThrow('no');
  await Promise.resolve();
  expect(begun).toEqual([0, 1, 2]);
  for (const { end } of works) end();
  await Promise.all(outcomes.slice(1));
});

it('waits no longer than it was told, and never begins what it refused', async () => {
  const turns = createTurns({ most: 1, patienceMs: () => 30, busy });
  const first = held();
  const holding = turns.take(1, () => first.over);
  let isBegun = false;
  const second = turns.take(1, async () => {
    isBegun = true;
  });
  await expect(second).rejects.toMatchObject({ status: 503, code: 'OrderBusy' });
  first.end();
  await holding;
  expect(isBegun).toBe(false);
  expect(await turns.take(1, async () => 'again')).toBe('again');
});

it('refuses what is one too many in line, and of those that wait only who waited too long', async () => {
  let patienceMs = 30;
  const turns = createTurns({ most: 1, mostWaiting: 2, patienceMs: () => patienceMs, busy });
  const first = held();
  const holding = turns.take(1, () => first.over);
  const impatient = turns.take(2, async () => 'never');
  patienceMs = 60_000;
  const patient = turns.take(3, async () => 'done');
  await expect(turns.take(4, async () => 'never')).rejects.toMatchObject({ code: 'OrderBusy' });
  await expect(impatient).rejects.toMatchObject({ code: 'OrderBusy' });
  const next = turns.take(4, async () => 'too');
  first.end();
  expect(await Promise.all([holding, patient, next])).toEqual([undefined, 'done', 'too']);
});

import { describe, expect, it } from 'vitest';
import { createLimit } from '../../../src/lib/topology/limit.ts';
import { createSteps, NotBegun } from '../../../src/lib/topology/steps.ts';

const turn = () => new Promise((resolve) => setImmediate(resolve));

describe('a limit', () => {
  it('runs as many tasks at once as it has places, and all of them in the end', async () => {
    const limit = createLimit(2);
    let running = 0;
    let most = 0;

    const results = await Promise.all(
      [1, 2, 3, 4, 5].map((number) =>
        limit(async () => {
          running += 1;
          most = Math.max(most, running);
          await turn();
          running -= 1;
          return number;
        }),
      ),
    );

    expect(results).toEqual([1, 2, 3, 4, 5]);
    expect(most).toBe(2);
  });

  it('gives its place free when a task fails', async () => {
    const limit = createLimit(1);

    await expect(limit(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
    await expect(limit(async () => 'yes')).resolves.toBe('yes');
  });
});

describe('steps', () => {
  const resource = (name: string) => ({ type: 'queue', name }) as const;

  it('finish what runs when one fails, and begin nothing after it', async () => {
    const steps = createSteps(undefined, () => {});
    let finished = false;
    const slow = steps.run(resource('slow'), async () => {
      await turn();
      await turn();
      finished = true;
    });
    const failing = steps.run(resource('failing'), () => Promise.reject(new Error('refused')));
    const later = failing.catch(() => steps.run(resource('later'), async () => {}));

    await expect(steps.all([slow, failing, later])).rejects.toThrow('refused');

    expect(finished).toBe(true);
    expect(steps.done).toEqual([resource('slow')]);
    await expect(later).rejects.toBeInstanceOf(NotBegun);
  });

  it('begin nothing once they are to stop', async () => {
    const stop = new AbortController();
    const told: string[] = [];
    const steps = createSteps(stop.signal, ({ name }) => told.push(name));
    const first = steps.run(resource('first'), async () => stop.abort());
    const second = first.then(() => steps.run(resource('second'), async () => {}));

    await expect(steps.all([first, second])).rejects.toBeInstanceOf(NotBegun);

    expect(told).toEqual(['first']);
  });
});

import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { usePubsub } from '../../fixtures/pubsub.ts';

const pubsub = usePubsub();
const hasPython = spawnSync('python3', ['--version']).status === 0;
const DEMO = ['demo', '--topology', 'order-notifications', '--pace', 'fast'];
const STEPS = ['setup', 'subscribe', 'order', 'repeat', 'poison', 'redrive', 'verify', 'cleanup'];

describe('pubsub demo --topology order-notifications', () => {
  it('stores an order once, lets a bug fail three times, rolls back, redrives and verifies', async () => {
    const { stdout, stderr, code } = await pubsub.run(DEMO);
    expect(code, stdout + stderr).toBe(0);
    expect(stdout).toContain('OrderQueue ─▶ OrderProcessor ─▶ Orders');
    expect(stdout).toMatch(/✓ demo-\w+-OrderProcessor takes from demo-\w+-OrderQueue/);
    expect(stdout).toContain('orders │ stored order O1234: 1 × Laptop');
    expect(stdout).toContain('orders │ order O1234 was stored before');
    expect(stdout.match(/orders │ ✗ Error: the new release has a bug/g)).toHaveLength(3);
    expect(stdout).toContain('… receive 2 of 3: hidden for 30 s, then it comes again');
    expect(stdout).toContain('… receive 3 of 3: hidden for 30 s, then it is a dead letter');
    expect(stdout).toMatch(/moved to demo-\w+-OrderDeadLetterQueue/);
    expect(stdout).toContain('? pubsub dlq show: Error: the new release has a bug');
    expect(stdout).toMatch(/~ setup: code \S+ → \S+/);
    expect(stdout).toContain('orders │ stored order O1235: 2 × Phone');
    expect(stdout).toContain('table Orders: 2 of 2 expected items');
    expect(stdout).toContain('8 resources removed, nothing left');
    expect(stdout.split('\n').filter((line) => [...line].length > 80)).toEqual([]);
  });

  it.skipIf(!hasPython)('does the same in Python, and sums itself up as one document', async () => {
    const { code, doc } = await pubsub.json([...DEMO, '--lang', 'python', '--show-aws']);
    const demo = doc as { ok: boolean; steps: { name: string }[]; events: object };
    expect(code).toBe(0);
    expect(demo).toMatchObject({ ok: true, events: { expected: 3, received: 3, lost: 0 } });
    expect(demo.steps.map(({ name }) => name)).toEqual(STEPS);
  });

  it.each([
    [['--lang', 'cobol'], 'Unknown language "cobol"', 'order-notifications'],
    [['--lang', 'python'], 'has no functions', 'orders'],
  ])('refuses %j', async (flags, words, topology) => {
    const { code, stderr } = await pubsub.run(['demo', '--topology', topology, ...flags]);
    expect(code).toBe(2);
    expect(stderr).toContain(words);
  });
});

import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { usePubsub } from '../../fixtures/pubsub.ts';

const STEPS = ['start', 'account', 'browse', 'order', 'declined', 'observed', 'killed', 'breaker'];

interface Demo {
  ok: boolean;
  steps: { name: string; ok: boolean; ms: number }[];
  claims: { expected: number; held: number };
}

const pubsub = usePubsub({ processes: true });

/** For temporary files of this demo alone: others run beside it. */
const TMPDIR = mkdtempSync(join(tmpdir(), 'pubsub-demo-'));
afterAll(() => rmSync(TMPDIR, { recursive: true }));

describe('pubsub platform demo', () => {
  it('tells the story, checks every claim, and leaves nothing', async () => {
    const { code, doc } = await pubsub.json(['platform', 'demo'], { env: { TMPDIR } });
    const { ok, steps, claims } = doc as Demo;
    expect(steps.map((step) => [step.name, step.ok])).toEqual(STEPS.map((name) => [name, true]));
    expect([code, ok, claims.held]).toEqual([0, true, claims.expected]);
    expect(claims.expected).toBeGreaterThanOrEqual(20);
    expect(readdirSync(TMPDIR)).toEqual([]);
  });
});

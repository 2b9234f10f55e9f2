import { readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { describe, expect, it } from 'vitest';
import { usePubsub } from '../../fixtures/pubsub.ts';

const STEPS = ['start', 'account', 'browse', 'order', 'declined', 'observed', 'killed', 'breaker'];

interface Demo {
  ok: boolean;
  steps: { name: string; ok: boolean; ms: number }[];
  claims: { expected: number; held: number };
}

const pubsub = usePubsub({ processes: true });

function folders(): string[] {
  return readdirSync(tmpdir()).filter((name) => name.startsWith('pubsub-platform-'));
}

describe('pubsub platform demo', () => {
  it('tells the story, checks every claim, and leaves nothing', async () => {
    const before = folders();
    const { code, doc } = await pubsub.json(['platform', 'demo']);
    const { ok, steps, claims } = doc as Demo;
    expect(steps.map((step) => [step.name, step.ok])).toEqual(STEPS.map((name) => [name, true]));
    expect([code, ok, claims.held]).toEqual([0, true, claims.expected]);
    expect(claims.expected).toBeGreaterThanOrEqual(20);
    expect(folders().filter((name) => !before.includes(name))).toEqual([]);
  });
});

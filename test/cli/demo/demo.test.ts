import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { pubsubCommand } from '../../../src/commands/command-line.ts';
import type { RunningEngine } from '../../../src/lib/engine/http/server.ts';
import { interruptDemo } from '../../fixtures/interrupted-demo.ts';
import { runMain } from '../../fixtures/main.ts';
import { usePubsub } from '../../fixtures/pubsub.ts';
import { openTerminal, plain } from '../../fixtures/terminal.ts';

const pubsub = usePubsub();
let engine: RunningEngine | undefined;
const TROUBLES = ['break', 'recover', 'poison', 'redrive'];
const DEMO_STEPS = ['setup', 'subscribe', 'create', 'confirm', ...TROUBLES, 'verify', 'cleanup'];

interface Demo {
  ok: boolean;
  steps: { name: string; ok: boolean; ms: number }[];
  events: { expected: number; received: number };
  ms: number;
}

describe('pubsub demo', () => {
  it('shows every service react, breaks and mends, verifies, and leaves nothing', async () => {
    const { stdout, stderr, code } = await pubsub.run(['demo', '--pace', 'fast']);
    expect(code, stdout + stderr).toBe(0);
    for (const order of [1, 2, 3]) {
      expect(stdout).toContain(
        `email     │ 📧 Sending order confirmation email for order ${order}`,
      );
      expect(stdout).toContain(`inventory │ 📦 Reserving inventory for order ${order}`);
      expect(stdout).toContain(`email     │ 📧 Sending status update email for order ${order}`);
    }
    expect(stdout.match(/analytics │ 📊/g)).toHaveLength(9);
    expect(stdout).toContain('inventory │ … silent: order.updated (order_id 2) never came');
    expect(stdout.match(/✗ failed on order.updated \(order_id 3\), receive \d/g)).toHaveLength(3);
    expect(stdout).toContain('? pubsub doctor: inventory queue-policy');
    expect(stdout).toContain('1 delivery lost on purpose');
    expect(stdout).toMatch(/moved to demo-\w+-email-service-dlq/);
    expect(stdout).toContain('email     9 of 9 expected events');
    expect(stdout).toContain('inventory 8 of 8 expected events');
    expect(stdout).toContain('10 resources removed, nothing left');
    expect(stdout.split('\n').filter((line) => [...line].length > 80)).toEqual([]);
    expect(stdout).not.toContain('\u001b');
    // It brings an engine of its own: none is left in the background.
    expect((await pubsub.json(['local', 'status'])).doc).toMatchObject({ running: false });
  });

  it('sums itself up as one JSON document', async () => {
    const began = performance.now();
    const { code, doc } = await pubsub.json(['demo', '--pace', 'fast']);
    const demo = doc as Demo;
    const steps = demo.steps.reduce((total, { ms }) => total + ms, 0);
    expect(demo.ms).toBeGreaterThanOrEqual(steps - demo.steps.length);
    expect(demo.ms).toBeLessThanOrEqual(Math.ceil(performance.now() - began));
    expect(code).toBe(0);
    expect(demo).toMatchObject({ ok: true, events: { expected: 26, received: 26, lost: 1 } });
    expect(demo.steps.map(({ name }) => name)).toEqual(DEMO_STEPS);
  });

  it('keeps everything with --keep, for cleanup to remove', async () => {
    engine ??= await pubsub.startEngine();
    const kept = await pubsub.run(['demo', '--pace', 'fast', '--keep', '--prefix', 'kept']);
    expect(kept.code, kept.stdout).toBe(0);
    expect(kept.stderr).toContain('pubsub cleanup --prefix kept');
    const status = (await pubsub.json(['status', '--prefix', 'kept'])).doc;
    expect(status).toMatchObject({ topic: { exists: true } });

    const again = await pubsub.run(['demo', '--pace', 'fast', '--prefix', 'kept', '--keep']);
    expect(again.code).toBe(2);
    expect(again.stderr).toContain('exists already');
    await pubsub.run(['cleanup', '--prefix', 'kept', '--yes']);
  });

  it('removes what it made when it is interrupted', async () => {
    engine ??= await pubsub.startEngine();
    const url = engine.endpoint;
    const demo = pubsub.start(['demo', '--endpoint-url', url, '--prefix', 'cut']);
    await interruptDemo(demo);
    const left = await pubsub.json(['cleanup', '--prefix', 'cut', '--yes', '--endpoint-url', url]);
    expect(left.doc).toMatchObject({ deleted: [], remaining: [] });
  });

  it('names what comes next as the shell that called it finds it', () => {
    const folder = mkdtempSync(join(tmpdir(), 'pubsub-path-'));
    writeFileSync(join(folder, 'pubsub'), '#!/bin/sh\n', { mode: 0o755 });
    const called = (env: Record<string, string>) => pubsubCommand({ env, cwd: folder });
    expect(called({ PATH: `/nowhere:${folder}` })).toBe('pubsub');
    expect(called({ PATH: '/nowhere', npm_command: 'exec' })).toBe('npx pubsub-cli');
    expect(called({ PATH: '/nowhere' })).toMatch(/^node \S/);
    rmSync(folder, { recursive: true });
  });

  it('refuses a pace it does not know', async () => {
    const { code, stderr } = await pubsub.run(['demo', '--pace', 'sideways']);
    expect(stderr).toContain('--pace normal or --pace fast');
    expect(code).toBe(2);
  });

  it('is in colour on a terminal, and plain with NO_COLOR', async () => {
    const args = ['demo', '--pace', 'fast'];
    const coloured = await runMain(args, pubsub.env, { columns: 80 });
    const bare = await runMain(args, { ...pubsub.env, NO_COLOR: '1' }, { columns: 80 });

    expect([coloured.code, bare.code]).toEqual([0, 0]);
    expect(coloured.stdout).toContain('\u001b[36m');
    expect(plain(coloured.stdout)).toContain('Everything arrived that should');
    expect(bare.stdout).not.toContain('\u001b[3');
  });

  it("shows a project's own topology: samples of its events, and whom its filters leave out", async () => {
    const folder = mkdtempSync(join(tmpdir(), 'pubsub-demo-'));
    writeFileSync(
      join(folder, 'pubsub.yaml'),
      `topology: payments
topics: { payments: {} }
subscribers:
  ledger: { from: payments, filterPolicy: { event_type: [payment.captured] } }
  fraud: { from: payments }
events:
  payment.captured: { sample: { payment_id: p1 } }
  payment.refunded: { sample: { payment_id: p2 } }
`,
    );
    const { stdout, code } = await pubsub.run(['demo', '--pace', 'fast', '--show-aws'], {
      cwd: folder,
    });
    rmSync(folder, { recursive: true, force: true });
    expect(code, stdout).toBe(0);
    expect(stdout).toContain('─▶ ledger (filtered)');
    expect(stdout).toMatch(/→ payment.refunded {2}payment_id p2\n {5}filtered out for ledger/);
    expect(stdout).toContain('ledger │ handled payment.captured (payment_id p1)');
    expect(stdout).not.toContain('ledger │ handled payment.refunded');
    expect(stdout).toMatch(/\$ aws sqs set-queue-attributes \\\n/);
    expect(stdout).toMatch(/\$ aws sns subscribe \\\n/);
    expect(stdout).toContain('nothing left');
  });

  it('waits for Enter between the steps with --step, and refuses where nobody can press it', async () => {
    const refused = await pubsub.run(['demo', '--step']);
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain('--step waits for Enter');

    const terminal = openTerminal(['demo', '--step'], pubsub.env);
    for (let step = 1; step < 10; step++) {
      await expect
        .poll(() => plain(terminal.output()).split('Enter for the next step').length - 1)
        .toBe(step);
      terminal.type('\r');
    }
    expect(await terminal.exited).toBe(0);
    expect(plain(terminal.output())).toContain('Everything arrived that should');
  });
});

import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import type { BenchResult } from '../../../src/lib/bench/bench-result.ts';
import { useEndpoint } from '../../fixtures/endpoint.ts';
import { usePubsub } from '../../fixtures/pubsub.ts';

const PATIENT = { timeout: 60_000, interval: 50 };

function commandLine(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return '';
  }
}

const endpoint = useEndpoint();
const pubsub = usePubsub();

describe('pubsub bench', () => {
  it('measures in one JSON document, which another run compares itself with', async () => {
    const { code, doc } = await pubsub.json(['bench', '--events', '100', '--subscribers', '2']);
    const result = doc as BenchResult;
    expect(code).toBe(0);
    expect(result).toMatchObject({ ok: true, events: 100, subscribers: 2, missing: 0 });
    expect(result.publish.perSecond).toBeGreaterThan(0);
    expect(result.latencyMs.p50).toBeLessThanOrEqual(result.latencyMs.max);
    expect(result.requests.byAction['sns:PublishBatch']).toBe(10);
    expect(result.requests.total).toBeGreaterThanOrEqual(50);
    expect(result.cost.dollarsPerMillionEvents).toBeGreaterThan(0);
    expect(result.memory.peakRssMiB).toBeGreaterThan(10);

    const file = join(pubsub.env.HOME ?? '', 'before.json');
    writeFileSync(file, JSON.stringify(result));
    const again = ['bench', '--events', '100', '--subscribers', '1', '--compare', file];
    const { stdout, stderr, code: second } = await pubsub.run(again);
    expect(second, stderr).toBe(0);
    expect(stdout).toMatch(/published +[\d,]+ +[\d,]+ +\d+\.\d\d× +events\/s/);
    expect(stdout).toMatch(/missing +0 /);
    expect(stdout.split('\n').filter((line) => line.length > 80)).toEqual([]);
    // It brings an engine of its own: none is left in the background.
    expect((await pubsub.json(['local', 'status'])).doc).toMatchObject({ running: false });
  });

  it('removes what it made when it is interrupted', async () => {
    const at = ['--endpoint-url', endpoint.url, '--prefix', 'cut'];
    const bench = pubsub.start(['bench', '--events', '1000000', ...at]);
    for (let made = false; !made; ) {
      const status = (await pubsub.json(['status', ...at])).doc as { topic: { exists: boolean } };
      made = status.topic.exists;
    }
    bench.kill('SIGINT');
    const { code, stderr } = await bench.finished;
    expect(code, stderr).toBe(130);
    expect(stderr).toContain('Interrupted');
    const left = await pubsub.json(['cleanup', '--yes', ...at]);
    expect(left.doc).toMatchObject({ deleted: [], remaining: [] });
  });

  it.skipIf(process.platform !== 'linux')('leaves no engine behind when it is killed', async () => {
    const bench = pubsub.spawn(['bench', '--events', '1000000']);
    const owner = bench.child.pid ?? 0;
    const engines = () =>
      readdirSync('/proc')
        .filter((name) => /^\d+$/.test(name))
        .filter((pid) => commandLine(pid).includes(`--owner\0${owner}\0`));
    await vi.waitFor(() => expect(engines()).toHaveLength(1), PATIENT);
    bench.child.kill('SIGKILL');
    await bench.finished;
    await vi.waitFor(() => expect(engines()).toEqual([]), PATIENT);
  });

  it('refuses names that are taken, and what it can not measure', async () => {
    const at = ['--endpoint-url', endpoint.url, '--prefix', 'taken'];
    await pubsub.run(['setup', ...at]);
    const taken = await pubsub.run(['bench', ...at]);
    expect(taken.code).toBe(2);
    expect(taken.stderr).toContain('exists already');
    for (const [words, problem] of [
      [['--subscribers', '4'], 'from 1 to 3'],
      [['--events', '0'], 'from 1'],
      [['--compare', 'nowhere.json'], 'nowhere.json'],
    ] as const) {
      const { code, stderr } = await pubsub.run(['bench', ...words]);
      expect(stderr).toContain(problem);
      expect(code).toBe(2);
    }
  });
});

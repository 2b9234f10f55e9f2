import { spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { median } from './report.ts';
import { isInstalled } from './servers.ts';
import type { SuiteTimes } from './small-test-suite.ts';
import { BROKERS, type BrokerName } from './test-brokers.ts';

const HELP = `npm run bench:tests -- [flags]

A suite of small tests on each test broker, with a reset after each test. Every run is a process of its own; the brokers
take turns. CPU is that of tests and broker together: it changes less on a busy machine than the time does.

  --tests N      tests of a suite (200)
  --runs N       runs of which the median counts (5)
  --brokers a,b  pubsub, fauxqs, moto (all that are installed)
`;
const { values: flags } = parseArgs({
  options: {
    tests: { type: 'string', default: '200' },
    runs: { type: 'string', default: '5' },
    brokers: { type: 'string', default: Object.keys(BROKERS).join(',') },
    help: { type: 'boolean', default: false },
  },
});
const SUITE = join(dirname(fileURLToPath(import.meta.url)), 'small-test-suite.mjs');

function run(name: BrokerName): SuiteTimes {
  const args = [SUITE, name, flags.tests];
  const { stdout, stderr, status } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${name} ended with ${status}: ${stderr}`);
  return JSON.parse(stdout);
}

function compare(): void {
  const wanted = flags.brokers.split(',');
  const names = (Object.keys(BROKERS) as BrokerName[]).filter(
    (name) => wanted.includes(name) && (name === 'pubsub' || isInstalled(name)),
  );
  const runs = new Map(names.map((name) => [name, [] as SuiteTimes[]]));
  for (let count = 0; count < Number(flags.runs); count += 1) {
    const order = count % 2 === 0 ? names : [...names].reverse();
    for (const name of order) runs.get(name)?.push(run(name));
  }
  process.stdout.write(`${flags.tests} tests, medians of ${flags.runs} runs\n\n`);
  for (const [name, times] of runs) {
    const inMs = (values: readonly number[]) => `${median(values).toFixed(0).padStart(8)} ms`;
    const ms = inMs(times.map((each) => each.ms));
    const cpuMs = inMs(times.map((each) => each.cpuMs));
    process.stdout.write(`${name.padEnd(8)} ${ms} ${cpuMs} of CPU\n`);
  }
}

if (flags.help) process.stdout.write(HELP);
else compare();

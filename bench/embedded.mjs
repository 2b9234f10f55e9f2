// `npm run bench:embedded`: what it costs a test to have an engine in its own process: the import, the start, and the
// first answer; beside fauxqs, and beside a bare server of Node's own. Each in fresh processes, in turn; medians, in
// milliseconds of the clock and of the processor.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const here = fileURLToPath(new URL('.', import.meta.url));
const RUNS = Number(process.argv[2] ?? 15);
const KINDS = ['pubsub', 'fauxqs', 'node'];
const STEPS = ['import', 'start', 'first answer'];

if (!existsSync(`${here}node_modules/fauxqs`)) {
  const install = ['ci', '--no-audit', '--no-fund', '--loglevel=error', '--prefix', here];
  spawnSync('npm', install, { stdio: ['ignore', 'ignore', 'inherit'] });
}

/** The middle value. */
const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];

/** Milliseconds that a reset with a thousand messages may take. */
const MAX_RESET_MS = 5;

const found = new Map(KINDS.map((kind) => [kind, []]));
for (let index = -1; index < RUNS; index += 1) {
  for (const kind of KINDS) {
    const script = `${here}embedded-start.mjs`;
    const { status, stdout, stderr } = spawnSync(process.execPath, [script, kind], {
      encoding: 'utf8',
    });
    if (status !== 0) throw new Error(`${kind}: ${stderr}`);
    // The first run of each reads the files from the disk.
    if (index >= 0) found.get(kind).push(JSON.parse(stdout));
  }
}

for (const [what, name] of [
  ['ms', 'times'],
  ['CPU ms', 'cpu'],
]) {
  const rows = KINDS.map((kind) => {
    const runs = found.get(kind).map((each) => each[name]);
    const steps = STEPS.map((_, at) => median(runs.map((each) => each[at])));
    const all = median(runs.map((each) => each.reduce((sum, value) => sum + value)));
    return [kind, ...[...steps, all].map((value) => value.toFixed(1))];
  });
  for (const row of [[what, ...STEPS, 'in all'], ...rows]) {
    process.stdout.write(
      `${row.map((each, at) => (at === 0 ? each.padEnd(8) : each.padStart(13))).join('')}\n`,
    );
  }
  process.stdout.write('\n');
}
const reset = median(found.get('pubsub').map((each) => each.reset));
process.stdout.write(`pubsub: reset with 1,000 messages ${reset.toFixed(1)} ms\n`);
if (reset > MAX_RESET_MS) process.exitCode = 1;

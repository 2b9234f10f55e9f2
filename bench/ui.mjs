// What a page that is looked at costs the engine: CPU time of the engine's process, with and without a tab that
// listens, while nothing happens and under load. Usage: node build.mjs && node bench/ui.mjs
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { get } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const SECONDS = Number(process.env.PUBSUB_BENCH_SECONDS ?? 10);
const RATE = Number(process.env.PUBSUB_BENCH_RATE ?? 500);
const TICKS_PER_SECOND = 100;
const folder = mkdtempSync(join(tmpdir(), 'pubsub-bench-ui-'));
const env = { PATH: process.env.PATH, HOME: folder, XDG_STATE_HOME: folder };
const pubsub = (...args) =>
  execFileSync(process.execPath, ['bin/pubsub.js', ...args], {
    env,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

const { pid, ui } = JSON.parse(pubsub('local', 'start', '--port', '0', '--json'));

/** Seconds of CPU that a process has taken. */
function cpuSeconds() {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

/** Events that were published while this ran, and the engine's CPU time meanwhile. */
async function measure(label, rate) {
  const load =
    rate > 0
      ? [
          'publish',
          'order.created',
          '--count',
          String(rate * SECONDS),
          '--rate',
          String(rate),
          '--json',
        ]
      : undefined;
  const before = cpuSeconds();
  const started = performance.now();
  if (load) {
    const child = spawn(process.execPath, ['bin/pubsub.js', ...load], { env, stdio: 'ignore' });
    await new Promise((resolve) => child.on('close', resolve));
  } else await sleep(SECONDS * 1000);
  const seconds = (performance.now() - started) / 1000;
  const used = cpuSeconds() - before;
  console.log(
    `${label.padEnd(34)} ${((100 * used) / seconds).toFixed(1).padStart(6)} % of a core  (${used.toFixed(2)} s in ${seconds.toFixed(1)} s)`,
  );
}

function openTab() {
  const url = new URL('/_pubsub/ui/api/stream', ui);
  let bytes = 0;
  const call = get(url, (answer) =>
    answer.on('data', (chunk) => {
      bytes += chunk.length;
    }),
  );
  call.on('error', () => undefined);
  return { bytes: () => bytes, close: () => call.destroy() };
}

try {
  pubsub('setup', '--yes');
  await measure('idle, nobody looks', 0);
  await measure(`${RATE} events/s, nobody looks`, RATE);
  const tabs = [openTab()];
  await sleep(3_000);
  await measure('idle, one tab', 0);
  await measure(`${RATE} events/s, one tab`, RATE);
  console.log(`one tab got ${(tabs[0].bytes() / 1e6).toFixed(1)} MB`);
  for (let tab = 1; tab < 10; tab += 1) tabs.push(openTab());
  await sleep(3_000);
  await measure(`${RATE} events/s, ten tabs`, RATE);
  for (const tab of tabs) tab.close();
} finally {
  pubsub('local', 'stop');
  rmSync(folder, { recursive: true, force: true });
}

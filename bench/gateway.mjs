// What the gateway costs: requests a second and p99 of `GET /orders` with a token, at the gateway and at the order service
// alone, in alternating runs on one platform, and the CPU time of each process for a request. Both check the token. The
// load comes from this process; every service is one of its own. All of them share the same cores in both ways, so that
// what the gateway costs is the share of the requests a second that is lost with it: nothing of its work is done for
// nothing on a core that would be idle otherwise. On a busy machine the CPU times tell more than the rates.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { Pool } from 'undici';

const { values: flags } = parseArgs({
  options: {
    runs: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '5' },
    clients: { type: 'string', default: '16' },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});
if (flags.help) {
  process.stdout.write(
    'Usage: npm run bench:gateway -- [--runs 5] [--seconds 5] [--clients 16] [--json]\n',
  );
  process.exit();
}

const pubsub = fileURLToPath(new URL('../bin/pubsub.js', import.meta.url));
const state = mkdtempSync(join(tmpdir(), 'pubsub-bench-gateway-'));
// Requests are counted, and never too many.
const many = String(999_999_999);
const limits = { RATE_LIMIT: many, RATE_LIMIT_ADDRESS: many, RATE_LIMIT_AT_ONCE: many };
const env = { ...process.env, XDG_STATE_HOME: state, ...limits };

/** Of the requests a second that the order service alone answers, the gateway may cost less than so many. */
const MAX_COST = 0.4;

function run(...args) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [pubsub, ...args], { env });
  if (status !== 0) throw new Error(`pubsub ${args.join(' ')}: ${stderr}`);
  return String(stdout) + String(stderr);
}

/** CPU time of a process so far, in microseconds (proc(5): ticks of 10 ms); NaN where there is no /proc. */
function cpuMicros(pid) {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ');
    return (Number(fields[11]) + Number(fields[12])) * 10_000;
  } catch {
    return Number.NaN;
  }
}

/** Asks again and again for some seconds. @returns requests a second, and milliseconds that 99 % of them took at most */
async function load(url, path, token) {
  const clients = Number(flags.clients);
  const pool = new Pool(url, { connections: clients });
  const times = [];
  const end = performance.now() + Number(flags.seconds) * 1000;
  const began = performance.now();
  const client = async () => {
    while (performance.now() < end) {
      const asked = performance.now();
      const answer = await pool.request({
        method: 'GET',
        path,
        headers: { authorization: `Bearer ${token}` },
      });
      await answer.body.dump();
      if (answer.statusCode !== 200) throw new Error(`${url}${path}: ${answer.statusCode}`);
      times.push(performance.now() - asked);
    }
  };
  await Promise.all(Array.from({ length: clients }, client));
  const seconds = (performance.now() - began) / 1000;
  await pool.close();
  times.sort((a, b) => a - b);
  return {
    count: times.length,
    rate: times.length / seconds,
    p99: times[Math.floor(times.length * 0.99)],
  };
}

const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];

async function measure() {
  const said = run('platform', 'up', '--port', '0');
  const at = (name) => `http://127.0.0.1:${new RegExp(`${name} at port (\\d+)`).exec(said)?.[1]}`;
  const pidOf = (name) => new RegExp(`${name} at port \\d+ \\(pid (\\d+)`).exec(said)?.[1];
  const [gateway, orders] = [at('gateway'), at('orders')];
  const account = { email: 'bench@example.com', password: 'correct horse battery' };
  const post = async (path, body) =>
    (
      await fetch(`${gateway}/api/v1${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      })
    ).json();
  await post('/auth/register', { ...account, name: 'Bench' });
  const { access_token: token } = await post('/auth/login', account);
  const ways = {
    alone: () => load(orders, '/orders', token),
    gateway: () => load(gateway, '/api/v1/orders', token),
  };
  const samples = { alone: [], gateway: [] };
  for (let i = 0; i <= Number(flags.runs); i++) {
    for (const [name, way] of Object.entries(ways)) {
      const before = [cpuMicros(pidOf('orders')), cpuMicros(pidOf('gateway'))];
      const own = process.cpuUsage();
      const { count, ...sample } = await way();
      const { user, system } = process.cpuUsage(own);
      sample.loadCpu = (user + system) / count;
      sample.ordersCpu = (cpuMicros(pidOf('orders')) - before[0]) / count;
      sample.gatewayCpu = (cpuMicros(pidOf('gateway')) - before[1]) / count;
      // The first of each warms up.
      if (i > 0) samples[name].push(sample);
    }
  }
  return samples;
}

try {
  const samples = await measure();
  const of = (name, field) => median(samples[name].map((sample) => sample[field]));
  const share = median(samples.gateway.map(({ rate }, i) => rate / samples.alone[i].rate));
  const cost = 1 - share;
  const spent = (name, ...fields) => fields.reduce((sum, field) => sum + of(name, field), 0);
  const cpuCost =
    1 -
    spent('alone', 'ordersCpu', 'loadCpu') / spent('gateway', 'gatewayCpu', 'ordersCpu', 'loadCpu');
  const holds = cost < MAX_COST && cpuCost < MAX_COST;
  if (flags.json) process.stdout.write(`${JSON.stringify({ samples, cost, cpuCost, holds })}\n`);
  else {
    const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url)));
    const [load1 = 0] = loadavg();
    process.stdout.write(`pubsub ${version}, Node ${process.version}, load ${load1.toFixed(1)}\n`);
    for (const name of ['alone', 'gateway']) {
      const [rate, p99] = [of(name, 'rate'), of(name, 'p99')];
      process.stdout.write(`${name.padEnd(8)} ${rate.toFixed(0)}/s  p99 ${p99.toFixed(1)} ms\n`);
    }
    const cpu = (name, ...fields) =>
      `${name}: ${fields.map((field) => `${field.replace('Cpu', '')} ${of(name, field).toFixed(0)} µs`).join(', ')}`;
    const [gateway, alone] = [
      cpu('gateway', 'gatewayCpu', 'ordersCpu', 'loadCpu'),
      cpu('alone', 'ordersCpu', 'loadCpu'),
    ];
    process.stdout.write(`CPU a request, ${alone}\n               ${gateway}\n`);
    const verdict = holds ? 'holds' : 'does NOT hold';
    process.stdout.write(
      `The gateway costs ${(cost * 100).toFixed(0)} % of the requests a second, by CPU time ${(cpuCost * 100).toFixed(0)} % (less than ${MAX_COST * 100} %: ${verdict})\n`,
    );
  }
} finally {
  run('platform', 'down');
  rmSync(state, { recursive: true, force: true });
}

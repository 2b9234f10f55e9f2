// `npm run bench:cli`: what a command costs, side by side with what it is measured against, in alternating runs.
// Prints medians; the ratio is that of the medians. Needs nothing but the build; the aws command is used where it is.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const BINARY = fileURLToPath(new URL('../bin/pubsub.js', import.meta.url));
const RUNS = Number(process.argv[2] ?? 9);
const folder = mkdtempSync(join(tmpdir(), 'pubsub-bench-cli-'));
const env = {
  PATH: process.env.PATH,
  HOME: folder,
  XDG_STATE_HOME: join(folder, 'state'),
  XDG_CONFIG_HOME: join(folder, 'config'),
  AWS_ACCESS_KEY_ID: 'test',
  AWS_SECRET_ACCESS_KEY: 'test',
  AWS_DEFAULT_REGION: 'us-east-1',
};
const hasAws = spawnSync('aws', ['--version']).status === 0;

const pubsub = (...args) => [process.execPath, [BINARY, ...args]];

/** Milliseconds of one run; a failed run ends the benchmark. */
function time([command, args]) {
  const started = performance.now();
  const { status, stderr } = spawnSync(command, args, { env, encoding: 'utf8' });
  const elapsed = performance.now() - started;
  if (status !== 0)
    throw new Error(`${command} ${args.join(' ')} exited with ${status}: ${stderr}`);
  return elapsed;
}

function run(...args) {
  const { status, stdout, stderr } = spawnSync(...pubsub(...args), { env, encoding: 'utf8' });
  if (status !== 0) throw new Error(`pubsub ${args.join(' ')} exited with ${status}: ${stderr}`);
  return stdout;
}

const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];

/** Runs two commands in turn; the first run of each is not counted. */
function compare(ours, theirs) {
  const times = { ours: [], theirs: [] };
  for (let index = -1; index < RUNS; index++) {
    const pair = { ours: time(ours), theirs: time(theirs) };
    if (index < 0) continue;
    times.ours.push(pair.ours);
    times.theirs.push(pair.theirs);
  }
  return { ours: median(times.ours), theirs: median(times.theirs) };
}

const rows = [];
function report(what, ours, against, theirs) {
  rows.push({
    what,
    ms: Math.round(ours),
    against,
    'ms there': theirs === undefined ? '' : Math.round(theirs),
    ratio: theirs === undefined ? '' : (ours / theirs).toFixed(2),
  });
}

async function startEngine() {
  run('local', 'start', '--port', '0', '--no-waits');
  return JSON.parse(run('local', 'status', '--json')).endpoint;
}

/** Requests that an engine has answered, by service and action. */
async function requestCounts(endpoint) {
  const text = await (await fetch(`${endpoint}/_pubsub/metrics`)).text();
  const counts = new Map();
  for (const [, action, count] of text.matchAll(
    /^pubsub_requests_total\{[^}]*action="(\w+)"[^}]*\} (\d+)/gm,
  )) {
    counts.set(action, Number(count));
  }
  return counts;
}

/** What 1,000 orders cost: three listeners wait, the orders come, the listeners end with Ctrl-C. */
async function countRequests(endpoint) {
  run('setup', '--prefix', 'count');
  const before = await requestCounts(endpoint);
  const listener = spawn(...pubsub('listen', 'all', '--json', '--prefix', 'count'), { env });
  let lines = 0;
  listener.stdout.on('data', (chunk) => {
    lines += chunk.toString().split('\n').length - 1;
    if (lines >= 3000) setTimeout(() => listener.kill('SIGINT'), 500);
  });
  let notes = '';
  listener.stderr.on('data', (chunk) => {
    notes += chunk;
  });
  while (!notes.includes('analytics')) await new Promise((resolve) => setTimeout(resolve, 20));
  run('publish', '--count', '1000', '--prefix', 'count', '--quiet');
  await once(listener, 'exit');
  const after = await requestCounts(endpoint);
  const counts = [...after]
    .map(([action, count]) => [action, count - (before.get(action) ?? 0)])
    .filter(([, count]) => count > 0);
  const total = counts.reduce((sum, [, count]) => sum + count, 0);
  console.log(`\n1,000 orders to three subscribers: ${total} requests`);
  console.log(counts.map(([action, count]) => `  ${action} ${count}`).join('\n'));
}

const AWS_SETUP = (endpoint) => {
  const aws = (...args) => ['aws', [...args, '--endpoint-url', endpoint, '--output', 'json']];
  const account = 'us-east-1:000000000000';
  const names = ['email', 'inventory', 'analytics'];
  const queue = (name) => `arn:aws:sqs:${account}:aws-${name}-service-queue`;
  return [
    aws('sns', 'create-topic', '--name', 'aws-order-events'),
    ...names.map((name) => aws('sqs', 'create-queue', '--queue-name', `aws-${name}-service-dlq`)),
    ...names.map((name) => aws('sqs', 'create-queue', '--queue-name', `aws-${name}-service-queue`)),
    ...names.map((name) =>
      aws(
        'sqs',
        'set-queue-attributes',
        '--queue-url',
        `${endpoint}/000000000000/aws-${name}-service-queue`,
        '--attributes',
        JSON.stringify({
          VisibilityTimeout: '30',
          RedrivePolicy: JSON.stringify({
            deadLetterTargetArn: `arn:aws:sqs:${account}:aws-${name}-service-dlq`,
            maxReceiveCount: 3,
          }),
        }),
      ),
    ),
    ...names.map((name) =>
      aws(
        'sns',
        'subscribe',
        '--topic-arn',
        `arn:aws:sns:${account}:aws-order-events`,
        '--protocol',
        'sqs',
        '--notification-endpoint',
        queue(name),
      ),
    ),
  ];
};

try {
  const bare = [process.execPath, ['-e', '0']];
  const version = compare(pubsub('--version'), bare);
  report('pubsub --version', version.ours, 'node -e 0', version.theirs);
  const endpoint = await startEngine();
  run('setup');
  const publish = compare(pubsub('publish', '--no-input'), bare);
  report('pubsub publish, one event', publish.ours, 'node -e 0', publish.theirs);
  const idle = compare(pubsub('setup'), bare);
  report('pubsub setup, nothing to do', idle.ours, 'node -e 0', idle.theirs);
  if (hasAws) {
    const whole = { ours: [], theirs: [] };
    for (let index = 0; index < 3; index++) {
      whole.ours.push(time(pubsub('setup', '--prefix', `whole${index}`)));
      whole.theirs.push(AWS_SETUP(endpoint).reduce((sum, command) => sum + time(command), 0));
    }
    report('pubsub setup, all of it', median(whole.ours), '13 aws commands', median(whole.theirs));
  } else {
    console.log('The aws command is not installed: left out.');
  }
  console.table(rows);
  await countRequests(endpoint);
} finally {
  spawnSync(...pubsub('local', 'stop'), { env });
  rmSync(folder, { recursive: true, force: true });
}

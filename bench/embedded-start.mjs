// One measurement in a process of its own: imports an engine, starts it, and asks it once. Prints milliseconds, and the
// processor's. `node bench/embedded-start.mjs pubsub|fauxqs|node`; bench/embedded.mjs alternates them.
import { connect } from 'node:net';

const LOAD = {
  pubsub: async () => (await import('../dist/embedded.js')).startEngine,
  fauxqs: async () => (await import('fauxqs')).startFauxqs,
  // What Node's own server costs: the least that any engine can take.
  node: async () => {
    const { createServer } = await import('node:http');
    return () =>
      new Promise((resolve) => {
        const server = createServer((_, response) => response.end('{}'));
        const stop = () => new Promise((done) => server.close(done));
        server.listen(0, '127.0.0.1', () => resolve({ port: server.address().port, stop }));
      });
  },
};

/** Asks by a bare socket: a client of its own would cost more than the answer. */
function ask(port) {
  const body = '{}';
  const head = [
    'POST / HTTP/1.1',
    'Host: localhost',
    'X-Amz-Target: AmazonSQS.ListQueues',
    'Content-Type: application/x-amz-json-1.0',
    `Content-Length: ${body.length}`,
    'Connection: close',
  ];
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1');
    let text = '';
    socket.on('data', (chunk) => {
      text += chunk;
    });
    socket.on('error', reject);
    socket.on('close', () => resolve(text));
    socket.write(`${head.join('\r\n')}\r\n\r\n${body}`);
  });
}

const times = [];
const cpu = [];
async function step(work) {
  const [started, used] = [performance.now(), process.cpuUsage()];
  const value = await work();
  const { user, system } = process.cpuUsage(used);
  times.push(performance.now() - started);
  cpu.push((user + system) / 1000);
  return value;
}

// The socket module is loaded by now, for all alike.
const start = await step(LOAD[process.argv[2]]);
const options = process.argv[2] === 'fauxqs' ? { port: 0, logger: false } : { port: 0 };
const engine = await step(() => start(options));
const answer = await step(() => ask(engine.port));
if (!answer.startsWith('HTTP/1.1 200')) throw new Error(answer.slice(0, 200));
const reset = engine.reset && engine.waitFor ? await resetFull() : undefined;
await engine.stop();
process.stdout.write(JSON.stringify({ times, cpu, reset }));

/** Milliseconds that it takes to empty it of a thousand messages. */
async function resetFull() {
  const call = (action, input) =>
    fetch(engine.endpoint, {
      method: 'POST',
      headers: {
        'content-type': 'application/x-amz-json-1.0',
        'x-amz-target': `AmazonSQS.${action}`,
      },
      body: JSON.stringify(input),
    }).then((response) => response.json());
  const { QueueUrl } = await call('CreateQueue', { QueueName: 'full' });
  const Entries = Array.from({ length: 10 }, (_, at) => ({ Id: `${at}`, MessageBody: 'm' }));
  for (let sent = 0; sent < 1000; sent += 10) await call('SendMessageBatch', { QueueUrl, Entries });
  const started = performance.now();
  await engine.reset();
  return performance.now() - started;
}

import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { beforeAll, describe, expect, it } from 'vitest';
import { findQueueUrl } from '../../../src/lib/aws/queues.ts';
import { uniquePrefix, useEndpoint } from '../../fixtures/endpoint.ts';
import { usePubsub } from '../../fixtures/pubsub.ts';

const endpoint = useEndpoint();
const pubsub = usePubsub();
const TOPIC = uniquePrefix();
const FILE = `
topology: ${TOPIC}
topics: { ${TOPIC}-payments: {} }
subscribers:
  ledger: {}
  fraud: { handler: { module: fraud.mjs } }
  audit: { handler: { exec: node audit.mjs } }
`;
const home = () => pubsub.env.HOME ?? '';
const run = (args: readonly string[], stdin?: string) =>
  pubsub.start([...args, '--endpoint-url', endpoint.url], {
    cwd: home(),
    ...(stdin === undefined ? {} : { stdin }),
  }).finished;
const listen = (subscriber: string, ...args: string[]) =>
  run(['listen', subscriber, '--idle-timeout', '1s', ...args]);
const send = async (subscriber: string, body: string) => {
  const url = await findQueueUrl(endpoint.aws, `${TOPIC}-${subscriber}-queue`);
  await endpoint.aws.sqs.send(new SendMessageCommand({ QueueUrl: url, MessageBody: body }));
};

beforeAll(async () => {
  writeFileSync(join(home(), 'pubsub.yaml'), FILE);
  writeFileSync(
    join(home(), 'fraud.mjs'),
    "export default (event, { eventType }) => eventType + ': ' + typeof event.amount + ' ' + JSON.stringify(event);",
  );
  writeFileSync(
    join(home(), 'audit.mjs'),
    `import { readFileSync } from 'node:fs';
     const { PUBSUB_EVENT_TYPE, PUBSUB_EVENT_ID, PUBSUB_PAYMENT_ID } = process.env;
     console.log(readFileSync(0, 'utf8').trim(), PUBSUB_EVENT_TYPE, PUBSUB_EVENT_ID, PUBSUB_PAYMENT_ID);`,
  );
  const setup = await run(['setup']);
  expect(setup.stderr + setup.stdout).toContain(`${TOPIC}-payments`);
});

describe('a topology of a project', () => {
  it('takes events of any type, and shows what its handlers return and print', async () => {
    const line =
      '{"event_id":"e-1","event_type":"payment.captured","payment_id":7,"amount":0.10,"big":12345678901234567890}';
    const published = await run(['publish', '--file', '-'], `${line}\n`);
    expect(published.code).toBe(0);
    expect(published.stdout).toContain(
      '→ payment.captured  payment_id=7  amount=0.10  big=12345678901234567890',
    );
    const { stdout, stderr, code } = await run(['run', '--idle-timeout', '1s']);
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /^fraud +│ payment\.captured: number \{.*"amount":0\.1,"big":"12345678901234567890"/m,
    );
    expect(stdout).toMatch(
      /^audit +│ \{"event_id":"e-1".*"amount":0\.10,"big":12345678901234567890.*\} payment\.captured e-1 7$/m,
    );
    expect(stderr).toContain('Without a handler, left alone: ledger.');
    const ledger = await listen('ledger');
    expect(ledger.stdout).toMatch(
      /✓ payment\.captured {2}payment_id=7 {2}amount=0\.10 {2}big=12345678901234567890 {2}id=e-1 {2}\(\d+ ms\)/,
    );
  });

  it('shows whatever comes, with what cannot be seen written out', async () => {
    await send('ledger', 'plain \u202etext\u200b\u009b');
    await send(
      'ledger',
      '{"specversion":"1.0","id":"c-1","source":"/s","type":"paid","data":{"a":1}}',
    );
    await send(
      'ledger',
      '{"detail-type":"EC2 State","source":"aws.ec2","id":"b","detail":{"state":"on"}}',
    );
    await send(
      'ledger',
      '{"Records":[{"eventSource":"aws:s3","eventName":"ObjectCreated:Put","s3":{"bucket":{"name":"b"},"object":{"key":"k"}}}]}',
    );
    await send('ledger', '[1,2.50]');
    const { stdout, code } = await listen('ledger');
    expect(code).toBe(0);
    expect(stdout).toContain('✓ message  plain \\u{202e}text\\u{200b}\\u{9b}  id=');
    expect(stdout).toContain('✓ paid  source=/s  a=1  id=c-1');
    expect(stdout).toContain('✓ EC2 State  source=aws.ec2  state=on  id=');
    expect(stdout).toContain('✓ S3 event  ObjectCreated:Put=b/k  id=');
    expect(stdout).toContain('✓ message  [1,2.50]  id=');
  });

  it('asks nothing and sends bodies to the letter with --raw', async () => {
    const raw = await run([
      'publish',
      'note',
      '--raw',
      '--data',
      'hello  world',
      '--attribute',
      'n:Number=5',
    ]);
    expect(raw.code).toBe(0);
    const { stdout } = await listen('ledger', '--json');
    expect(
      stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line)),
    ).toMatchObject([{ event: null, body: 'hello  world', outcome: 'handled' }]);
    await listen('fraud', '--exec', 'true');
    await listen('audit', '--exec', 'true');
  });
});

describe('what a listener ends with', () => {
  it.each([
    ['undefined', 'throw undefined'],
    ['an object without a prototype', 'throw Object.create(null)'],
    [
      'an error with an object for its message',
      'throw Object.assign(new Error(), { message: { a: 1 } })',
    ],
  ])('1, and goes on, when its handler throws %s', async (_, body) => {
    writeFileSync(join(home(), 'throws.mjs'), `export default () => { ${body} };`);
    await send('ledger', '{"event_type":"t","n":1}');
    const { stdout, stderr, code } = await run([
      'listen',
      'ledger',
      '--handler',
      'throws.mjs',
      '--max',
      '2',
      '--retry-delay',
      '0s',
      '--idle-timeout',
      '20s',
    ]);
    expect(code).toBe(1);
    expect(stdout).toMatch(/✗ t [0-9a-f-]{36} failed \(receive 1\)[\s\S]*\(receive 2\)/);
    expect(stderr).not.toContain('bug in pubsub');
    const { stdout: rest } = await listen('ledger');
    expect(rest).toContain('✓ t  n=1');
  });

  it('0 when what failed was handled after that', async () => {
    writeFileSync(
      join(home(), 'second.mjs'),
      "export default (event, { receiveCount }) => { if (receiveCount < 2) throw new Error('not yet'); };",
    );
    await send('ledger', '{"event_type":"t"}');
    const { stdout, code } = await listen(
      'ledger',
      '--handler',
      'second.mjs',
      '--retry-delay',
      '0s',
    );
    expect(stdout).toContain('not yet');
    expect(code).toBe(0);
  });
});

it('forwards each event to a service, and leaves what that refuses', async () => {
  const posted: unknown[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (part) => {
      body += part;
    });
    request.on('end', () => {
      const { headers } = request;
      posted.push({ body, signature: headers['pubsub-signature'] });
      response.writeHead(body.includes('"bad"') ? 422 : 202).end('no such account\n');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  try {
    await send('ledger', '{"event_type":"good","amount":0.10}');
    await send('ledger', '{"event_type":"bad"}');
    const url = `http://127.0.0.1:${port}/events`;
    const { stdout, code } = await run([
      'listen',
      'ledger',
      '--forward-to',
      url,
      '--forward-secret',
      's',
      '--max',
      '2',
    ]);
    expect(code).toBe(1);
    expect(stdout).toMatch(/✓ good {2}amount=0\.10/);
    expect(stdout).toMatch(
      /✗ bad .* failed \(receive 1\): 127\.0\.0\.1:\d+ answered 422\n.*no such account/,
    );
    expect(posted).toContainEqual({
      body: '{"event_type":"good","amount":0.10}',
      signature: expect.stringMatching(/^t=\d+,v1=[0-9a-f]{64}$/),
    });
  } finally {
    server.close();
    server.closeAllConnections();
  }
});

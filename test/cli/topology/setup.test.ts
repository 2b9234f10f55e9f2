import { afterAll, describe, expect, it } from 'vitest';
import { uniquePrefix, useEndpoint } from '../../fixtures/endpoint.ts';
import { openGateway } from '../../fixtures/gateway.ts';
import { usePubsub } from '../../fixtures/pubsub.ts';
import { interruptedAtSilence } from '../../fixtures/silent-target.ts';
import { openTerminal } from '../../fixtures/terminal.ts';
import { cleanUpAt, drift, newPlace } from '../../fixtures/topology.ts';

const endpoint = useEndpoint();
const pubsub = usePubsub();

interface SetupDocument {
  target: string;
  topology: string;
  topic: { name: string; arn: string | null };
  subscribers: Record<string, string>[];
  changes: { action: string; type: string; name: string }[];
}

const prefixes: string[] = [];

/** Flags that lead a run to the endpoint, under names of its own. */
function there(): { prefix: string; flags: string[] } {
  const prefix = uniquePrefix();
  prefixes.push(prefix);
  return { prefix, flags: ['--endpoint-url', endpoint.url, '--prefix', prefix] };
}

afterAll(async () => {
  for (const prefix of prefixes) await cleanUpAt(await newPlace(endpoint, prefix));
});

/** How SNS says that an IAM policy forbids a call. */
const DENIED = {
  status: 403,
  contentType: 'text/xml',
  body: `<ErrorResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><Error><Type>Sender</Type>
    <Code>AuthorizationError</Code><Message>User is not authorized to perform: SNS:Subscribe</Message>
    </Error><RequestId>r</RequestId></ErrorResponse>`,
};

const COLOUR = new RegExp(String.fromCharCode(27));

describe('pubsub setup', () => {
  it('prints one document with every ARN and URL, and what it changed', async () => {
    const { prefix, flags } = there();

    const first = await pubsub.json(['setup', ...flags]);
    const second = await pubsub.json(['setup', ...flags]);

    expect(first.code).toBe(0);
    const document: SetupDocument = first.doc;
    expect(document).toMatchObject({
      target: 'endpoint',
      region: 'us-east-1',
      endpoint: endpoint.url,
      topology: 'orders',
      topic: { name: `${prefix}-order-events` },
      subscribers: ['email', 'inventory', 'analytics'].map((name) => ({
        name,
        queueUrl: expect.stringContaining(`/${prefix}-${name}-service-queue`),
        queueArn: expect.stringMatching(`^arn:aws:sqs:.*:${prefix}-${name}-service-queue$`),
        dlqUrl: expect.stringContaining(`/${prefix}-${name}-service-dlq`),
        dlqArn: expect.stringMatching(`^arn:aws:sqs:.*:${prefix}-${name}-service-dlq$`),
        subscriptionArn: expect.stringContaining(`${document.topic.arn}:`),
      })),
    });
    expect(document.changes).toHaveLength(13);
    expect(document.changes).toContainEqual({
      action: 'create',
      type: 'queue',
      name: `${prefix}-email-service-queue`,
    });
    const { changes, ...rest } = second.doc as SetupDocument;
    expect(new Set(changes.map(({ action }) => action))).toEqual(new Set(['unchanged']));
    expect(rest).toMatchObject({ topic: document.topic, subscribers: document.subscribers });
  });

  it('prints the environment of programs alone on stdout, and refuses what is not there yet', async () => {
    const { prefix, flags } = there();
    const wanted = ['setup', ...flags, '--print-env', 'dotenv'];

    const early = await pubsub.run([...wanted, '--dry-run']);
    const made = await pubsub.run(wanted);
    const again: { topic: { arn: string }; environment: Record<string, string> } = (
      await pubsub.json([...wanted, '--dry-run'])
    ).doc;

    expect(early).toMatchObject({ code: 1, stdout: '' });
    expect(early.stderr).toContain('is not there');
    expect(made.code).toBe(0);
    const lines = made.stdout.trimEnd().split('\n');
    expect(lines.map((line) => line.split('=')[0])).toEqual([
      'AWS_ENDPOINT_URL',
      'AWS_REGION',
      'TOPIC_ARN',
      'EMAIL_QUEUE_URL',
      'INVENTORY_QUEUE_URL',
      'ANALYTICS_QUEUE_URL',
    ]);
    expect(lines[2]).toMatch(new RegExp(`^TOPIC_ARN=arn:aws:sns:.*:${prefix}-order-events$`));
    expect(made.stderr).toContain('pubsub iam publisher');
    expect(again.environment.TOPIC_ARN).toBe(again.topic.arn);
  });

  it('ends with what to type next, and puts no colour and no spinner into a pipe', async () => {
    const { prefix, flags } = there();

    const { stdout, stderr, code } = await pubsub.run(['setup', ...flags]);

    expect(code).toBe(0);
    expect(stdout).toContain(`+ queue         ${prefix}-email-service-queue`);
    expect(stdout).toMatch(/queue arn +arn:aws:sqs:/);
    expect(stderr).toContain('Target: endpoint');
    expect(stderr).toContain('13 changes made, and read back.');
    expect(stderr.trimEnd().split('\n').at(-1)).toBe(
      `Next: pubsub publish order.created --endpoint-url ${endpoint.url} --prefix ${prefix}`,
    );
    expect(stdout + stderr).not.toMatch(COLOUR);
    expect(stderr).not.toContain('⠋');
  });

  it('shows the plan, changes nothing, and says so with 3 when asked for drift', async () => {
    const { prefix, flags } = there();

    const plain = await pubsub.run(['setup', '--dry-run', ...flags]);
    const checked = await pubsub.run(['setup', '--dry-run', '--exit-code', ...flags]);
    const untouched = await drift(await newPlace(endpoint, prefix));
    await pubsub.run(['setup', ...flags]);
    const settled = await pubsub.run(['setup', '--dry-run', '--exit-code', ...flags]);

    expect(plain.code).toBe(0);
    expect(plain.stdout).toContain('Dry run: 13 to create, 0 to update, 0 unchanged.');
    expect(checked.code).toBe(3);
    expect(untouched).toHaveLength(13);
    expect(settled.code).toBe(0);
  });

  it('finishes what it has in hand on Ctrl-C, and says what completes it', async () => {
    const { prefix } = there();
    const place = await newPlace(endpoint, prefix);
    let interrupt = (): void => {};
    const gateway = await openGateway(endpoint.url, async (_action, number) => {
      if (number === 4) {
        interrupt();
      }
      return undefined;
    });
    const flags = ['--endpoint-url', gateway.url, '--prefix', prefix];
    const running = pubsub.start(['setup', ...flags]);
    interrupt = () => running.kill('SIGINT');
    const interrupted = await running.finished;
    const { length } = await drift(place);
    const completed = await pubsub.run(['setup', ...flags]);
    await gateway.close();

    expect(interrupted.code).toBe(130);
    expect(interrupted.stderr).toContain(`Interrupted: ${13 - length} of 13 changes made.`);
    expect(interrupted.stderr).toContain(`Finish with: pubsub setup ${flags.join(' ')}`);
    expect(completed.code).toBe(0);
    expect(await drift(place)).toEqual([]);
  });

  it('ends at the first Ctrl-C where the other side never answers', async () => {
    const { stderr, ...rest } = await interruptedAtSilence((flags) =>
      pubsub.spawn(['setup', ...flags]),
    );
    expect(stderr).toContain('Interrupted; nothing was changed.');
    expect(rest).toEqual({ code: 130, requests: 1 });
  });

  it('says what it is not allowed to do, and goes on from there once it is', async () => {
    const { prefix, flags } = there();
    const place = await newPlace(endpoint, prefix);
    const gateway = await openGateway(endpoint.url, (action) =>
      action === 'Subscribe' ? DENIED : undefined,
    );

    const refused = await pubsub.run(['setup', '--endpoint-url', gateway.url, '--prefix', prefix]);
    await gateway.close();
    const left = await drift(place);
    const completed = await pubsub.run(['setup', ...flags]);

    expect(refused.code).toBe(4);
    expect(refused.stderr).toContain('Not allowed to subscribe');
    expect(refused.stderr).toContain('To go on, fix the cause and run: pubsub setup');
    expect(left.filter(({ type }) => type === 'subscription')).toHaveLength(3);
    expect(completed.code).toBe(0);
    expect(await drift(place)).toEqual([]);
  });

  it.each([
    ['a prefix that AWS refuses', ['--prefix', 'no spaces'], 2, 'is not one AWS accepts'],
    ['a prefix that is too long', ['--prefix', 'p'.repeat(80)], 2, 'AWS allows 80'],
    ['--exit-code alone', ['--exit-code'], 2, '--exit-code belongs to --dry-run'],
    ['an argument', ['everything'], 2, 'too many arguments'],
    ['an endpoint where nobody is', ['--endpoint-url', 'http://127.0.0.1:9'], 1, 'nothing answers'],
  ])('refuses %s in one sentence', async (_what, args, exitCode, words) => {
    const { stdout, stderr, code } = await pubsub.run(['setup', ...args]);

    expect(stderr).toMatch(new RegExp(words, 'i'));
    expect(stderr).not.toContain('    at ');
    expect({ code, stdout }).toEqual({ code: exitCode, stdout: '' });
  });

  it('answers a refusal with an error document in JSON mode', async () => {
    const { code, doc } = await pubsub.json(['setup', '--prefix', 'no spaces']);

    expect(code).toBe(2);
    expect(doc).toEqual({
      error: {
        code: 'InvalidName',
        message: expect.stringContaining('no spaces-order-events'),
        hint: expect.stringContaining('--prefix'),
      },
    });
  });

  it('sets up, shows and cleans up on the local engine', async () => {
    await pubsub.startEngine();

    const setup = await pubsub.json(['setup']);
    const status = await pubsub.run(['status']);
    const cleanup = await pubsub.json(['cleanup', '--yes']);

    expect(setup).toMatchObject({ code: 0, doc: { target: 'local' } });
    expect(status.stdout).toMatch(/^email +yes +0/m);
    expect(cleanup).toMatchObject({ code: 0, doc: { verified: true, remaining: [] } });
  });

  it('has no credentials to go to AWS with, and says how to get some', async () => {
    const { stderr, code } = await pubsub.run(
      ['setup', '--target', 'aws', '--region', 'us-east-1'],
      {
        env: { AWS_EC2_METADATA_DISABLED: 'true' },
      },
    );

    expect(stderr).toContain('no AWS credentials were found');
    expect(stderr).toContain('aws sso login');
    expect(code).toBe(4);
  });

  it('shows its work on a terminal', async () => {
    const { prefix, flags } = there();

    const terminal = openTerminal(['setup', ...flags], pubsub.env);

    await terminal.waitFor('13 changes made, and read back.');
    expect(await terminal.exited).toBe(0);
    expect(terminal.output()).toMatch(COLOUR);
    expect(terminal.output()).toContain(`${prefix}-order-events`);
  });
});

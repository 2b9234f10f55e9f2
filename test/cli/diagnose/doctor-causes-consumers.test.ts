import { randomUUID } from 'node:crypto';
import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { describe, expect, it } from 'vitest';
import { inspect } from '../../../src/lib/topology/inspect.ts';
import { useEndpoint } from '../../fixtures/endpoint.ts';
import { runMain } from '../../fixtures/main.ts';
import { createOrderEvent, sampleOrder, serializeOrderEvent } from '../../fixtures/orders.ts';
import { attributesOf, subscriber, topicOf, urlOf } from '../../fixtures/topology.ts';
import { findings, onlyFinding, type Patient, useWard } from './doctor.ts';

const endpoint = useEndpoint();
const ward = useWard(endpoint);

/** An examination costs as much CPU time as the listeners that it waits for. */
const POLL = { interval: 200 };

/** Waits until doctor finds nothing. */
async function healthy(patient: Patient, ...words: readonly string[]): Promise<void> {
  await expect.poll(async () => findings(await patient.examine(...words)), POLL).toEqual([]);
}

/** Puts an order event straight into one subscriber's queue. */
async function send({ place }: Patient): Promise<void> {
  await place.aws.sqs.send(
    new SendMessageCommand({
      QueueUrl: await urlOf(place, subscriber(place).queue),
      MessageBody: serializeOrderEvent(createOrderEvent('order.created', sampleOrder(0))),
    }),
  );
}

async function depth({ place }: Patient, name: string): Promise<number> {
  return Number((await attributesOf(place, name)).ApproximateNumberOfMessages);
}

/** Publishes an order event with an event_id of its own choice. */
async function publish(patient: Patient, eventId: string, orderId: number): Promise<void> {
  const data = JSON.stringify({ event_id: eventId, order_id: orderId, user_id: 1, total: 5 });
  const argv = ['publish', 'order.created', '--data', data, ...patient.flags, '--json'];
  const { code, stdout } = await runMain(argv, ward.env, { cwd: patient.cwd });
  expect(code, stdout).toBe(0);
}

describe('pubsub doctor, at the consumers', () => {
  it('names a queue that nobody receives from while messages wait', async () => {
    const patient = await ward.admit();
    await send(patient);

    const found = onlyFinding(await patient.examine(), {
      id: 'consumers',
      subject: 'email',
      verdict: 'warn',
    });

    expect(found.evidence).toContain('1 waiting, 0 in flight: nobody receives.');
    ward.start(found.fix ?? '');
    await healthy(patient);
  });

  it('names a consumer that fails and feeds the dead-letter queue, and why it failed', async () => {
    const patient = await ward.admit();
    const { dlq } = subscriber(patient.place);
    const flags = patient.flags.join(' ');
    const broken = `pubsub listen email ${flags} --retry-delay 0 --shell --exec 'echo no mail server >&2; exit 1'`;
    const failing = ward.start(broken);
    await send(patient);
    await expect.poll(() => depth(patient, dlq)).toBe(1);
    failing.kill('SIGTERM');

    const found = onlyFinding(await patient.examine(), {
      id: 'dead-letters',
      subject: 'email',
      verdict: 'fail',
    });

    expect(found.evidence).toMatch(/^1 message lies in .*-dlq, the oldest \d+ s old/);
    expect(found.evidence).toContain('no mail server');
    // A consumer that works takes what the fix sends back.
    ward.start(`pubsub listen email ${flags}`);
    const { code, stderr } = await ward.paste(found.fix ?? '');
    expect(code, stderr).toBe(0);
    await healthy(patient);
  });

  it('names another program that takes messages from the same queue', async () => {
    const patient = await ward.admit();
    const url = await urlOf(patient.place, subscriber(patient.place).queue);
    const poller = `node --input-type=module -e '
      for (;;) await fetch(process.argv[1], {
        method: "POST",
        headers: {
          "content-type": "application/x-amz-json-1.0",
          "x-amz-target": "AmazonSQS.ReceiveMessage",
          "user-agent": "mail-sender/1.0",
          authorization: "AWS4-HMAC-SHA256 Credential=k/20250101/us-east-1/sqs/aws4_request, SignedHeaders=host, Signature=0",
        },
        body: JSON.stringify({ QueueUrl: process.argv[2], WaitTimeSeconds: 20 }),
      }).then((answer) => answer.text());' ${endpoint.url} ${url}`;
    const other = ward.start(poller);
    ward.start(`pubsub listen email ${patient.flags.join(' ')}`);
    await expect
      .poll(async () => findings(await patient.examine()).map(({ id }) => id), POLL)
      .toEqual(['consumers']);

    const found = onlyFinding(await patient.examine(), {
      id: 'consumers',
      subject: 'email',
      verdict: 'fail',
    });

    expect(found.evidence).toMatch(/^mail-sender\/1\.0 .* beside pubsub-subscriber\/email/);
    expect(found.fix).toBe(`kill ${other.pid}`);
    await ward.paste(found.fix ?? '');
    await healthy(patient);
  });

  it('is content with several processes of one subscriber', async () => {
    const patient = await ward.admit();
    const listen = `pubsub listen email ${patient.flags.join(' ')}`;
    const pids = [ward.spawn(listen).pid, ward.spawn(listen).pid];

    await expect
      .poll(async () => {
        const { checks } = await patient.examine();
        return checks.find(({ id }) => id === 'consumers')?.evidence;
      }, POLL)
      .toContain('pubsub-subscriber/email');

    expect(pids).toHaveLength(2);
    expect(findings(await patient.examine())).toEqual([]);
  });
});

describe('pubsub doctor, on a FIFO topic', () => {
  it('names an event that was dropped for the repetition of another', async () => {
    const patient = await ward.admit({ fifo: true }, 'fifo: true\n');
    for (const name of ['email', 'inventory', 'analytics']) {
      ward.start(`pubsub listen ${name} ${patient.flags.join(' ')}`, patient.cwd);
    }
    const id = randomUUID();
    await publish(patient, id, 7);
    // The same event again is a retry, which FIFO topics are there for.
    await publish(patient, id, 7);
    await healthy(patient);
    await publish(patient, id, 8);

    const found = onlyFinding(await patient.examine(), {
      id: 'deduplication',
      subject: 'topic',
      verdict: 'fail',
    });

    expect(found.evidence).toContain(id);
    expect(found.fix).toContain('"order_id":8');
    await ward.paste(found.fix ?? '', patient.cwd);
    await healthy(patient);
  });

  it('is healthy', async () => {
    const patient = await ward.admit({ fifo: true }, 'fifo: true\n');

    expect(findings(await patient.examine())).toEqual([]);
    const observed = await inspect(patient.place, { subscriptionAttributes: false });
    expect(topicOf(observed).arn).toMatch(/\.fifo$/);
  });
});

describe('pubsub doctor, on what pubsub.yaml says', () => {
  it('is content with its filters and raw delivery', async () => {
    const yaml = `subscribers:
  email: { filterPolicy: { event_type: [order.updated] } }
  analytics: { rawDelivery: true }
`;
    const patient = await ward.admit(
      {
        subscribers: {
          email: { filterPolicy: '{"event_type":["order.updated"]}' },
          analytics: { rawDelivery: true },
        },
      },
      yaml,
    );

    expect(findings(await patient.examine())).toEqual([]);
    // The filter is meant, and yet it is the answer to the question.
    const printed = await patient.examine('email', '--event-type', 'order.created');
    const found = onlyFinding(printed, { id: 'filter', subject: 'email', verdict: 'fail' });
    expect(found.fix).toBeNull();
    expect(found.evidence).toContain('pubsub.yaml says so');
  });

  it('believes what came through rather than what is usual', async () => {
    const yaml = 'subscribers: { email: { filterPolicy: { status: [pending] } } }\n';
    const choices = { subscribers: { email: { filterPolicy: '{"status":["pending"]}' } } };
    const patient = await ward.admit(choices, yaml);
    const before = await patient.examine('email');
    expect(onlyFinding(before, { id: 'filter', subject: 'email', verdict: 'fail' })).toMatchObject({
      evidence: expect.stringContaining('status is a field of the body'),
    });
    ward.start(`pubsub listen email ${patient.flags.join(' ')}`, patient.cwd);

    const publish = `pubsub publish order.created --count 1 --attribute status=pending`;
    const { code, stderr } = await ward.paste(`${publish} ${patient.flags.join(' ')}`, patient.cwd);
    expect(code, stderr).toBe(0);

    await healthy(patient, 'email');
  });
});

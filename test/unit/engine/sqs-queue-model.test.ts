import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { RequestContext } from '../../../src/lib/engine/action.ts';
import { createEngine } from '../../../src/lib/engine/engine.ts';
import { noFaults } from '../../../src/lib/engine/http/fault-injector.ts';
import { memoryJournal } from '../../../src/lib/engine/journal/memory.ts';
import { sqsActions } from '../../../src/lib/engine/services/sqs/actions/index.ts';
import { testClock } from '../../fixtures/sqs-engine.ts';

/** One step against the queue; `pick` chooses among the handles that are at hand. */
type Step =
  | { do: 'send'; group: number; delay: number }
  | { do: 'receive'; max: number; visibility: number }
  | { do: 'delete'; pick: number }
  | { do: 'change'; pick: number; visibility: number }
  | { do: 'wait'; seconds: number };

const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    {
      weight: 4,
      arbitrary: fc.record({
        do: fc.constant('send' as const),
        group: fc.nat(2),
        delay: fc.nat(3),
      }),
    },
    {
      weight: 4,
      arbitrary: fc.record({
        do: fc.constant('receive' as const),
        max: fc.integer({ min: 1, max: 10 }),
        visibility: fc.nat(6),
      }),
    },
    { weight: 3, arbitrary: fc.record({ do: fc.constant('delete' as const), pick: fc.nat() }) },
    {
      weight: 2,
      arbitrary: fc.record({
        do: fc.constant('change' as const),
        pick: fc.nat(),
        visibility: fc.nat(6),
      }),
    },
    { weight: 2, arbitrary: fc.record({ do: fc.constant('wait' as const), seconds: fc.nat(5) }) },
  ),
  { maxLength: 120 },
);

/** A message as the plain model keeps it: a list, searched from its begin each time. */
interface Modelled {
  readonly body: string;
  readonly group: number;
  readonly sentAt: number;
  hiddenUntil: number;
  inFlight: boolean;
  receives: number;
}

const RETENTION = 60;

function setUp(fifo: boolean) {
  const clock = testClock();
  const engine = createEngine({ port: 0, strictTimings: true }, memoryJournal(), {
    clock,
    faults: noFaults,
  });
  const context = {
    state: engine.sqs,
    clock,
    journal: engine.journal,
    account: '000000000000',
    region: 'us-east-1',
    baseUrl: 'http://local',
  };
  const call = (action: string, input: object) =>
    (sqsActions[action] as unknown as (input: object, ctx: RequestContext) => Answer)(input, {
      ...context,
      accessKeyId: '',
      principalArn: '',
    } as unknown as RequestContext);
  const { QueueUrl } = call('CreateQueue', {
    QueueName: fifo ? 'q.fifo' : 'q',
    Attributes: {
      MessageRetentionPeriod: String(RETENTION),
      ...(fifo ? { FifoQueue: 'true', ContentBasedDeduplication: 'true' } : {}),
    },
  });
  return { clock, call, QueueUrl };
}

interface Answer {
  QueueUrl?: string;
  Messages?: { Body: string; ReceiptHandle: string }[];
  Attributes: Record<string, string>;
}

/** Runs the steps on queue and model, and compares what they receive and count after each. */
function compare(script: readonly Step[], fifo: boolean): void {
  const { clock, call, QueueUrl } = setUp(fifo);
  let messages: Modelled[] = [];
  const handles: { handle: string; message: Modelled; receives: number }[] = [];
  let sent = 0;

  const settle = () => {
    const now = clock.now();
    messages = messages.filter((message) => message.sentAt + RETENTION * 1000 > now);
    for (const message of messages) if (message.hiddenUntil <= now) message.inFlight = false;
  };
  /** When groups with messages were last handed out: after how many messages, and in which turn. */
  const served = new Map<number, { after: number; turn: number }>();
  let turns = 0;
  const groupsInTurn = () => {
    const groups = [...new Set(messages.map(({ group }) => group))];
    for (const group of served.keys()) if (!groups.includes(group)) served.delete(group);
    const placeOf = (group: number) => {
      const first = messages.find((message) => message.group === group) as Modelled;
      const { after, turn } = served.get(group) ?? { after: 0, turn: 0 };
      return { place: Math.max(Number(first.body.slice(1)), after), turn };
    };
    return groups.sort((a, b) => {
      const [one, other] = [placeOf(a), placeOf(b)];
      return one.place - other.place || one.turn - other.turn;
    });
  };
  const receive = (max: number, visibility: number) => {
    const now = clock.now();
    const taken: Modelled[] = [];
    for (const group of fifo ? groupsInTurn() : [-1]) {
      if (taken.length === max) break;
      const before = taken.length;
      for (const message of messages) {
        if (fifo && message.group !== group) continue;
        if (taken.length === max) break;
        if (message.hiddenUntil <= now) taken.push(message);
        else if (fifo) break;
      }
      if (taken.length === before) continue;
      turns += 1;
      served.set(group, { after: sent, turn: turns });
    }
    for (const message of taken) {
      message.hiddenUntil = now + visibility * 1000;
      message.inFlight = true;
      message.receives += 1;
    }
    return taken;
  };

  for (const step of script) {
    settle();
    if (step.do === 'send') {
      sent += 1;
      const body = `m${sent}`;
      call('SendMessage', {
        QueueUrl,
        MessageBody: body,
        ...(fifo ? { MessageGroupId: `g${step.group}` } : { DelaySeconds: step.delay }),
      });
      const sentAt = clock.now();
      const hiddenUntil = fifo ? 0 : sentAt + step.delay * 1000;
      messages.push({ body, group: step.group, sentAt, hiddenUntil, inFlight: false, receives: 0 });
    } else if (step.do === 'receive') {
      const { Messages = [] } = call('ReceiveMessage', {
        QueueUrl,
        MaxNumberOfMessages: step.max,
        VisibilityTimeout: step.visibility,
      });
      const expected = receive(step.max, step.visibility);
      expect(Messages.map(({ Body }) => Body)).toEqual(expected.map(({ body }) => body));
      Messages.forEach(({ ReceiptHandle: handle }, index) => {
        const message = expected[index] as Modelled;
        handles.push({ handle, message, receives: message.receives });
      });
    } else if (step.do === 'wait') {
      clock.advance(step.seconds);
    } else {
      const held = handles[step.pick % Math.max(1, handles.length)];
      if (held === undefined) continue;
      const { message } = held;
      const latest = held.receives === message.receives;
      const here = messages.includes(message);
      const input = { QueueUrl, ReceiptHandle: held.handle };
      if (step.do === 'delete') {
        const refused = fifo && here && !(latest && message.inFlight);
        const run = () => call('DeleteMessage', input);
        if (refused) expect(run).toThrow('The receipt handle has expired');
        else run();
        if (!refused) messages = messages.filter((each) => each !== message);
      } else {
        const run = () =>
          call('ChangeMessageVisibility', { ...input, VisibilityTimeout: step.visibility });
        const refused = !here || (fifo && !(latest && message.inFlight));
        if (refused) expect(run).toThrow('Message does not exist');
        else run();
        if (!refused && message.inFlight) {
          message.hiddenUntil = clock.now() + step.visibility * 1000;
          if (step.visibility === 0) message.inFlight = false;
        }
      }
    }
    settle();
    const now = clock.now();
    const { Attributes } = call('GetQueueAttributes', { QueueUrl, AttributeNames: ['All'] });
    expect([
      Attributes.ApproximateNumberOfMessages,
      Attributes.ApproximateNumberOfMessagesNotVisible,
      Attributes.ApproximateNumberOfMessagesDelayed,
    ]).toEqual(
      [
        messages.filter(({ hiddenUntil }) => hiddenUntil <= now),
        messages.filter(({ inFlight }) => inFlight),
        messages.filter(({ hiddenUntil, inFlight }) => !inFlight && hiddenUntil > now),
      ].map(({ length }) => String(length)),
    );
  }
}

test('a standard queue does what a plain list would', () => {
  fc.assert(
    fc.property(steps, (script) => compare(script, false)),
    { numRuns: 300 },
  );
});

test('a FIFO queue does what a plain list would', () => {
  fc.assert(
    fc.property(steps, (script) => compare(script, true)),
    { numRuns: 300 },
  );
});

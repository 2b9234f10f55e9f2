import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { projectSchema } from '../../../src/lib/config/project-schema.ts';
import { definitionOf, readTopologyFile } from '../../../src/lib/config/topology-file.ts';
import { buildTopology } from '../../../src/lib/definition/build.ts';
import type { Topology } from '../../../src/lib/definition/topology.ts';
import { AppError } from '../../../src/lib/rules/errors.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'pubsub-topology-file-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

function save(text: string, name = 'pubsub.yaml'): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

function read(text: string, prefix = ''): Topology {
  return buildTopology(definitionOf(readTopologyFile(save(text))), { prefix, folder });
}

function refusal(text: string): AppError {
  try {
    read(text);
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
  throw new Error(`was not refused: ${text}`);
}

const validate = new Ajv2020({ strict: false }).compile(projectSchema());

/** One subscriber of a topology with one topic. */
const subscriber = (fields: string): string =>
  `topics: { t: {} }\nsubscribers: { s: { ${fields} } }\n`;
const topic = (fields: string): string => `topics: { t: { ${fields} } }\n`;

const WHOLE = `
topology: payments
topics:
  payments: {}
  ledger-events:
    name: acme-ledger-events
    fifo: true
    displayName: Ledger
    kmsKey: alias/acme
    tags: { team: money }
  user-events:
    arn: arn:aws:sns:eu-west-1:111122223333:user-events
subscribers:
  ledger:
    from: payments
    filterPolicy: { event_type: [payment.captured] }
    filterPolicyScope: MessageAttributes
  fraud:
    from:
      payments: { filterPolicy: { amount: [{ numeric: [">=", 1000] }] }, filterPolicyScope: MessageBody }
      user-events: {}
    queue: acme-fraud
    rawDelivery: true
    visibilityTimeout: 2m
    receiveWait: 20s
    retention: 4d
    delay: 0s
    dlq: { queue: acme-fraud-dead, maxReceiveCount: 5, retention: 14d }
    kmsKey: alias/acme
    handler: { exec: python3 fraud.py, mode: stream }
  audit: { from: [payments, ledger-events], dlq: false }
  book: { from: ledger-events, handler: { module: book.ts } }
events:
  payment.captured:
    topic: payments
    version: 1
    schema: { type: object }
    attributes: { currency: "{{ data.currency }}" }
    sample: { payment_id: "{{ uuid }}", amount: "{{ decimal 1 500 }}", currency: EUR }
managed: true
`;

describe('a topology file', () => {
  it('says all that a topology is', () => {
    const { topics, subscribers, events, ...rest } = read(WHOLE, 'dev');
    expect(rest).toEqual({
      name: 'payments',
      prefix: 'dev',
      managed: true,
      folder,
      tables: [],
      functions: [],
    });
    expect(topics).toMatchObject([
      { key: 'payments', name: 'dev-payments', fifo: false },
      {
        key: 'ledger-events',
        name: 'dev-acme-ledger-events.fifo',
        fifo: true,
        displayName: 'Ledger',
        kmsKey: 'alias/acme',
        tags: { team: 'money' },
      },
      { key: 'user-events', name: 'user-events', arn: expect.stringContaining('111122223333') },
    ]);
    expect(subscribers.map(({ name, queue, dlq }) => [name, queue, dlq])).toEqual([
      ['ledger', 'dev-payments-ledger-queue', 'dev-payments-ledger-dlq'],
      ['fraud', 'dev-acme-fraud', 'dev-acme-fraud-dead'],
      ['audit', 'dev-payments-audit-queue', undefined],
      ['book', 'dev-payments-book-queue.fifo', 'dev-payments-book-dlq.fifo'],
    ]);
    expect(subscribers[1]).toMatchObject({
      subscriptions: [
        {
          topic: 'payments',
          filterPolicy: '{"amount":[{"numeric":[">=",1000]}]}',
          filterPolicyScope: 'MessageBody',
          rawDelivery: true,
        },
        { topic: 'user-events', filterPolicy: undefined, rawDelivery: true },
      ],
      visibilityTimeout: 120,
      receiveWait: 20,
      retention: 345_600,
      delay: 0,
      maxReceiveCount: 5,
      dlqRetention: 1_209_600,
      kmsKey: 'alias/acme',
      dlqKmsKey: 'alias/acme',
      handler: { exec: 'python3 fraud.py', mode: 'stream' },
    });
    expect(events['payment.captured']).toMatchObject({
      topic: 'payments',
      schema: { type: 'object' },
      sample: { currency: 'EUR' },
    });
    expect(validate(parse(WHOLE))).toBe(true);
  });

  it('is called like its folder unless it says more', () => {
    mkdirSync(join(folder, 'my shop.v2'), { recursive: true });
    const path = save('topics: { t: {} }\n', join('my shop.v2', 'pubsub.yaml'));
    expect(definitionOf(readTopologyFile(path)).name).toBe('my-shop-v2');
  });

  it('reads the schema of an event from a file beside it', () => {
    writeFileSync(join(folder, 'paid.json'), '{"type":"object","required":["id"]}');
    const { events } = read('topics: { t: {} }\nevents: { paid: { schema: paid.json } }\n');
    expect(events.paid?.schema).toEqual({ type: 'object', required: ['id'] });
    writeFileSync(join(folder, 'none.json'), '[');
    expect(refusal('topics: { t: {} }\nevents: { paid: { schema: none.json } }\n')).toMatchObject({
      code: 'InvalidSchema',
    });
    expect(
      refusal('topics: { t: {} }\nevents: { paid: { schema: missing.json } }\n').message,
    ).toContain('missing.json');
  });

  it('keeps the digits of a filter policy to the letter', () => {
    const { subscribers } = read(
      subscriber('filterPolicy: { account_id: [1234567890123456789, 0x1F, 1.10, .5, +7, 1e3] }'),
    );
    expect(subscribers[0]?.subscriptions[0]?.filterPolicy).toBe(
      '{"account_id":[1234567890123456789,31,1.10,0.5,7,1e3]}',
    );
  });

  it('takes the words of YAML 1.1 for text, and says what to write where true or false is meant', () => {
    const { subscribers } = read(subscriber('filterPolicy: { country: [no, on, yes] }'));
    expect(subscribers[0]?.subscriptions[0]?.filterPolicy).toBe('{"country":["no","on","yes"]}');
    expect(refusal(topic('fifo: no'))).toMatchObject({
      message: expect.stringContaining('topics.t.fifo must be true or false, not "no"'),
      hint: 'Write: fifo: false',
    });
    expect(refusal(topic('fifo: On')).hint).toBe('Write: fifo: true');
  });

  it('may begin with a byte order mark, end its lines as Windows does, and use anchors and merge keys', () => {
    const text = ['\uFEFFx-: &slow { visibilityTimeout: 5m }'.replace('x-', 'topology'), ''].join(
      '\r\n',
    );
    expect(refusal(text).message).toContain('topology must be');
    const merged =
      '\uFEFFtopics: { t: {} }\r\nsubscribers:\r\n  a: &slow\r\n    visibilityTimeout: 5m\r\n  b:\r\n    <<: *slow\r\n    delay: 1m\r\n  c: *slow\r\n';
    const { subscribers } = read(merged);
    expect(subscribers.map(({ visibilityTimeout, delay }) => [visibilityTimeout, delay])).toEqual([
      [300, 0],
      [300, 60],
      [300, 0],
    ]);
  });

  it.each([
    [
      'a repeated key',
      'topics: { t: {} }\ntopics: { u: {} }\n',
      'the key "topics" is repeated',
      2,
      1,
    ],
    [
      'an alias within its own anchor',
      'topics: { t: {} }\nsubscribers: &s\n  s: { filterPolicy: *s }\n',
      'the alias *s refers to itself',
      3,
      22,
    ],
    [
      'brackets without an end',
      `x: ${'['.repeat(50_000)}`,
      'it is nested too deeply',
      undefined,
      undefined,
    ],
    ['a tab', 'topics:\n\tt: {}\n', 'a tab is used to indent', 2, 1],
    ['two documents', 'topics: { t: {} }\n---\ntopics: {}\n', 'more than one YAML document', 2, 1],
    [
      'an alias to nothing',
      'topics: *nothing\n',
      'an alias without an anchor',
      undefined,
      undefined,
    ],
    ['an unknown tag', 'topics: !!python/object {}\n', 'tag', 1, 9],
  ])('refuses %s', (_what, text, words, line, column) => {
    const { message, code } = refusal(text);
    expect(code).toBe('InvalidConfig');
    expect(message).toContain(words);
    if (line !== undefined) expect(message).toContain(`(line ${line}, column ${column})`);
  });

  it('refuses a named pipe, and does not wait for somebody to write to it', () => {
    const path = join(folder, 'pipe.yaml');
    spawnSync('mkfifo', [path]);
    expect(() => readTopologyFile(path)).toThrow(`${path} can't be read: it is not a regular file`);
  });

  it('refuses aliases that become too much', () => {
    const lines = ['a: &a [x, x, x, x, x, x, x, x, x, x]'];
    for (let at = 1; at < 9; at++) {
      const before = String.fromCharCode(96 + at);
      const own = String.fromCharCode(97 + at);
      lines.push(`${own}: &${own} [${Array(10).fill(`*${before}`).join(', ')}]`);
    }
    expect(refusal(`topics: { t: {} }\n${lines.join('\n')}\n`).message).toContain(
      'too many aliases',
    );
  });

  it('names the place, and how many problems come after it', () => {
    const { message, hint } = refusal(
      'topics:\n  t: {}\nsubscribers:\n  s:\n    visibilityTimeout: 13h\n    delai: 5\n',
    );
    expect(message).toContain(
      'pubsub.yaml: subscribers.s.visibilityTimeout must be a length of time from 0s to 43200s (12h), not "13h" (line 5, column 24); 1 more problem below',
    );
    expect(hint).toBe('Write: visibilityTimeout: 2m');
  });

  it('that is not text is refused', () => {
    writeFileSync(join(folder, 'binary.yaml'), Buffer.from([0x74, 0xff, 0xfe]));
    expect(() => readTopologyFile(join(folder, 'binary.yaml'))).toThrow('not UTF-8 text');
  });

  it.each([
    ['with its mark', '\ufefftopology: payments\n'],
    ['without', 'topology: payments\n'],
  ])('that is UTF-16 is named, in both byte orders, %s', (_how, text) => {
    const path = join(folder, 'utf16.yaml');
    const littleEndian = Buffer.from(text, 'utf16le');
    for (const bytes of [littleEndian, Buffer.from(littleEndian).swap16()]) {
      writeFileSync(path, bytes);
      expect(() => readTopologyFile(path)).toThrow(
        `${path} can't be read: it is UTF-16 text; save it as UTF-8`,
      );
    }
  });
});

/** The last value that holds, and the first that doesn't. */
const BOUNDS: readonly [good: string, bad: string, words: string, schema?: 'beyond'][] = [
  [subscriber('visibilityTimeout: 43200'), subscriber('visibilityTimeout: 43201'), '43200s (12h)'],
  [
    subscriber('visibilityTimeout: 12h'),
    subscriber('visibilityTimeout: 12h1s'),
    '43200s',
    'beyond',
  ],
  [subscriber('visibilityTimeout: 0'), subscriber('visibilityTimeout: -1'), 'from 0s'],
  [subscriber('receiveWait: 20'), subscriber('receiveWait: 21'), '20s'],
  [subscriber('receiveWait: 20s'), subscriber('receiveWait: 20 s'), '20s'],
  [subscriber('retention: 60'), subscriber('retention: 59'), 'from 60s'],
  [subscriber('retention: 14d'), subscriber('retention: 1209601'), '1209600s (14d)'],
  [subscriber('delay: 15m'), subscriber('delay: 901'), '900s (15m)'],
  [subscriber('delay: 1'), subscriber('delay: 1.5'), 'length of time'],
  [
    subscriber('dlq: { maxReceiveCount: 1 }'),
    subscriber('dlq: { maxReceiveCount: 0 }'),
    '1 to 1000',
  ],
  [
    subscriber('dlq: { maxReceiveCount: 1000 }'),
    subscriber('dlq: { maxReceiveCount: 1001 }'),
    '1 to 1000',
  ],
  [subscriber('dlq: { retention: 14d }'), subscriber('dlq: { retention: 15d }'), '14d', 'beyond'],
  [subscriber('dlq: false'), subscriber('dlq: yes'), 'must be a mapping'],
  [subscriber(`queue: ${'q'.repeat(80)}`), subscriber(`queue: ${'q'.repeat(81)}`), 'at most 80'],
  [subscriber('queue: a_b-1'), subscriber('queue: a.b'), 'letters, digits'],
  [topic(`name: ${'t'.repeat(256)}`), topic(`name: ${'t'.repeat(257)}`), 'at most 256'],
  [
    topic(`displayName: ${'x'.repeat(100)}`),
    topic(`displayName: ${'x'.repeat(101)}`),
    'at most 100',
  ],
  [topic('kmsKey: alias/acme'), topic('kmsKey: acme'), 'alias, id or ARN'],
  [topic('kmsKey: false'), topic('kmsKey: true'), 'or false'],
  [
    topic('arn: "arn:aws:sns:eu-west-1:111122223333:x"'),
    topic('arn: "arn:aws:sqs:eu-west-1:111122223333:x"'),
    'ARN of a topic',
  ],
  [
    topic('arn: "arn:aws:sns:eu-west-1:111122223333:x"'),
    topic('arn: "arn:aws:sns:eu-west-1:11112222333:x"'),
    'ARN of a topic',
  ],
  [
    topic('arn: "arn:aws:sns:eu-west-1:111122223333:x"'),
    topic('arn: "arn:aws:sns:eu-west-1:111122223333:x", fifo: false'),
    "somebody else's",
    'beyond',
  ],
  [
    topic('fifo: true, contentBasedDeduplication: true'),
    topic('contentBasedDeduplication: true'),
    'not a FIFO topic',
    'beyond',
  ],
  ['topics: { t.fifo: {} }\n', 'topics: { t.fifo: { fifo: false } }\n', 'ends in .fifo', 'beyond'],
  [
    topic(`tags: { ${'k'.repeat(128)}: v }`),
    topic(`tags: { ${'k'.repeat(129)}: v }`),
    '1 to 128',
    'beyond',
  ],
  [
    topic(`tags: { k: ${'v'.repeat(256)} }`),
    topic(`tags: { k: ${'v'.repeat(257)} }`),
    'at most 256',
  ],
  [topic('tags: { team: "42" }'), topic('tags: { team: 42 }'), 'must be text'],
  [topic('tags: { awsome: x }'), topic('tags: { "aws:x": x }'), 'AWS keeps', 'beyond'],
  [
    topic('tags: { managed: x }'),
    topic('tags: { managed-by: x }'),
    'whose a resource is',
    'beyond',
  ],
  [
    `topology: ${'n'.repeat(64)}\ntopics: { t: {} }\n`,
    `topology: ${'n'.repeat(65)}\ntopics: { t: {} }\n`,
    'at most 64',
  ],
  ['topics: { t: {} }\n', 'topics: {}\n', 'there is no topic', 'beyond'],
  ['topics: { a_b-1: {} }\n', 'topics: { "a b": {} }\n', "can't be a topic's key"],
  ['topics: { t: {} }\n', 'topics: [t]\n', 'topics must be a mapping'],
  [
    'topics: { t: {} }\nsubscribers: { a-b: {} }\n',
    'topics: { t: {} }\nsubscribers: { -a: {} }\n',
    "can't be a subscriber's name",
  ],
  [
    'topics: { t: {} }\nsubscribers: { alle: {} }\n',
    'topics: { t: {} }\nsubscribers: { all: {} }\n',
    'all of them',
    'beyond',
  ],
  [subscriber('from: t'), subscriber('from: u'), 'there is no topic "u"', 'beyond'],
  [subscriber('from: [t]'), subscriber('from: []'), 'must be a topic, a list of topics'],
  [
    subscriber('from: { t: {} }'),
    subscriber('from: { t: { filterPolice: {} } }'),
    'did you mean "filterPolicy"?',
  ],
  [subscriber('from: t'), subscriber('from: 5'), 'must be a topic'],
  [
    'topics: { a: {}, b: {} }\nsubscribers: { s: { from: a } }\n',
    'topics: { a: {}, b: {} }\nsubscribers: { s: {} }\n',
    'which of the 2 topics',
    'beyond',
  ],
  [
    'topics: { a: { fifo: true } }\nsubscribers: { s: { queue: q.fifo } }\n',
    'topics: { a: {} }\nsubscribers: { s: { queue: q.fifo } }\n',
    'has a FIFO queue',
    'beyond',
  ],
  [
    'topics: { a: { fifo: true } }\nsubscribers: { s: { fifo: false } }\n',
    'topics: { a: { fifo: true }, b: {} }\nsubscribers: { s: { from: [a, b], fifo: true } }\n',
    'has a FIFO queue',
    'beyond',
  ],
  [
    'topics: { t: {} }\nsubscribers: { a: { queue: q }, b: { queue: r } }\n',
    'topics: { t: {} }\nsubscribers: { a: { queue: q }, b: { queue: q } }\n',
    'is used for the subscribers "a" and "b"',
    'beyond',
  ],
  [
    'topics: { t: {} }\nsubscribers: { a: { dlq: { queue: d } }, b: { dlq: { queue: d } } }\n',
    'topics: { t: {} }\nsubscribers: { a: { queue: q, dlq: { queue: q } } }\n',
    'the dead letters of "a"',
    'beyond',
  ],
  [
    subscriber('handler: { exec: x }'),
    subscriber('handler: { exec: x, module: y }'),
    'one of exec, module and function',
    'beyond',
  ],
  [
    subscriber('handler: { module: y.ts }'),
    subscriber('handler: { module: y.ts, mode: stream }'),
    'only with exec',
    'beyond',
  ],
  [
    subscriber('handler: { exec: x, mode: batch }'),
    subscriber('handler: { exec: x, mode: bach }'),
    'mode must be event or stream or batch',
  ],
  [
    subscriber('filterPolicy: { a: [1] }, filterPolicyScope: MessageBody'),
    subscriber('filterPolicyScope: MessageBody'),
    'no filterPolicy',
    'beyond',
  ],
  [
    subscriber('filterPolicy: { a: [.5] }'),
    subscriber('filterPolicy: { a: [.inf] }'),
    'JSON has no form',
    'beyond',
  ],
  [
    'topics: { t: {} }\nevents: { e: { version: 1 } }\n',
    'topics: { t: {} }\nevents: { e: { version: 0 } }\n',
    'from 1',
  ],
  [
    'topics: { t: {} }\nevents: { e: { topic: t } }\n',
    'topics: { t: {} }\nevents: { e: { topic: u } }\n',
    'there is no topic "u"',
    'beyond',
  ],
  [
    'topics: { t: {} }\nevents: { e: { schema: true } }\n',
    'topics: { t: {} }\nevents: { e: { schema: [] } }\n',
    'must be a JSON Schema',
  ],
  [
    'topics: { t: {} }\nmanaged: false\n',
    'topics: { t: {} }\nmanaged: off\n',
    'must be true or false',
  ],
  [
    'topics: { t: {} }\nnames: { queue: "x-{subscriber}" }\n',
    'topics: { t: {} }\nnames: { queue: x }\n',
    '{subscriber}',
  ],
  [
    'topics: { t: {} }\nregion: eu-west-1\n',
    'topics: { t: {} }\nregoin: eu-west-1\n',
    'did you mean "region"?',
  ],
];

describe('each rule', () => {
  it.each(BOUNDS)('takes %j and refuses %j', (good, bad, words) => {
    expect(() => read(good)).not.toThrow();
    const error = refusal(bad);
    expect(error.message + (error.hint ?? '')).toContain(words);
    expect(error.exitCode).toBe(2);
    expect(error.hint).toBeTruthy();
  });

  it.each(BOUNDS)(
    'is in the JSON Schema as far as that can say it: %j, %j',
    (good, bad, _words, reach) => {
      expect(validate(parse(good)), JSON.stringify(validate.errors)).toBe(true);
      if (reach !== 'beyond') expect(validate(parse(bad))).toBe(false);
    },
  );

  it('is in the schema that is shipped', () => {
    const shipped = readFileSync(
      join(import.meta.dirname, '../../../schema/pubsub.schema.json'),
      'utf8',
    );
    // Written anew by: node build-schema.mjs
    expect(JSON.parse(shipped)).toEqual(JSON.parse(JSON.stringify(projectSchema())));
  });
});

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { projectSchema } from '../../../src/lib/config/project-schema.ts';
import { topologyOf } from '../../../src/lib/config/topology.ts';
import { definitionOf, readTopologyFile } from '../../../src/lib/config/topology-file.ts';
import { buildTopology } from '../../../src/lib/definition/build.ts';
import { functionEnvironment } from '../../../src/lib/definition/build-functions.ts';
import type { Topology } from '../../../src/lib/definition/topology.ts';
import { AppError } from '../../../src/lib/rules/errors.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'pubsub-functions-file-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

function read(text: string, prefix = ''): Topology {
  const path = join(folder, 'pubsub.yaml');
  writeFileSync(path, text);
  return buildTopology(definitionOf(readTopologyFile(path)), { prefix, folder });
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

const DESIGN = `
topics: { OrderTopic: {} }
tables:
  Orders: { key: orderId }
functions:
  OrderProcessor:
    runtime: nodejs24.x
    handler: index.handler
    code: lambda/
    timeout: 5s
    memory: 128
    environment: { TABLE: Orders, STAGE: Orders2 }
    tables: { Orders: write }
subscribers:
  orders:
    from: OrderTopic
    queue: OrderQueue
    dlq: { queue: OrderDeadLetterQueue, maxReceiveCount: 3 }
    visibilityTimeout: 30
    handler: { function: OrderProcessor, batchSize: 10, window: 0s, partialFailures: true, maximumConcurrency: 10 }
`;

/** A topology with one table. */
const table = (fields: string): string => `topics: { t: {} }\ntables: { Orders: { ${fields} } }\n`;
/** A topology with one function, which handles the events of one subscriber. */
const made = (fields: string, handler = '', subscriber = '', topic = ''): string =>
  [
    `topics: { t: { ${topic} } }`,
    'tables: { Orders: { key: id } }',
    `functions: { F: { code: lambda, ${fields.includes('runtime') ? '' : 'runtime: nodejs24.x, '}${fields} } }`,
    `subscribers: { s: { ${subscriber}handler: { function: F, ${handler} } } }`,
    '',
  ].join('\n');
const variables = (bytes: number): string =>
  `environment: { AB: ${'x'.repeat(bytes - '{"AB":""}'.length)} }`;

/** The last value that holds, and the first that doesn't; `beyond` what a JSON Schema can say. */
const BOUNDS: readonly [good: string, bad: string, words: string, schema?: 'beyond'][] = [
  [made('timeout: 15m', '', 'visibilityTimeout: 15m, '), made('timeout: 901'), '900s (15m)'],
  [made('timeout: 1'), made('timeout: 0'), 'from 1s'],
  [made('timeout: 30'), made('timeout: 31'), 'hides a message for 30s only', 'beyond'],
  [
    made('timeout: 7', '', 'visibilityTimeout: 7, '),
    made('timeout: 7', '', 'visibilityTimeout: 6, '),
    'visibilityTimeout: 42s',
    'beyond',
  ],
  [
    made('', '', 'visibilityTimeout: 3, '),
    made('', '', 'visibilityTimeout: 2, '),
    'may take 3s',
    'beyond',
  ],
  [made('memory: 128'), made('memory: 127'), '128 to 10240'],
  [made('memory: 10240'), made('memory: 10241'), '128 to 10240'],
  [made('reservedConcurrency: 0'), made('reservedConcurrency: -1'), 'from 0'],
  [made('runtime: nodejs22.x'), made('runtime: nodejs20.x'), 'still creates functions with'],
  [made('runtime: python3.13'), made('runtime: python3.9'), 'Write: runtime: python3.14'],
  [made('runtime: python3.12'), made('runtime: python3.11'), 'Write: runtime: python3.14'],
  [made('runtime: provided.al2023'), made('runtime: provided.al2'), 'provided.al2023'],
  [made('runtime: nodejs24.x'), made('runtime: node24'), 'Write: runtime: nodejs24.x'],
  [made(`name: ${'f'.repeat(64)}`), made(`name: ${'f'.repeat(65)}`), 'at most 64'],
  [made('name: a_b-1'), made('name: a.b'), 'letters, digits'],
  [made(variables(4096)), made(variables(4097)), 'Lambda takes 4096', 'beyond'],
  [made('environment: { AB: x }'), made('environment: { A: x }'), 'two or more letters'],
  [made('environment: { AWS_X: y }'), made('environment: { AWS_REGION: y }'), 'sets it', 'beyond'],
  [made('environment: { AB: "1" }'), made('environment: { AB: 1 }'), 'must be text'],
  [made('tables: { Orders: read }'), made('tables: { Orders: all }'), 'read or write or readwrite'],
  [
    made('tables: { Orders: write }'),
    made('tables: { Order: write }'),
    'there is no table "Order", did you mean "Orders"?',
    'beyond',
  ],
  [
    made('role: "arn:aws:iam::111122223333:role/x"'),
    made('role: "arn:aws:iam::111122223333:user/x"'),
    'ARN of a role',
  ],
  [made(''), 'topics: { t: {} }\nfunctions: { F: { code: x } }\n', 'F has no runtime', 'beyond'],
  [
    made(''),
    'topics: { t: {} }\nfunctions: { F: { runtime: nodejs24.x } }\n',
    'F has no code',
    'beyond',
  ],
  [made(''), made('').replace('function: F', 'function: G'), 'there is no function "G"', 'beyond'],
  [made('', 'batchSize: 1'), made('', 'batchSize: 0'), 'from 1 to 10000'],
  [
    made('', 'batchSize: 10000, window: 1s'),
    made('', 'batchSize: 10001, window: 1s'),
    'from 1 to 10000',
  ],
  [made('', 'batchSize: 10'), made('', 'batchSize: 11'), 'only with one', 'beyond'],
  [made('', 'batchSize: 11, window: 1s'), made('', 'batchSize: 11, window: 0s'), 'wi', 'beyond'],
  [made('', 'window: 5m'), made('', 'window: 301'), '300s (5m)'],
  [made('', 'maximumConcurrency: 2'), made('', 'maximumConcurrency: 1'), 'from 2 to 1000'],
  [made('', 'maximumConcurrency: 1000'), made('', 'maximumConcurrency: 1001'), 'from 2 to 1000'],
  [
    made('', 'batchSize: 10', '', 'fifo: true'),
    made('', 'batchSize: 11, window: 1s', '', 'fifo: true'),
    'FIFO queue gives 10',
    'beyond',
  ],
  [
    made('', 'window: 0s', '', 'fifo: true'),
    made('', 'window: 1s', '', 'fifo: true'),
    'a FIFO queue has none',
    'beyond',
  ],
  [made('', ''), made('', 'exec: x'), 'one of exec, module and function', 'beyond'],
  [
    made('', ''),
    'topics: { t: {} }\nsubscribers: { s: { handler: { module: x, batchSize: 5 } } }\n',
    'batchSize goes with a function',
    'beyond',
  ],
  [table('key: id'), table(''), "doesn't say what an item is found by", 'beyond'],
  [table('key: id:N'), table('key: id:X'), 'with :N behind'],
  [table('key: { hash: a, range: b:N }'), table('key: { range: b }'), 'has no hash'],
  [
    table('key: { hash: a, range: b }'),
    table('key: { hash: a, range: a }'),
    'same attribute',
    'beyond',
  ],
  [
    table('key: id, indexes: { byUser: user:N }'),
    table('key: id, indexes: { byUser: id:N }'),
    'an attribute has one type',
    'beyond',
  ],
  [table('key: id, name: abc'), table('key: id, name: ab'), '3 to 255'],
  [
    table(`key: id, name: ${'n'.repeat(255)}`),
    table(`key: id, name: ${'n'.repeat(256)}`),
    '3 to 255',
  ],
  [table('key: id, ttl: at'), table('key: id, tll: at'), 'did you mean "ttl"?'],
  [
    'topics: { t: {} }\ntables: { Orders: { key: id } }\n',
    'topics: { t: {} }\ntables: { Orders: id }\n',
    'must be a mapping',
  ],
  [
    'topics: { t: {} }\ntables: { AAA: { key: id }, B: { key: id, name: BBB } }\n',
    'topics: { t: {} }\ntables: { AAA: { key: id }, B: { key: id, name: AAA } }\n',
    'is used for the tables "AAA" and "B"',
    'beyond',
  ],
  [
    'topics: { t: {} }\ntables: { abc: { key: id } }\n',
    'topics: { t: {} }\ntables: { ab: { key: id } }\n',
    'AWS wants 3 to 255',
    'beyond',
  ],
];

describe('functions and tables of a topology file', () => {
  it('are what the file says, under names with the prefix', () => {
    const topology = read(DESIGN, 'dev');
    expect(topology.tables).toEqual([
      {
        key: 'Orders',
        name: 'dev-Orders',
        itemKey: { hash: { name: 'orderId', type: 'S' } },
        ttl: undefined,
        indexes: {},
        tags: {},
      },
    ]);
    const [own] = topology.functions;
    expect(own).toMatchObject({
      key: 'OrderProcessor',
      name: 'dev-OrderProcessor',
      runtime: 'nodejs24.x',
      timeout: 5,
      memory: 128,
      tables: { Orders: 'write' },
    });
    expect(own && functionEnvironment(topology, own)).toEqual({
      TABLE: 'dev-Orders',
      STAGE: 'Orders2',
    });
    expect(topology.subscribers[0]?.handler).toEqual({
      function: 'OrderProcessor',
      batchSize: 10,
      window: 0,
      partialFailures: true,
      maximumConcurrency: 10,
    });
    expect(validate(parse(DESIGN))).toBe(true);
  });

  it('are refused where they stand', () => {
    expect(refusal(DESIGN.replace('timeout: 5s', 'timeout: 31s'))).toMatchObject({
      message: expect.stringContaining('(line 10, column 14)'),
      hint: expect.stringContaining('six times'),
    });
    expect(refusal(DESIGN.replace('runtime:', 'runtme:')).message).toContain(
      'unknown key "functions.OrderProcessor.runtme", did you mean "runtime"?',
    );
  });

  it.each(BOUNDS)('%# take what holds and refuse what comes next', (good, bad, words, reach) => {
    expect(() => read(good)).not.toThrow();
    const error = refusal(bad);
    expect(error.message + (error.hint ?? '')).toContain(words);
    expect(error.exitCode).toBe(2);
    expect(validate(parse(good)), JSON.stringify(validate.errors)).toBe(true);
    if (reach !== 'beyond') expect(validate(parse(bad))).toBe(false);
  });

  it('change those of a topology that comes with the package, key by key', async () => {
    const path = join(folder, 'changes.yaml');
    writeFileSync(
      path,
      'topology: order-notifications\nfunctions: { OrderProcessor: { memory: 256, code: mine } }\n',
    );
    const project = readTopologyFile(path);
    const { functions } = await topologyOf({
      topology: 'order-notifications',
      prefix: '',
      project,
    });
    expect(functions[0]).toMatchObject({
      runtime: 'nodejs24.x',
      memory: 256,
      code: join(folder, 'mine'),
    });
  });
});

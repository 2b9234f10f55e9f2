import { existsSync, mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runMain } from '../../fixtures/main.ts';
import { usePubsub } from '../../fixtures/pubsub.ts';

const pubsub = usePubsub();

interface Line {
  readonly part: string;
  readonly what: string;
  readonly of: readonly string[];
  readonly factors: readonly { value: number; unit: string; divides?: true; share?: true }[];
  readonly quantity: number;
  readonly dollars: number;
  readonly price: { dollars: number; per: number; source: string; asOf: string | null };
}
interface Document {
  readonly events: number;
  readonly subscribers: readonly { name: string; messages: number }[];
  readonly estimates: readonly {
    readonly style: string | null;
    readonly lines: readonly Line[];
    readonly dollars: number;
    readonly dollarsPerMillionEvents: number;
    readonly freeTier: readonly { name: string; quantity: number; dollars: number }[];
    readonly dollarsAfterFreeTier: number;
    readonly dollarsWithFullBatches: number | null;
  }[];
}

/** The document of a run that has one estimate. */
async function costOf(...words: string[]) {
  const { doc } = await pubsub.json(['cost', ...words]);
  const { estimates, ...rest } = doc as Document;
  const [estimate] = estimates;
  if (estimate === undefined) throw new Error('no estimate');
  const lines = (part: string, what: string) =>
    estimate.lines.filter((line) => line.part === part && line.what === what);
  const dollars = (part: string, what: string) =>
    lines(part, what).reduce((sum, line) => sum + line.dollars, 0);
  return { ...rest, ...estimate, lines: estimate.lines, find: lines, dollarsOf: dollars };
}

/** A project of its own. @returns what is run with, in its folder. */
function project(yaml: string): (...words: string[]) => Promise<Document> {
  const cwd = mkdtempSync(join(pubsub.env.HOME, 'project-'));
  writeFileSync(join(cwd, 'pubsub.yaml'), yaml);
  return async (...words) => (await pubsub.json(['cost', ...words], { cwd })).doc as Document;
}

describe('topic and queues', () => {
  it('cost a publish, and three requests of each message in each queue', async () => {
    const cost = await costOf('--events', '10M');
    expect(cost.dollarsOf('topic', 'publish')).toBeCloseTo(5, 9);
    expect(cost.dollarsOf('topic', 'deliver')).toBe(0);
    expect(cost.find('topic', 'deliver')).toMatchObject([{ quantity: 30e6 }]);
    for (const what of ['sent by SNS', 'receive', 'delete']) {
      expect(cost.dollarsOf('queues', what)).toBeCloseTo(12, 9);
    }
    expect(cost.dollars).toBeCloseTo(41, 6);
    expect(cost.dollarsPerMillionEvents).toBeCloseTo(4.1, 6);
    expect(cost.freeTier).toMatchObject([
      { name: 'SNS requests', quantity: 1e6 },
      { name: 'SQS requests', quantity: 1e6 },
    ]);
    expect(cost.dollarsAfterFreeTier).toBeCloseTo(40.1, 6);
  });

  it('cost a tenth for receives and deletes in batches of ten', async () => {
    const cost = await costOf('--events', '10M', '--batch', '10');
    expect(cost.dollarsOf('queues', 'receive')).toBeCloseTo(1.2, 9);
    expect(cost.dollarsOf('queues', 'delete')).toBeCloseTo(1.2, 9);
    expect(cost.dollarsOf('queues', 'sent by SNS')).toBeCloseTo(12, 9);
    const single = await costOf('--events', '10M');
    expect(single.dollarsWithFullBatches).toBeCloseTo(cost.dollars, 9);
    expect(cost.dollarsWithFullBatches).toBeNull();
  });

  it.each([
    ['65536', 1],
    ['65537', 2],
    ['64KB', 1],
    ['256KB', 4],
  ])('are billed by 64 KB: an event of %s is %d requests to publish', async (payload, chunks) => {
    const { find } = await costOf('--events', '1M', '--payload', payload);
    expect(find('topic', 'publish')).toMatchObject([{ quantity: chunks * 1e6 }]);
  });

  it("are billed with SNS's envelope around what is not delivered raw", async () => {
    const { find } = await costOf('--events', '1M', '--payload', '64KB');
    expect(find('queues', 'sent by SNS')).toMatchObject([{ quantity: 6e6 }]);
    const raw = project(
      'topology: raw\ntopics: { t: {} }\nsubscribers: { a: { rawDelivery: true } }\n',
    );
    const { estimates } = await raw('--events', '1M', '--payload', '64KB');
    const sent = estimates[0]?.lines.find(({ what }) => what === 'sent by SNS');
    expect(sent?.quantity).toBe(1e6);
  });

  it('cost polls that end without a message, the more the less comes', async () => {
    const polls = 730 * 180;
    const none = await costOf('--events', '1', '--topology', 'order-notifications');
    const [idle] = none.find('queues', 'receive nothing');
    expect((idle?.quantity ?? 0) / (5 * polls)).toBeCloseTo(1, 3);
    // An event every 20 s of 5 polls: e^-x of x/(1-e^-x) polls in a wait are empty, with x = 1/5.
    const some = await costOf('--events', String(polls), '--topology', 'order-notifications');
    const [partly] = some.find('queues', 'receive nothing');
    expect((partly?.quantity ?? 0) / (5 * polls)).toBeCloseTo(0.2 / Math.expm1(0.2), 6);
    const busy = await costOf('--events', '1B', '--topology', 'order-notifications');
    expect(busy.find('queues', 'receive nothing')).toEqual([]);
  });

  it('of a FIFO topology are billed by message and by data', async () => {
    const fifo = project(
      'topology: f\ntopics: { t: { fifo: true } }\nsubscribers: { a: {}, b: {} }\n',
    );
    const { estimates } = await fifo('--events', '1M', '--payload', '1KB');
    const found = estimates[0]?.lines.map(({ what, dollars }) => [what, dollars]) ?? [];
    const dollars = Object.fromEntries(found) as Record<string, number>;
    expect(dollars.publish).toBeCloseTo(0.3, 9);
    expect(dollars['published data']).toBeCloseTo((0.017 * 1e6 * 1024) / 2 ** 30, 9);
    expect(dollars.deliver).toBeCloseTo(0.02, 9);
    expect(dollars['delivered data']).toBeCloseTo((0.001 * 2e6 * (1024 + 900)) / 2 ** 30, 9);
    expect(dollars.delete).toBeCloseTo(1, 9);
    expect(estimates[0]?.freeTier.map(({ name }) => name)).toEqual(['SQS requests']);
  });
});

describe('filters', () => {
  it('are tried on samples of the event types', async () => {
    const { subscribers, find } = await costOf('--events', '1M', '--topology', 'weather');
    const messages = Object.fromEntries(
      subscribers.map(({ name, messages: each }) => [name, each]),
    );
    expect(messages).toMatchObject({ display: 500_000, 'old-display': 0, archive: 1e6 });
    // A fifth of half of the events, by 200 samples.
    expect(messages['storm-warning']).toBeGreaterThan(50_000);
    expect(messages['storm-warning']).toBeLessThan(150_000);
    const none = find('queues', 'sent by SNS').flatMap(({ of }) => of);
    expect(none.sort()).toEqual(['archive', 'display', 'storm-warning']);
  });

  it.each(['storm-warning=0.05', 'storm-warning=5%'])(
    'let through what --share %s says',
    async (word) => {
      const { subscribers } = await costOf('--topology', 'weather', '--share', word);
      expect(subscribers.find(({ name }) => name === 'storm-warning')?.messages).toBe(50_000);
    },
  );

  it('on bodies cost by what they read, whether it passes or not', async () => {
    const filtered = project(`topology: b
topics: { t: {} }
subscribers:
  a: { filterPolicy: { amount: [{ numeric: [">", 100] }] }, filterPolicyScope: MessageBody }
events: { paid: { sample: { amount: 5 } } }
`);
    const { estimates, subscribers } = await filtered('--events', '1M', '--payload', '1KB');
    expect(subscribers).toMatchObject([{ name: 'a', messages: 0 }]);
    const scanned = estimates[0]?.lines.find(({ what }) => what === 'filters on bodies');
    expect(scanned?.dollars).toBeCloseTo((0.09 * 1e6 * 1024) / 2 ** 30, 9);
  });

  it('have a column for what they cost on bodies', async () => {
    const cwd = mkdtempSync(join(pubsub.env.HOME, 'project-'));
    writeFileSync(
      join(cwd, 'pubsub.yaml'),
      'topology: u\ntopics: { t: {} }\nsubscribers: { a: { filterPolicy: { k: [x] }, filterPolicyScope: MessageBody } }\n',
    );
    const { stdout } = await pubsub.run(['cost', '--events', '10M'], { cwd });
    expect(stdout).toMatch(/^ {2}filters on bodies {2}10M events/m);
    expect(stdout).not.toMatch(/Postgres|orders|API/);
  });

  it('that can not be tried are named, and count as letting everything through', async () => {
    const cwd = mkdtempSync(join(pubsub.env.HOME, 'project-'));
    writeFileSync(
      join(cwd, 'pubsub.yaml'),
      'topology: u\ntopics: { t: {} }\nsubscribers: { a: { filterPolicy: { kind: [x] } } }\n',
    );
    const { stderr, code } = await pubsub.run(['cost'], { cwd });
    expect(stderr).toMatch(/no event types to try the filters of a on.*--share a=20%/);
    expect(code).toBe(0);
    expect((await pubsub.run(['cost', '--share', 'a=20%'], { cwd })).stderr).toBe('');
  });
});

describe('a style', () => {
  it('has what it is made of', async () => {
    const parts = async (style: string) => [
      ...new Set((await costOf('--style', style)).lines.map(({ part }) => part)),
    ];
    const common = ['topic', 'queues', 'API'];
    expect(await parts('ecs')).toEqual([...common, 'containers', 'logs', 'alarms']);
    expect(await parts('hybrid')).toEqual([...common, 'functions', 'containers', 'logs', 'alarms']);
    expect(await parts('serverless')).toEqual([...common, 'functions', 'tables', 'logs', 'alarms']);
  });

  it('of functions costs requests by batch, and GB-seconds by message', async () => {
    const words = ['--style', 'hybrid', '--events', '1M', '--ms', '200', '--memory', '512'];
    const one = await costOf(...words);
    expect(one.dollarsOf('functions', 'invoke')).toBeCloseTo(0.6, 9);
    expect(one.dollarsOf('functions', 'run')).toBeCloseTo(3e6 * 0.2 * 0.5 * 0.0000166667, 6);
    const ten = await costOf(...words, '--batch', '10', '--architecture', 'arm64');
    expect(ten.dollarsOf('functions', 'invoke')).toBeCloseTo(0.06, 9);
    expect(ten.dollarsOf('functions', 'run')).toBeCloseTo(3e6 * 0.2 * 0.5 * 0.0000133334, 6);
  });

  it('of containers costs by the hour, and more of them where one has too much to do', async () => {
    const idle = await costOf('--style', 'ecs', '--events', '1000');
    const cpu = 730 * (0.5 + 3 * 0.25) * 0.04048;
    expect(idle.dollarsOf('containers', 'processors')).toBeCloseTo(cpu, 6);
    expect(idle.dollarsOf('containers', 'public addresses')).toBeCloseTo(730 * 4 * 0.005, 6);
    const two = await costOf('--style', 'ecs', '--events', '1000', '--tasks', '2');
    expect(two.dollarsOf('containers', 'processors')).toBeCloseTo(2 * cpu, 6);
    // Ten messages at once for each container: 20 a second of 1 s are two full ones, and one more asks for a third.
    const month = 730 * 3600;
    const full = ['--style', 'ecs', '--ms', '1000', '--events'];
    const exact = await costOf(...full, String(20 * month));
    expect(exact.dollarsOf('containers', 'processors')).toBeCloseTo(2 * cpu, 6);
    const more = await costOf(...full, String(20 * month + 1));
    expect(more.dollarsOf('containers', 'processors')).toBeCloseTo(3 * cpu, 6);
  });

  it('of subscribers grow to ten containers by themselves, and it is said whom that leaves behind', async () => {
    const month = 730 * 3600;
    const words = ['cost', '--style', 'ecs', '--ms', '1000', '--events'];
    const containers = async (events: number, ...more: string[]) => {
      const ran = await pubsub.run([...words, String(events), ...more, '--json']);
      const [estimate] = (JSON.parse(ran.stdout) as Document).estimates;
      const found = estimate?.lines.filter(({ what }) => what === 'public addresses') ?? [];
      const email = found.find(({ of }) => of.includes('email'));
      return {
        tasks: email?.factors.find(({ unit }) => unit === 'tasks')?.value,
        told: ran.stderr,
      };
    };
    expect(await containers(100 * month)).toEqual({ tasks: 10, told: '' });
    const { tasks, told } = await containers(100 * month + 1);
    expect(tasks).toBe(10);
    expect(told).toContain('email has 10 tasks at the most, and work for 11');
    expect(await containers(100 * month + 1, '--tasks', '11')).toEqual({ tasks: 11, told: '' });
  });

  it('has a database of RDS where one is asked for, and a schedule without a server', async () => {
    const rds = await costOf('--style', 'ecs', '--database', 'rds');
    expect(rds.dollarsOf('database', 'db.t4g.micro')).toBeCloseTo(730 * 0.016, 9);
    expect(rds.dollarsOf('database', 'storage')).toBeCloseTo(20 * 0.115, 9);
    expect(rds.dollarsOf('database', 'password')).toBeCloseTo(0.4, 9);
    const none = await costOf('--style', 'ecs');
    expect(rds.dollars - none.dollars).toBeCloseTo(730 * 0.016 + 2.3 + 0.4, 9);
    const postgres = await costOf('--style', 'serverless', '--database', 'postgres');
    expect(postgres.lines.map(({ part }) => part)).not.toContain('tables');
    const sweeps = postgres.find('functions', 'invoke').find(({ of }) => of.join() === 'schedule');
    expect(sweeps?.quantity).toBe(730 * 60);
    const { stdout } = await pubsub.run(['cost', '--style', 'all', '--database', 'rds']);
    expect(stdout).toMatch(/database +\$14\.38 +\$14\.38 +–/);
    expect(stdout).not.toContain('the Postgres server');
  });

  it('that is serverless keeps orders in a table, and what was handled', async () => {
    const cost = await costOf('--style', 'serverless', '--events', '10M');
    // Half of the events are orders, the others change one; each of three functions handles all of them once.
    const writes = Object.fromEntries(
      cost.lines.flatMap(({ part, what, quantity }) =>
        part === 'tables' ? [[what, quantity]] : [],
      ),
    );
    expect(writes).toMatchObject({
      'create orders': 5e6 * 7,
      'change orders': 5e6 * 8,
      'handle once': 30e6 * 2,
    });
    expect(cost.dollarsOf('tables', 'create orders')).toBeCloseTo(35 * 0.625, 9);
  });

  it('has no API where the topology has no orders', async () => {
    for (const style of ['ecs', 'hybrid', 'serverless']) {
      const { lines } = await costOf('--style', style, '--topology', 'weather');
      const parts = lines.map(({ part }) => part);
      expect(parts).not.toContain('API');
      expect(parts).not.toContain('tables');
      expect(lines.flatMap(({ of }) => of)).not.toContain('API');
    }
  });

  it('takes batching window, memory and tables from the file', async () => {
    const { find } = await costOf('--events', '1M', '--topology', 'order-notifications');
    expect(find('functions', 'run')[0]?.factors.at(-1)).toEqual({ value: 0.125, unit: 'GB' });
    expect(find('tables', 'write')).toMatchObject([{ quantity: 1e6 }]);
    const windowed = project(`topology: w
topics: { t: {} }
functions: { f: { runtime: nodejs24.x, code: src/ } }
subscribers: { a: { handler: { function: f, batchSize: 100, window: 10 } } }
`);
    // Two a second for ten seconds.
    const { estimates } = await windowed('--events', String(2 * 730 * 3600));
    const invoke = estimates[0]?.lines.find(({ what }) => what === 'invoke');
    expect(invoke?.factors[1]).toMatchObject({ value: 20, divides: true });
    const receive = estimates[0]?.lines.find(({ what }) => what === 'receive');
    expect(receive?.factors[1]).toMatchObject({ value: 10, divides: true });
  });
});

it('shows each multiplication, and each price with its source', async () => {
  for (const topology of ['orders', 'weather', 'order-notifications']) {
    const { doc } = await pubsub.json([
      'cost',
      '--events',
      '2.5M',
      '--style',
      'all',
      '--topology',
      topology,
    ]);
    const { estimates } = doc as Document;
    expect(estimates.map(({ style }) => style)).toEqual(['ecs', 'hybrid', 'serverless']);
    for (const { lines, dollars, freeTier, dollarsAfterFreeTier } of estimates) {
      for (const { factors, quantity, price, dollars: each } of lines) {
        const product = factors.reduce(
          (all, { value, divides }) => (divides ? all / value : all * value),
          1,
        );
        expect(quantity).toBeCloseTo(product, 6);
        expect(each).toBeCloseTo((product * price.dollars) / price.per, 9);
        expect(price.source).toMatch(/^https:\/\/aws\.amazon\.com\//);
        expect(price.asOf ?? '2026-06').toMatch(/^20\d\d-\d\d$/);
      }
      expect(dollars).toBeCloseTo(
        lines.reduce((sum, line) => sum + line.dollars, 0),
        9,
      );
      const free = freeTier.reduce((sum, each) => sum + each.dollars, 0);
      expect(dollarsAfterFreeTier).toBeCloseTo(dollars - free, 9);
    }
  }
});

it('says the multiplication in words, on every width', async () => {
  const { stdout } = await pubsub.run(['cost', '--events', '10M', '--style', 'hybrid']);
  expect(stdout).toContain('10M messages × 3 queues = 30M requests × $0.40/M');
  expect(stdout).toMatch(/10M messages × 3 functions × 0\.05 s × 0\.25 GB =\s+375,000 GB-seconds/);
  for (const columns of [0, 40, 60, 80, 120]) {
    for (const style of [[], ['--style', 'serverless'], ['--style', 'all']]) {
      const words = ['cost', '--events', '999_999_999', ...style];
      const shown = await runMain(words, { ...pubsub.env, NO_COLOR: '1' }, { columns });
      const wide = shown.stdout.split('\n').filter((line) => line.length > (columns || 80));
      expect(wide).toEqual([]);
      expect(shown.code).toBe(0);
    }
  }
});

it.each([
  ['10M', 10e6],
  ['1e6', 1e6],
  ['10_000', 10_000],
  ['10,000', 10_000],
  ['2.3M', 2_300_000],
  ['1.5k', 1500],
  ['1B', 1e9],
  ['1', 1],
  ['1e12', 1e12],
])('takes --events %s', async (text, events) => {
  expect((await costOf('--events', text)).events).toBe(events);
});

it.each([
  [['--events', '0'], '--events must be a whole number from 1 to 1e12, not "0".'],
  [['--events', '1e13'], '--events must be a whole number'],
  [['--events', '-5'], '--events must be a whole number'],
  [['--events', '1.5'], '--events must be a whole number'],
  [['--events', '1_0'], '--events must be a whole number'],
  [['--events', 'ten'], '--events must be a whole number'],
  [['--style', 'serverles'], 'Did you mean --style serverless?'],
  [['--payload', '0'], '--payload must be a size from 1 byte to 1024 KB, not "0".'],
  [['--payload', '1048577'], '--payload must be a size'],
  [['--batch', '0'], '--batch must be a whole number from 1 to 10000, not "0".'],
  [['--ms', '900001'], '--ms must be a whole number from 1 to 900000'],
  [['--memory', '127'], '--memory must be a whole number from 128 to 10240'],
  [['--database', 'rds'], '--database belongs to --style.'],
  [['--style', 'ecs', '--database', 'dynamodb'], 'ecs has no orders in dynamodb.'],
  [['--style', 'ecs', '--database', 'postgers'], 'Did you mean --database postgres?'],
  [['--tasks', '1001'], '--tasks must be a whole number from 1 to 1000'],
  [['--architecture', 'arm'], 'Did you mean --architecture arm64?'],
  [['--share', 'email'], '--share must be a subscriber and a share from 0 to 1'],
  [['--share', 'email=1.1'], '--share must be a subscriber and a share from 0 to 1'],
  [['--share', 'email=20%'], 'email has no filter in the file'],
  [['--share', 'all=20%'], 'The subscribers have no filter in the file'],
  [['--share', 'emial=1'], 'Unknown subscriber "emial". Did you mean "email"?'],
  [['--topology', 'nothing'], 'nothing'],
] as const)('refuses %j in words', async (words, sentence) => {
  const { stdout, stderr, code } = await pubsub.run(['cost', ...words]);
  expect(stderr).toContain(sentence);
  expect([stdout, code]).toEqual(['', 2]);
});

it('says whose prices they are, and asks no target', async () => {
  const { stderr, code } = await pubsub.run(['cost', '--region', 'eu-west-1', '--target', 'aws']);
  expect(stderr).toBe('! Prices are those of us-east-1; eu-west-1 has its own.\n');
  expect(code).toBe(0);
  expect(existsSync(join(pubsub.env.XDG_STATE_HOME, 'pubsub'))).toBe(false);
});

import { describe, expect, it } from 'vitest';
import { FILES, type Import, importsOf, readImports, WEB_FILES } from './imports.ts';

const DATA = ['rules', 'events', 'definition'];
const TARGET = [...DATA, 'config', 'aws'];
const ACTS = [
  ...TARGET,
  'functions',
  'topology',
  'tracing',
  'publish',
  'consume',
  'dead-letters',
  'tap',
];

/** Which areas an area may import besides itself (ARCHITECTURE.md, "Who may import whom"). */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  rules: [],
  events: ['rules'],
  definition: ['events', 'rules'],
  config: [...DATA, 'process'],
  aws: [...DATA, 'config'],
  tracing: ['rules'],
  functions: TARGET,
  topology: [...TARGET, 'functions'],
  publish: [...TARGET, 'tracing'],
  consume: [...TARGET, 'process', 'tracing'],
  'dead-letters': TARGET,
  tap: [...TARGET, 'consume'],
  diagnose: [...ACTS, 'process'],
  transport: [...ACTS, 'diagnose', 'tracing'],
  amqp: [...ACTS, 'diagnose', 'transport'],
  demo: [...ACTS, 'diagnose', 'transport'],
  compare: [...ACTS, 'bench', 'deploy', 'process'],
  dashboard: [...ACTS, 'compare', 'diagnose', 'process'],
  bench: ACTS,
  cost: DATA,
  deploy: [...TARGET, 'functions', 'topology', 'database', 'orders', 'process'],
  starter: [...DATA, 'config', 'process'],
  process: [],
  engine: ['process', 'rules'],
  http: [...TARGET, 'database', 'tracing'],
  database: ['rules', 'process'],
  outbox: [...TARGET, 'database', 'publish', 'tracing'],
  orders: [...TARGET, 'http', 'database', 'outbox', 'publish', 'process', 'tracing'],
  platform: [...ACTS, 'transport', 'amqp', 'http', 'database', 'outbox', 'orders', 'process'],
  ui: [...DATA, 'bench', 'compare', 'dead-letters'],
  library: [...ACTS, 'engine'],
  embedded: [...TARGET, 'consume', 'functions', 'topology', 'engine', 'library', 'process'],
};
/** Areas that may import types of any other: what they show is made there. */
const MAY_IMPORT_TYPES = ['ui'];

/** What starts a process, or is what other programs import: they stand in no area, and nobody imports them. */
const ENTRIES = ['process.ts', 'cli.ts', 'index.ts', 'engine.ts'];
/** Who imports an entry nevertheless. */
const STARTS: Readonly<Record<string, string>> = { 'process.ts': 'cli.ts' };

/** Packages whose values belong to one place; types may be imported anywhere. */
const PACKAGE_HOMES: readonly { pattern: RegExp; homes: readonly string[] }[] = [
  { pattern: /^@aws-sdk\/|^@smithy\//, homes: ['lib/aws/'] },
  { pattern: /^commander$/, homes: ['cli.ts', 'commands/'] },
  { pattern: /^(chalk|inquirer|@inquirer\/.*)$/, homes: ['lib/ui/'] },
  { pattern: /^@opentelemetry\//, homes: ['lib/tracing/'] },
  { pattern: /^sucrase$/, homes: ['lib/functions/'] },
  { pattern: /^tar-stream$/, homes: ['lib/deploy/'] },
  { pattern: /^amqplib$/, homes: ['lib/amqp/'] },
  {
    pattern:
      /^(jose|openid-client|cockatiel|redis|undici|nodemailer|smtp-server|postal-mime|@connectrpc\/.*|@bufbuild\/protobuf.*)$/,
    homes: ['lib/platform/'],
  },
  { pattern: /^lmdb$/, homes: ['lib/engine/'] },
  { pattern: /^(fastify|@fastify\/.*)$/, homes: ['lib/http/', 'lib/platform/'] },
  { pattern: /^(pg|pg-connection-string|@electric-sql\/.*)$/, homes: ['lib/database/'] },
  { pattern: /^prom-client$/, homes: ['lib/orders/', 'lib/platform/'] },
  { pattern: /^(preact|@preact\/.*|@dagrejs\/.*|uplot)(\/|$)/, homes: ['../web/'] },
];

/** What a browser can load: the page's packages, and what it has in common with the server that it asks. */
function webViolation({ file, target }: Import): string | undefined {
  if (WEB_FILES.includes(target) || target.startsWith('lib/dashboard/api/')) return undefined;
  const home = PACKAGE_HOMES.find(({ pattern }) => pattern.test(target));
  if (home?.homes.includes('../web/')) return undefined;
  return `${file} imports ${target}: the page imports itself and lib/dashboard/api`;
}

function violation({ file, target, typeOnly }: Import): string | undefined {
  if (target.startsWith('../web/')) return `${file} imports ${target}, which is for browsers`;
  if (!FILES.includes(target)) return ofPackage({ file, target, typeOnly });
  const from = areaOf(file);
  const to = areaOf(target);
  if (ENTRIES.includes(target)) {
    if (STARTS[file] === target) return undefined;
    return `${file} imports ${target}: nobody imports an entry`;
  }
  if (to === 'commands' && from !== 'commands' && file !== 'cli.ts') {
    return `${file} imports ${target}: commands are imported by cli.ts alone`;
  }
  // Entries and commands are at the top: they may import everything below.
  if (ENTRIES.includes(file) || from === 'commands') return undefined;
  if (to === from) return betweenServices(file, target);
  if (from === undefined) return `${file} is in no area`;
  if (to !== undefined && MAY_IMPORT[from]?.includes(to)) return undefined;
  if (to !== undefined && typeOnly && MAY_IMPORT_TYPES.includes(from)) return undefined;
  return `${file} imports ${target}: ${from} may not import ${to ?? 'what is in no area'}`;
}

/** What several services of the platform have in common. */
const SHARED_BY_SERVICES = ['service', 'rpc'];
/** What runs services, and knows all of them. */
const ABOVE_SERVICES = ['run', 'demo', 'print'];

/** Services meet over the network and nowhere else: a folder of `lib/platform` imports only what all may. */
function betweenServices(file: string, target: string): string | undefined {
  const [from, to] = [file, target].map((path) => /^lib\/platform\/([^/]+)\//.exec(path)?.[1]);
  if (from === undefined || to === undefined || from === to) return undefined;
  if (SHARED_BY_SERVICES.includes(to) || ABOVE_SERVICES.includes(from)) return undefined;
  return `${file} imports ${target}: services of the platform never import each other`;
}

function ofPackage({ file, target, typeOnly }: Omit<Import, 'lazy'>): string | undefined {
  const rule = PACKAGE_HOMES.find(({ pattern }) => pattern.test(target));
  if (!rule || typeOnly || rule.homes.some((home) => file.startsWith(home))) return undefined;
  return `${file} imports ${target}, which belongs in ${rule.homes.join(' and ')}`;
}

/** The area of a file: a folder of lib, `library`, `embedded` or `commands`; undefined for all others. */
function areaOf(file: string): string | undefined {
  return /^lib\/([^/]+)\//.exec(file)?.[1] ?? /^(library|embedded|commands)\//.exec(file)?.[1];
}

/** Files that a file loads at once: its value imports, followed; `import()` waits until it is called. */
function loadedWith(file: string, seen: Set<string> = new Set()): Set<string> {
  if (seen.has(file)) return seen;
  seen.add(file);
  for (const { target, typeOnly, lazy } of importsOf(file)) {
    if (typeOnly || lazy) continue;
    if (FILES.includes(target)) loadedWith(target, seen);
    else seen.add(target);
  }
  return seen;
}

/** Groups of files that import each other, directly or not: as types, and when they are called, too. */
function circles(imports: (file: string) => readonly Import[], files = FILES): string[][] {
  const graph = new Map(files.map((file) => [file, imports(file).map(({ target }) => target)]));
  const reach = (start: string): Set<string> => {
    const seen = new Set<string>();
    const open = [start];
    for (let file = open.pop(); file !== undefined; file = open.pop()) {
      for (const next of graph.get(file) ?? []) {
        if (seen.has(next)) continue;
        seen.add(next);
        open.push(next);
      }
    }
    return seen;
  };
  const reached = new Map(files.map((file) => [file, reach(file)]));
  const inCircle = files.filter((file) => reached.get(file)?.has(file));
  const found = new Map<string, string[]>();
  for (const file of inCircle) {
    const members = inCircle.filter(
      (other) => reached.get(file)?.has(other) && reached.get(other)?.has(file),
    );
    found.set(members[0] ?? file, members);
  }
  return [...found.values()];
}

describe('import rules', () => {
  it('knows every area, and no file is outside', () => {
    const areas = new Set(FILES.filter((file) => !ENTRIES.includes(file)).map(areaOf));
    const known = [...Object.keys(MAY_IMPORT), 'commands'];
    expect([...areas].filter((area) => area === undefined || !known.includes(area))).toEqual([]);
  });

  it('has no circles', () => {
    expect(circles(importsOf)).toEqual([]);
  });

  it('holds in every file', () => {
    const violations = FILES.flatMap(importsOf).map(violation);
    expect(violations.filter((found) => found !== undefined)).toEqual([]);
  });

  it('holds in the page', () => {
    const violations = WEB_FILES.flatMap(importsOf).map(webViolation);
    expect(violations.filter((found) => found !== undefined)).toEqual([]);
    expect(circles(importsOf, WEB_FILES)).toEqual([]);
  });

  it.each(FILES.filter((file) => file.startsWith('commands/')))(
    'loads no SDK, server or YAML before %s runs: its help needs none',
    (file) => {
      const heavy = [...loadedWith(file)].filter((each) =>
        /^(@aws-sdk|@smithy|@opentelemetry|amqplib|lmdb|yaml|zod|ora|@inquirer|fastify|pg$|@electric-sql|prom-client)|^lib\/engine\/(?!background|journal\/(folder|damaged))/.test(
          each,
        ),
      );
      expect(heavy).toEqual([]);
    },
  );

  it('loads neither SDK nor commands with the engine for tests, and what makes stacks with the first', () => {
    const heavy = [...loadedWith('engine.ts')].filter((each) =>
      /^(@aws-sdk|@smithy|@opentelemetry|commander|lmdb|yaml|zod|chalk|ora|commands\/|lib\/(aws|config|topology|ui)\/|lib\/engine\/services\/cloudformation\/\w+\/)/.test(
        each,
      ),
    );
    expect(heavy).toEqual([]);
  });

  it('reads every way to import', () => {
    const text = `
      import type { A } from './a.ts';
      import { type B } from './b.ts';
      import './c.ts';
      export * from './d.ts';
      export type { E } from './e.ts';
      type F = import('./f.ts').F;
      type G = typeof import('./g.ts');
      const h = await import(/* later */ './h.ts');
      const i = await import(\`./i.ts\`);
      import j = require('./j.ts');
      const k = createRequire(import.meta.url)('./k.ts');
      // import './comment.ts';
      const l = "import './text.ts'";`;
    const kinds = readImports('lib/rules/x.ts', text).map(
      ({ target, typeOnly, lazy }) =>
        `${target.slice(-4, -3)} ${typeOnly ? 'type' : lazy ? 'lazy' : 'value'}`,
    );
    expect(kinds).toEqual([
      'a type',
      'b value',
      'c value',
      'd value',
      'e type',
      'f type',
      'g type',
      'h lazy',
      'i lazy',
      'j value',
      'k value',
    ]);
    expect(() => readImports('lib/rules/x.ts', 'await import(name)')).toThrow('when it runs');
  });

  it('finds a circle through types and through what is loaded later', () => {
    const texts: Readonly<Record<string, string>> = {
      'lib/rules/a.ts': "import type { B } from './b.ts';",
      'lib/rules/b.ts': "const { c } = await import('./c.ts');",
      'lib/rules/c.ts': "export * from './a.ts';",
      'lib/rules/d.ts': "import './a.ts';",
    };
    const found = circles((file) => readImports(file, texts[file] ?? ''), Object.keys(texts));
    expect(found).toEqual([['lib/rules/a.ts', 'lib/rules/b.ts', 'lib/rules/c.ts']]);
  });

  it.each([
    "import { tap } from '../src/lib/tap/tap.ts';",
    "import type { Status } from '../src/lib/diagnose/status/status.ts';",
    "import { readFileSync } from 'node:fs';",
    "import chalk from 'chalk';",
  ])('is broken by a page that says: %s', (text) => {
    const [only] = readImports('../web/main.tsx', text).map(webViolation);
    expect(only).toBeDefined();
  });

  it.each([
    ['lib/rules/errors.ts', "import '../aws/call.ts';"],
    ['lib/ui/table.ts', "import { h } from 'preact';"],
    ['lib/ui/table.ts', "import { api } from '../../../web/state/api.ts';"],
    ['lib/engine/engine.ts', "import type { Aws } from '../aws/clients.ts';"],
    ['lib/engine/engine.ts', "type Aws = import('../aws/clients.ts').Aws;"],
    ['lib/topology/plan.ts', "import { SNSClient } from '@aws-sdk/client-sns';"],
    ['lib/demo/demo.ts', "const { default: chalk } = await import('chalk');"],
    ['lib/demo/demo.ts', "export * from '../../commands/connect.ts';"],
    ['lib/ui/table.ts', "import { tap } from '../tap/tap.ts';"],
    ['library/set-up.ts', "import '../commands/connect.ts';"],
    ['index.ts', "import type { CommandModule } from './commands/command.ts';"],
    ['commands/connect.ts', "import { main } from '../cli.ts';"],
    ['lib/ui/table.ts', "import type { Io } from '../../process.ts';"],
    ['lib/misc.ts', "import './rules/errors.ts';"],
    ['lib/platform/users/users.ts', "import { authService } from '../auth/service.ts';"],
    ['lib/platform/orders/orders.ts', "import type { PaymentRow } from '../payments/payment.ts';"],
    ['lib/platform/gateway/proxy.ts', "const { users } = await import('../users/users.ts');"],
    ['lib/platform/service/start.ts', "import { orders } from '../orders/orders.ts';"],
    ['lib/platform/users/users.ts', "import { loadService } from '../run/services.ts';"],
  ])('is broken by a file %s that says: %s', (file, text) => {
    const [only] = readImports(file, text).map(violation);
    expect(only).toBeDefined();
  });

  it.each([
    ['lib/platform/run/services.ts', "import { orders } from '../orders/orders.ts';"],
    ['lib/platform/demo/demo.ts', "import { authService } from '../auth/service.ts';"],
    ['lib/platform/users/users.ts', "import { eventData } from '../service/event-data.ts';"],
    ['lib/platform/orders/orders.ts', "import { sagaRoutes } from './saga-routes.ts';"],
  ])('holds in a file %s that says: %s', (file, text) => {
    expect(readImports(file, text).map(violation)).toEqual([undefined]);
  });
});

import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';

const SOURCE = join(import.meta.dirname, '../../src');

const DATA = ['rules', 'events', 'definition'];
const TARGET = [...DATA, 'config', 'aws'];
const ACTS = [...TARGET, 'topology', 'publish', 'consume', 'dead-letters', 'tap'];

/** Which areas an area may import besides itself (ARCHITECTURE.md, "Who may import whom"). */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  rules: [],
  events: ['rules'],
  definition: ['events', 'rules'],
  config: DATA,
  aws: [...DATA, 'config'],
  topology: TARGET,
  publish: TARGET,
  consume: TARGET,
  'dead-letters': TARGET,
  tap: [...TARGET, 'consume'],
  diagnose: ACTS,
  demo: [...ACTS, 'diagnose'],
  bench: ACTS,
  process: [],
  engine: ['process', 'rules'],
  orders: [...TARGET, 'publish', 'process'],
  ui: [...DATA, 'bench', 'dead-letters'],
  library: [...ACTS, 'engine'],
  embedded: [...TARGET, 'topology', 'engine'],
};
/** Areas that may import types of any other: what they show is made there. */
const MAY_IMPORT_TYPES = ['ui'];

/** Circles that are still there, each by one of its files. None may be added. */
const KNOWN_CIRCLES = [
  'commands/completion/completion.ts',
  'commands/outbox/open.ts',
  'lib/config/files.ts',
  'lib/orders/database.ts',
  'lib/publish/publisher.ts',
  'lib/topology/apply.ts',
];

/** Packages whose values belong to one place; types may be imported anywhere. */
const PACKAGE_HOMES: readonly { pattern: RegExp; homes: readonly string[] }[] = [
  { pattern: /^@aws-sdk\/|^@smithy\//, homes: ['lib/aws/'] },
  { pattern: /^commander$/, homes: ['cli.ts', 'commands/'] },
  { pattern: /^(chalk|inquirer|@inquirer\/.*)$/, homes: ['lib/ui/'] },
  { pattern: /^lmdb$/, homes: ['lib/engine/'] },
  {
    pattern: /^(fastify|@fastify\/.*|pg|pg-connection-string|@electric-sql\/.*|prom-client)$/,
    homes: ['lib/orders/'],
  },
];

interface Import {
  readonly file: string;
  readonly target: string;
  readonly typeOnly: boolean;
  /** `import()`: loaded when it is called. */
  readonly lazy?: boolean;
}

const IMPORT =
  /(?:^|\n)\s*(import|export)(\s+type)?\s[^'"();]*?from\s+['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]\s*\)|(?:^|\n)import\s+['"]([^'"]+)['"]/g;

function importsOf(file: string): Import[] {
  const text = readFileSync(join(SOURCE, file), 'utf8');
  return [...text.matchAll(IMPORT)].map((match) => {
    // `typeof import('x')` names a type and loads nothing.
    const isTypeof = text.slice(0, match.index).endsWith('typeof ');
    return {
      file,
      target: match[3] ?? match[4] ?? match[5] ?? '',
      typeOnly: match[2] !== undefined || isTypeof,
      lazy: match[4] !== undefined,
    };
  });
}

function violation({ file, target, typeOnly }: Import): string | undefined {
  if (!target.startsWith('.')) {
    const rule = PACKAGE_HOMES.find(({ pattern }) => pattern.test(target));
    if (!rule || typeOnly || rule.homes.some((home) => file.startsWith(home))) return undefined;
    return `${file} imports ${target}, which belongs in ${rule.homes.join(' and ')}`;
  }
  const resolved = relative(SOURCE, join(SOURCE, dirname(file), target));
  const from = areaOf(file);
  const to = areaOf(resolved);
  // The process, its entry points and the commands are at the top: they may import everything but each other upwards.
  if (to === 'commands' && from !== 'commands' && file !== 'cli.ts') {
    return `${file} imports ${resolved}: commands are imported by cli.ts alone`;
  }
  if (from === undefined || from === 'commands') return undefined;
  if (to === undefined) return `${file} imports ${resolved}: nothing in lib imports upwards`;
  if (to === from || MAY_IMPORT[from]?.includes(to)) return undefined;
  if (typeOnly && MAY_IMPORT_TYPES.includes(from)) return undefined;
  return `${file} imports ${resolved}: ${from} may not import ${to}`;
}

/** The area of a file: a folder of lib, `library` or `commands`; undefined for the process and its entry points. */
function areaOf(file: string): string | undefined {
  return /^lib\/([^/]+)\//.exec(file)?.[1] ?? /^(library|embedded|commands)\//.exec(file)?.[1];
}

const FILES = readdirSync(SOURCE, { recursive: true, encoding: 'utf8' }).filter((file) =>
  file.endsWith('.ts'),
);

/** Files that a file loads at once: its value imports, followed; `import()` waits until it is called. */
function loadedWith(file: string, seen: Set<string> = new Set()): Set<string> {
  if (seen.has(file)) return seen;
  seen.add(file);
  for (const { target, typeOnly, lazy } of importsOf(file)) {
    if (typeOnly || lazy) continue;
    if (target.startsWith('.'))
      loadedWith(relative(SOURCE, join(SOURCE, dirname(file), target)), seen);
    else seen.add(target);
  }
  return seen;
}

/** Groups of files that import each other, directly or not; a type counts, what `import()` loads later doesn't. */
function circles(): string[][] {
  const graph = new Map(
    FILES.map((file) => [
      file,
      importsOf(file).flatMap(({ target, lazy }) =>
        target.startsWith('.') && !lazy
          ? [relative(SOURCE, join(SOURCE, dirname(file), target))]
          : [],
      ),
    ]),
  );
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
  const reached = new Map(FILES.map((file) => [file, reach(file)]));
  const inCircle = FILES.filter((file) => reached.get(file)?.has(file));
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
  it('knows every area of lib', () => {
    const areas = readdirSync(join(SOURCE, 'lib'));
    expect(areas.filter((area) => !(area in MAY_IMPORT))).toEqual([]);
  });

  it('has no circles but the known ones', () => {
    const added = circles().filter(
      (files) => !KNOWN_CIRCLES.some((known) => files.includes(known)),
    );
    expect(added).toEqual([]);
  });

  it('holds in every file', () => {
    const violations = FILES.flatMap(importsOf).map(violation);
    expect(violations.filter((found) => found !== undefined)).toEqual([]);
  });

  it.each(FILES.filter((file) => file.startsWith('commands/')))(
    'loads no SDK, server or YAML before %s runs: its help needs none',
    (file) => {
      const heavy = [...loadedWith(file)].filter((each) =>
        /^(@aws-sdk|@smithy|lmdb|yaml|zod|ora|@inquirer|fastify|pg$|@electric-sql|prom-client)|^lib\/engine\/(?!background|journal\/(folder|damaged))/.test(
          each,
        ),
      );
      expect(heavy).toEqual([]);
    },
  );

  it('loads neither SDK nor commands with the engine for tests', () => {
    const heavy = [...loadedWith('engine.ts')].filter((each) =>
      /^(@aws-sdk|@smithy|commander|lmdb|yaml|zod|chalk|ora|commands\/|lib\/(aws|config|topology|ui)\/)/.test(
        each,
      ),
    );
    expect(heavy).toEqual([]);
  });

  it('finds a violation in each kind of import', () => {
    const cases: Import[] = [
      { file: 'lib/rules/a.ts', target: '../aws/b.ts', typeOnly: false },
      { file: 'lib/engine/a.ts', target: '../aws/b.ts', typeOnly: true },
      { file: 'lib/topology/a.ts', target: '@aws-sdk/client-sns', typeOnly: false },
      { file: 'lib/demo/a.ts', target: 'chalk', typeOnly: false },
      { file: 'lib/demo/a.ts', target: '../../commands/a.ts', typeOnly: false },
      { file: 'lib/ui/a.ts', target: '../tap/b.ts', typeOnly: false },
      { file: 'library/a.ts', target: '../commands/a.ts', typeOnly: false },
      { file: 'index.ts', target: './commands/a.ts', typeOnly: true },
    ];
    for (const bad of cases) expect(violation(bad), JSON.stringify(bad)).toBeDefined();
  });
});

import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';

const SOURCE = join(import.meta.dirname, '../../src');

/** Which areas of lib an area may import besides itself (ARCHITECTURE.md, "Who may import whom"). */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  model: [],
  config: ['model'],
  aws: ['config', 'model'],
  topology: ['aws', 'model'],
  messaging: ['aws', 'model'],
  subscribers: ['model'],
  process: [],
  engine: ['process', 'model'],
  ui: ['model'],
  orders: ['messaging', 'aws', 'config', 'process', 'model'],
  ops: ['topology', 'messaging', 'subscribers', 'aws', 'config', 'model'],
};

/** Packages whose values belong to one place; types may be imported anywhere. */
const PACKAGE_HOMES: readonly { pattern: RegExp; homes: readonly string[] }[] = [
  { pattern: /^@aws-sdk\/|^@smithy\//, homes: ['lib/aws/'] },
  { pattern: /^commander$/, homes: ['cli.ts', 'commands/'] },
  { pattern: /^(chalk|ora|inquirer|@inquirer\/.*)$/, homes: ['lib/ui/'] },
  { pattern: /^lmdb$/, homes: ['lib/engine/'] },
  { pattern: /^(fastify|@fastify\/.*|pg|@electric-sql\/.*|prom-client)$/, homes: ['lib/orders/'] },
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
  const from = /^lib\/([^/]+)\//.exec(file)?.[1];
  const to = /^lib\/([^/]+)\//.exec(resolved)?.[1];
  if (from === undefined) return undefined;
  if (to === undefined) return `${file} imports ${resolved}: nothing in lib imports upwards`;
  if (to === from || MAY_IMPORT[from]?.includes(to)) return undefined;
  return `${file} imports ${resolved}: ${from} may not import ${to}`;
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

describe('import rules', () => {
  it('knows every area of lib', () => {
    const areas = readdirSync(join(SOURCE, 'lib'));
    expect(areas.filter((area) => !(area in MAY_IMPORT))).toEqual([]);
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

  it('finds a violation in each kind of import', () => {
    const cases: Import[] = [
      { file: 'lib/model/a.ts', target: '../aws/b.ts', typeOnly: false },
      { file: 'lib/engine/a.ts', target: '../aws/b.ts', typeOnly: true },
      { file: 'lib/topology/a.ts', target: '@aws-sdk/client-sns', typeOnly: false },
      { file: 'lib/ops/a.ts', target: 'chalk', typeOnly: false },
      { file: 'lib/ops/a.ts', target: '../../commands/a.ts', typeOnly: false },
    ];
    for (const bad of cases) expect(violation(bad), JSON.stringify(bad)).toBeDefined();
  });
});

import { execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FunctionSpec } from '../../../src/lib/definition/topology.ts';
import { packageCode, packageFolders } from '../../../src/lib/functions/package-code.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'pubsub-package-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const hasPython = spawnSync('python3', ['--version']).status === 0;

/** A folder with these files. @returns its name. */
function code(name: string, files: Readonly<Record<string, string>>): string {
  for (const [file, text] of Object.entries(files)) {
    const path = join(folder, name, file);
    mkdirSync(join(path, '..'), { recursive: true });
    writeFileSync(path, text);
  }
  return name;
}

function spec(changed: Partial<FunctionSpec>): FunctionSpec {
  return {
    key: 'F',
    name: 'F',
    runtime: 'nodejs24.x',
    handler: 'index.handler',
    code: '',
    timeout: 3,
    memory: 128,
    environment: {},
    tables: {},
    reservedConcurrency: undefined,
    role: undefined,
    tags: {},
    ...changed,
  };
}

/** What another program finds in a zip: name, mode and text of each file. */
function unzipped(zip: Buffer): [string, string, string][] {
  const path = join(folder, 'code.zip');
  writeFileSync(path, zip);
  const script =
    'import zipfile,json,sys\nz=zipfile.ZipFile(sys.argv[1])\nassert z.testzip() is None\nprint(json.dumps([[i.filename, oct((i.external_attr>>16)&0o777), z.read(i).decode()] for i in z.infolist()]))';
  return JSON.parse(execFileSync('python3', ['-c', script, path], { encoding: 'utf8' }));
}

describe('the code of a function', () => {
  it.skipIf(!hasPython)(
    'is packed by name with its modes, without what is not code, and is the same each time',
    () => {
      const name = code('plain', {
        'index.mjs': 'export const handler = 1;',
        'lib/ü.txt': 'text',
        '.git/HEAD': 'x',
        '__pycache__/x.pyc': 'x',
        'run.sh': '#!/bin/sh',
      });
      chmodSync(join(folder, name, 'run.sh'), 0o755);
      symlinkSync('..', join(folder, name, 'lib/up'));
      const first = packageCode({ folder }, spec({ code: name }));
      expect(unzipped(first.zip)).toEqual([
        ['index.mjs', '0o644', 'export const handler = 1;'],
        ['lib/ü.txt', '0o644', 'text'],
        ['run.sh', '0o755', '#!/bin/sh'],
      ]);
      expect(packageCode({ folder }, spec({ code: name })).sha256).toBe(first.sha256);
      writeFileSync(join(folder, name, 'index.mjs'), 'export const handler = 2;');
      expect(packageCode({ folder }, spec({ code: name })).sha256).not.toBe(first.sha256);
    },
  );

  it.skipIf(!hasPython)('leaves TypeScript out where it is built', () => {
    const name = code('typed', {
      'index.ts': 'export const handler: number = 1;',
      'index.mjs': 'export const handler = 1;',
      'types.d.ts': 'export {};',
    });
    const { zip } = packageCode({ folder }, spec({ code: name }));
    expect(unzipped(zip).map(([file]) => file)).toEqual(['index.mjs']);
  });

  it.skipIf(!hasPython)('is made of TypeScript in several files, on every Node', () => {
    const name = code('modules', {
      'index.ts': [
        "import { type Order, total } from './orders.ts';",
        "import { rate } from './lib/rates.js';",
        "import { old } from './old.ts';",
        "import names from './names.json' with { type: 'json' };",
        "import { v4 } from 'uuid';",
        'enum Kind { New = "new" }',
        'export const handler = async (order: Order) => [total(order), rate, old, names, v4, Kind.New];',
      ].join('\n'),
      'orders.ts':
        'export interface Order { n: number }\nexport const total = (o: Order): number => o.n;',
      'lib/rates.ts': 'export const rate: number = 2;',
      'old.ts': 'export const old: number = 1;',
      'old.js': 'export const old = 1;',
      'names.json': '{}',
    });
    const { zip, stale } = packageCode({ folder }, spec({ code: name }));
    const files = new Map(unzipped(zip).map(([file, , text]) => [file, text]));
    const names = ['index.mjs', 'lib/rates.mjs', 'names.json', 'old.js', 'orders.mjs'];
    expect([...files.keys()]).toEqual(names);
    const index = files.get('index.mjs') ?? '';
    const imports = [...index.matchAll(/from (\S+)/g)].map(([, from]) => from?.replace(';', ''));
    expect(imports).toEqual([
      "'./orders.mjs'",
      "'./lib/rates.mjs'",
      "'./old.js'",
      "'./names.json'",
      "'uuid'",
    ]);
    expect(index).not.toContain(': Order');
    expect(files.get('orders.mjs')).not.toContain('interface');
    expect(stale).toEqual([]);
  });

  it('of a folder that nobody named as code is nothing that is hidden', () => {
    const name = code('project', {
      'handler.mjs': 'export default () => {};',
      '.env': 'TOKEN=secret',
      'lib/.npmrc': 'secret',
      'node_modules/x/.config': 'x',
    });
    const { files } = packageFolders('x', [{ path: join(folder, name), prefix: 'handlers/' }]);
    expect(files?.map((each) => each.name)).toEqual([
      'handlers/handler.mjs',
      'handlers/node_modules/x/.config',
    ]);
  });

  it('says which TypeScript was changed after it was built', () => {
    const name = code('stale', {
      'index.ts': 'export const handler: number = 2;',
      'index.mjs': 'export const handler = 1;',
    });
    const at = (file: string) => join(folder, name, file);
    const builtAt = new Date('2026-01-01T00:00:00Z');
    const stale = (changedAfterMs: number) => {
      utimesSync(at('index.mjs'), builtAt, builtAt);
      const changed = new Date(builtAt.getTime() + changedAfterMs);
      utimesSync(at('index.ts'), changed, changed);
      return packageCode({ folder }, spec({ code: name })).stale;
    };
    expect(stale(2_000)).toEqual([]);
    expect(stale(2_001)).toEqual([{ source: at('index.ts'), built: at('index.mjs') }]);
  });

  it.each([
    ['const a = ;', 'Unexpected token (1:11)'],
    ['export namespace N { export const a = 1; }', 'namespaces have to be built'],
  ])('is refused where TypeScript can not become JavaScript: %s', (text, why) => {
    const name = code('rubbish', { 'index.ts': text });
    expect(() => packageCode({ folder }, spec({ code: name }))).toThrow(
      `can't be made of ${join(folder, name, 'index.ts')}: ${why}.`,
    );
  });

  it('that is missing, has no such handler, or can not be run is refused', () => {
    const refusal = (changed: Partial<FunctionSpec>) => {
      try {
        packageCode({ folder }, spec(changed));
      } catch (error) {
        return error;
      }
      throw new Error('was not refused');
    };
    const js = code('js', { 'index.js': '' });
    const shell = code('shell', { bootstrap: '#!/bin/sh' });
    expect(refusal({ code: 'nowhere' })).toMatchObject({ code: 'CodeNotFound', exitCode: 2 });
    expect(refusal({ code: js, handler: 'app.handler' })).toMatchObject({
      code: 'HandlerNotFound',
      message: expect.stringContaining('app.mjs or app.js or app.cjs'),
    });
    expect(refusal({ code: js, runtime: 'python3.13' })).toMatchObject({ code: 'HandlerNotFound' });
    expect(refusal({ code: shell, runtime: 'provided.al2023' })).toMatchObject({
      message: expect.stringContaining("can't be run"),
      hint: expect.stringContaining('chmod +x'),
    });
    expect(refusal({ code: `${js}/index.js` })).toMatchObject({ code: 'InvalidCode' });
    chmodSync(join(folder, shell, 'bootstrap'), 0o755);
    expect(() =>
      packageCode({ folder }, spec({ code: shell, runtime: 'provided.al2023' })),
    ).not.toThrow();
  });
});

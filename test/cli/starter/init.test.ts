import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { LANGUAGES } from '../../../src/lib/starter/starter.ts';
import { VERSIONS } from '../../../src/lib/starter/typescript.ts';
import { runMain } from '../../fixtures/main.ts';
import { useSmallDisk } from '../../fixtures/small-disk.ts';
import { openTerminal } from '../../fixtures/terminal.ts';

let home = '';
beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), 'pubsub-init-'));
});
afterAll(() => rmSync(home, { recursive: true, force: true }));

// Room for less than a project has, and for fewer files.
const tinyDisk = useSmallDisk('16k,nr_inodes=9');

const init = (args: readonly string[], cwd = home) =>
  runMain(['init', ...args], { HOME: home, PATH: process.env.PATH }, { cwd });
const text = (...path: readonly string[]): string => readFileSync(join(home, ...path), 'utf8');

describe('pubsub init', () => {
  it('names the topology after the folder, and begins the file with the address of its schema', async () => {
    const { stdout, code } = await init(['shop', '--json']);
    expect(code).toBe(0);
    const document = JSON.parse(stdout);
    expect(document).toMatchObject({ topology: 'shop', from: null, language: 'ts', kept: [] });
    expect(document.folder).toBe(join(home, 'shop'));
    expect([...document.files].sort()).toEqual(
      readdirSync(join(home, 'shop'), { recursive: true, encoding: 'utf8' })
        .filter((path) => /\.\w+$/.test(path))
        .sort(),
    );
    const [first, ...rest] = text('shop', 'pubsub.yaml').split('\n');
    expect(first).toBe(
      '# yaml-language-server: $schema=https://unpkg.com/pubsub-cli/schema/pubsub.schema.json',
    );
    expect(rest).toContain('topology: shop');
    expect(rest).toContain('  shop-events: {}');
  });

  it('makes the folder that one is in, whatever else is there', async () => {
    const here = join(home, 'here');
    mkdirSync(here);
    writeFileSync(join(here, 'LICENSE'), 'MIT');
    const { stdout, stderr, code } = await init(['--lang', 'rb'], here);
    expect(code, stderr).toBe(0);
    expect(stdout).toBe('Made .: 5 files for the topology here.\n');
    expect(stderr).not.toContain('cd ');
    expect(text('here', 'LICENSE')).toBe('MIT');
  });

  it('writes over nothing, and names what is in the way', async () => {
    const there = join(home, 'there');
    mkdirSync(there);
    writeFileSync(join(there, 'README.md'), 'mine');
    writeFileSync(join(there, 'pubsub.yml'), 'topology: mine');
    const { stderr, code } = await init(['there']);
    expect(code).toBe(2);
    expect(stderr).toContain('pubsub.yml, README.md are in there already.');
    expect(stderr).toContain('with --keep, or name a new folder: pubsub init there-2');
    expect(readdirSync(there)).toEqual(['README.md', 'pubsub.yml']);
    rmSync(join(there, 'pubsub.yml'));
    const kept = await init(['there', '--keep', '--json']);
    expect(JSON.parse(kept.stdout).kept).toEqual(['README.md']);
    expect(text('there', 'README.md')).toBe('mine');
    expect(existsSync(join(there, 'pubsub.yaml'))).toBe(true);
  });

  it.each(['123', 'true', 'no', 'größe', '.hidden', 'Weather Station'])(
    'takes a folder called "%s": its topology can be read again',
    async (name) => {
      expect((await init([name, '--lang', 'ruby'])).code).toBe(0);
      const read = await runMain(
        ['explain', 'item.removed', '--offline', '--json'],
        { HOME: home },
        { cwd: join(home, name) },
      );
      expect(read.code, read.stderr + read.stdout).toBe(0);
    },
  );

  it.each([
    [[''], 'The argument folder is empty.'],
    [['a\u0000b'], 'not a name for a folder'],
    [['s', '--lang', 'pyton'], 'Did you mean "python"?'],
    [['s', '--lang', 'cobol'], 'Languages: ts, python, ruby'],
    [['s', '--from', 'wether'], 'Did you mean "weather"?'],
    [['s', '--from', 'platform'], 'pubsub platform up'],
    [['s', '--from', 'weather', '--topic', 't'], '--topic needs a topology of your own'],
    [['s', '--from', 'orders', '--event-type', 't'], '--event-type needs'],
    [['s', '--topic', 'a b'], `"a b" can't be a topic's key`],
    [['s', '--subscriber', 'all'], `"all" can't be a subscriber's name`],
    [['s', '--event-type', 'a\tb'], "can't be an event type"],
    [['s', '--topology', 'weather'], 'pubsub init --from orders'],
    [['s', 't'], 'too many arguments'],
  ])('refuses %j with a sentence, and makes nothing', async (args, words) => {
    const { stderr, code } = await init(args);
    expect(code).toBe(2);
    expect(stderr).toMatch(new RegExp(words.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'), 'i'));
    expect(existsSync(join(home, 's'))).toBe(false);
  });

  it('says what keeps it from writing, and leaves nothing half-made behind', async () => {
    writeFileSync(join(home, 'file'), '');
    const below = await init(['file/project']);
    expect(below.code).toBe(2);
    expect(below.stderr).toContain('a part of its path is a file');
    const inIt = await init(['file']);
    expect(inIt.code).toBe(2);
    expect(inIt.stderr).toContain('is in the way');
    const dead = await init(['/proc/shop/deep']);
    expect(dead.code).toBe(1);
    expect(dead.stderr).toMatch(/\/proc\/shop.* can't be written: /);
  });

  it.skipIf(process.getuid?.() === 0)('refuses a folder that may not be written', async () => {
    const closed = join(home, 'closed');
    mkdirSync(closed);
    chmodSync(closed, 0o555);
    const { stderr, code } = await init(['closed/project']);
    expect(code).toBe(1);
    expect(stderr).toContain('permission is denied');
  });

  it.each(LANGUAGES)('tells next steps in %s that no terminal breaks', async (language) => {
    const bin = join(home, `bin-${language}`);
    mkdirSync(bin);
    writeFileSync(join(bin, 'pubsub'), '', { mode: 0o755 });
    const args = ['init', `next-${language}`, '--lang', language, '--json'];
    const { stdout } = await runMain(args, { HOME: home, PATH: bin }, { cwd: home });
    const { next, send } = JSON.parse(stdout);
    // Two columns are for their indentation.
    for (const line of [...next, send]) expect(line.length, line).toBeLessThanOrEqual(78);
  });

  it('quotes a folder whose name the shell would take apart', async () => {
    const { stdout } = await runMain(
      ['init', "bad name's!", '--json'],
      { HOME: home },
      { cwd: home },
    );
    expect(JSON.parse(stdout).next[0]).toBe(`cd 'bad name'\\''s!'`);
  });

  it.skipIf(tinyDisk === undefined)('takes back what it wrote before a disk was full', async () => {
    const { stderr, code } = await init(['a/b'], tinyDisk);
    expect(code).toBe(1);
    expect(stderr).toContain('there is no space left on the disk');
    expect(readdirSync(tinyDisk ?? '')).toEqual([]);
  });

  it('asks on a terminal for what no flag says', async () => {
    const asked = join(home, 'asked');
    mkdirSync(asked);
    const terminal = openTerminal(['init', asked], { HOME: home });
    await terminal.waitFor('Begin with which topology?');
    terminal.type('\r');
    await terminal.waitFor('Handlers, publisher and test in');
    terminal.type('\x1b[B\r');
    await terminal.waitFor('asked-events');
    terminal.type('\x08'.repeat(12));
    terminal.type('news\r');
    await terminal.waitFor('another terminal');
    expect(await terminal.exited).toBe(0);
    expect(text('asked', 'publish.py')).toContain('news');
  });

  it.each([
    ['ts', 'nodejs24.x', ['lambda/index.ts']],
    ['python', 'python3.13', ['lambda/index.py', 'lambda/orders.py']],
    ['ruby', 'nodejs24.x', ['lambda/index.mjs']],
  ])('lets functions handle what they do, in %s', async (language, runtime, code) => {
    const name = `function-${language}`;
    const { stdout } = await init([
      ...[name, '--from', 'order-notifications', '--lang', language, '--json'],
    ]);
    const { files, next } = JSON.parse(stdout);
    expect(files.filter((path: string) => /^lambda|^handlers|^subscribers/.test(path))).toEqual(
      code,
    );
    expect(next.at(-1)).toMatch(/ listen orders$/);
    const { functions, subscribers } = parse(text(name, 'pubsub.yaml'));
    expect(functions.OrderProcessor.runtime).toBe(runtime);
    expect(subscribers.orders.handler).toMatchObject({ function: 'OrderProcessor' });
    const readme = text(name, 'README.md');
    expect(readme).toContain('| orders | every event | the function `OrderProcessor` |');
    expect(readme).toContain('After a change of `pubsub.yaml` or `lambda/`');
    expect(readme).not.toMatch(/\n\n\n|\n\n$| run`/);
  });

  it('needs what this package is tested with', () => {
    const { devDependencies } = JSON.parse(
      readFileSync(join(import.meta.dirname, '../../../package.json'), 'utf8'),
    );
    expect(VERSIONS['types-node']).toBe(devDependencies['@types/node']);
    expect(VERSIONS['client-dynamodb']).toBe(devDependencies['@aws-sdk/client-dynamodb']);
    expect(VERSIONS.tsx).toBe(devDependencies.tsx);
    expect(VERSIONS.typescript).toBe(`^${devDependencies.typescript}`);
  });
});

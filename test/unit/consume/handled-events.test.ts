import { spawn } from 'node:child_process';
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { handledKey, rememberHandledEvents } from '../../../src/lib/consume/handled-events.ts';
import { openHandledEvents } from '../../../src/lib/consume/handled-events-file.ts';

let folder = '';
let path = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pubsub-handled-'));
  path = join(folder, 'handled');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('what is remembered in memory', () => {
  it('keeps subscribers apart', () => {
    const events = rememberHandledEvents();
    events.add('email', 'e1');
    expect(events.has('email', 'e1')).toBe(true);
    expect(events.has('inventory', 'e1')).toBe(false);
  });

  it('is the latest, between one and two windows of it', () => {
    const events = rememberHandledEvents(100);
    for (let n = 1; n <= 1050; n++) {
      events.add('email', `e${n}`);
      expect(events.size).toBeLessThanOrEqual(200);
    }
    for (let n = 951; n <= 1050; n++) expect(events.has('email', `e${n}`)).toBe(true);
    expect(events.has('email', 'e800')).toBe(false);
  });

  it.each([
    [128, true],
    [129, false],
  ])('is an id of %i characters as it is: %s', (length, isKept) => {
    const id = 'x'.repeat(length);
    expect(handledKey(id) === id).toBe(isKept);
    expect(handledKey(handledKey(id))).toBe(handledKey(id));
  });

  it('is no more than a hash of a very long id', () => {
    const events = rememberHandledEvents();
    events.add('email', 'x'.repeat(100_000));
    expect(events.has('email', 'x'.repeat(100_000))).toBe(true);
    expect(events.has('email', 'x'.repeat(100_001))).toBe(false);
    expect([...events.entries()][0]?.[1].length).toBeLessThan(100);
  });
});

describe('what is remembered in a file', () => {
  it('survives, for several subscribers, with any id', () => {
    const store = openHandledEvents(path);
    const ids = ['e1', 'two words', 'línea\n"2"', 'x'.repeat(500)];
    for (const id of ids) store.add('email', id);
    store.add('inventory', 'e9');
    store.close();
    const again = openHandledEvents(path);
    for (const id of ids) {
      expect(again.has('email', id)).toBe(true);
      expect(again.has('inventory', id)).toBe(false);
    }
    expect(again.has('inventory', 'e9')).toBe(true);
    again.close();
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it('is seen by others at once', () => {
    const [one, two] = [openHandledEvents(path), openHandledEvents(path)];
    one.add('email', 'e1');
    expect(two.has('email', 'e1')).toBe(true);
    two.add('email', 'e2');
    expect(one.has('email', 'e2')).toBe(true);
    one.close();
    two.close();
  });

  it('reads past a line that was being written when its process was killed', () => {
    const store = openHandledEvents(path);
    store.add('email', 'e1');
    appendFileSync(path, '\n["email","half');
    store.add('email', 'e2');
    store.close();
    appendFileSync(path, '\n["email"');
    const again = openHandledEvents(path);
    expect(again.has('email', 'e1')).toBe(true);
    expect(again.has('email', 'e2')).toBe(true);
    expect(again.has('email', 'half')).toBe(false);
    again.add('email', 'e3');
    expect(openHandledEvents(path).has('email', 'e3')).toBe(true);
    again.close();
  });

  it('is written anew when it gets long; who has it open goes on with the new one', () => {
    const options = { window: 100, spareLines: 50 };
    const [one, two] = [openHandledEvents(path, options), openHandledEvents(path, options)];
    for (let n = 1; n <= 3000; n++) {
      one.add('email', `a${n}`);
      two.add('inventory', `b${n}`);
    }
    expect(readFileSync(path, 'utf8').split('\n').length).toBeLessThan(2500);
    for (const store of [one, two, openHandledEvents(path, options)]) {
      for (let n = 2901; n <= 3000; n++) {
        expect(store.has('email', `a${n}`)).toBe(true);
        expect(store.has('inventory', `b${n}`)).toBe(true);
      }
      expect(store.has('email', 'a1')).toBe(false);
      store.close();
    }
  });

  it('is written anew though a process that was doing so was killed', () => {
    const lock = `${path}.lock`;
    mkdirSync(lock);
    const store = openHandledEvents(path, { window: 10, spareLines: 5 });
    const add = (from: number) => {
      for (let n = from; n < from + 50; n++) store.add('email', `a${n}`);
      return readFileSync(path, 'utf8').split('\n').length;
    };
    expect(add(0)).toBeGreaterThan(50);
    utimesSync(lock, new Date(0), new Date(0));
    expect(add(50)).toBeLessThan(70);
    expect(existsSync(lock)).toBe(false);
    expect(store.has('email', 'a99')).toBe(true);
    store.close();
  });

  it('is written anew without following a link that somebody has put beside it', () => {
    const other = join(folder, 'precious');
    writeFileSync(other, 'precious');
    symlinkSync(other, `${path}.new`);
    const store = openHandledEvents(path, { window: 10, spareLines: 5 });
    // Each entry has a line break before it as well.
    const entries = () => readFileSync(path, 'utf8').split('\n').filter(Boolean).length - 1;
    for (let n = 1; n <= 100; n++) {
      store.add('email', `a${n}`);
      // Twice what is remembered when it is written anew, a window and a bit, and the spare ones.
      expect(entries()).toBeLessThanOrEqual(2 * 14 + 5);
    }
    store.close();
    expect(readFileSync(other, 'utf8')).toBe('precious');
  });

  it.each(['{"order_id":1}\n', 'x', `${'y'.repeat(500)}\n`])(
    'is never made of another file: %.20s',
    (text) => {
      writeFileSync(path, text);
      expect(() => openHandledEvents(path)).toThrow('is not a store of handled events');
      expect(readFileSync(path, 'utf8')).toBe(text);
    },
  );

  it('says what is in its way: exit code 2 when it is opened, 1 later', () => {
    const failed = (exitCode: number, problem: string) =>
      expect.objectContaining({
        ...{ code: 'DedupeStoreFailed', exitCode, hint: expect.stringContaining('--dedupe-store') },
        message: expect.stringMatching(
          new RegExp(`^The store of handled events .* can't be used: .*${problem}.*\\.$`),
        ),
      });
    expect(() => openHandledEvents(folder)).toThrow(failed(2, 'director|folder'));
    const store = openHandledEvents(path);
    rmSync(folder, { recursive: true });
    expect(() => store.has('email', 'e')).toThrow(failed(1, 'no such file'));
    expect(() => store.add('email', 'e')).toThrow(failed(1, ''));
    store.close();
    store.close();
    mkdirSync(folder);
    writeFileSync(path, 'x');
    expect(() => openHandledEvents(path)).toThrow(
      expect.objectContaining({ code: 'NoDedupeStore', exitCode: 2 }),
    );
  });

  it('is made anew where it was removed meanwhile', () => {
    const store = openHandledEvents(path);
    store.add('email', 'e1');
    rmSync(path);
    store.add('email', 'e2');
    expect([store.has('email', 'e1'), store.has('email', 'e2')]).toEqual([true, true]);
    store.close();
    const again = openHandledEvents(path);
    expect([again.has('email', 'e1'), again.has('email', 'e2')]).toEqual([false, true]);
    again.close();
  });

  it('is read in pieces, past lines of any kind', () => {
    openHandledEvents(path).close();
    const others = ['7', '{}', '["email"]', '["email",7]', '[7,"e"]', 'null', '{', '"e"'];
    // Across the end of a piece, and a line that is longer than one.
    const lines = Array.from({ length: 20_000 }, (_, n) => `["email","e${n}"]`);
    const long = `["email","${'x'.repeat(600_000)}"]`;
    appendFileSync(path, `${[...others, ...lines, long, '["email","last"]'].join('\n')}\n`);
    const store = openHandledEvents(path);
    const found = lines.map((_, n) => store.has('email', `e${n}`));
    expect(found.indexOf(false)).toBe(-1);
    expect(['last', 'e', 'x'.repeat(600_000)].map((id) => store.has('email', id))).toEqual([
      ...[true, false, false],
    ]);
    store.close();
  });

  it('keeps one file open, however often it is written anew', () => {
    const open = () => readdirSync('/proc/self/fd').length;
    const store = openHandledEvents(path, { window: 2, spareLines: 1 });
    store.add('email', 'e');
    const before = open();
    for (let n = 0; n < 40; n++) store.add('email', `e${n}`);
    expect(open() - before).toBeLessThan(5);
    store.close();
  });

  it('takes in what is added while it is written anew', () => {
    const options = { window: 4, spareLines: 4 };
    const [one, two] = [openHandledEvents(path, options), openHandledEvents(path, options)];
    for (let n = 0; n < 200; n++) {
      (n % 3 ? one : two).add('email', `e${n}`);
      expect([one, two].map((store) => store.has('email', `e${n}`))).toEqual([true, true]);
    }
    one.close();
    two.close();
  });

  it('needs its folder', () => {
    expect(() => openHandledEvents(join(folder, 'no', 'handled'))).toThrow('no such file');
  });

  it('has all that was added by processes that wrote it anew and were killed', async () => {
    const module = join(import.meta.dirname, '../../../src/lib/consume/handled-events-file.ts');
    const built = join(folder, 'store.mjs');
    await build({
      entryPoints: [module],
      outfile: built,
      bundle: true,
      platform: 'node',
      format: 'esm',
    });
    const script = `
      const { openHandledEvents } = await import(${JSON.stringify(built)});
      const store = openHandledEvents(${JSON.stringify(path)}, { window: 20000, spareLines: 300 });
      for (let n = 0; ; n++) {
        const id = process.pid + '-' + n % 2000;
        store.add('email', id);
        if (n < 2000) process.stdout.write(id + '\\n');
        if (n % 20 === 0) await new Promise(setImmediate);
      }`;
    const added: string[] = [];
    const children = [1, 2, 3].map(() => {
      const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      let text = '';
      child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
      });
      return {
        child,
        lines: () => text.split('\n').length,
        closed: new Promise<void>((resolve) => {
          child.on('close', () => {
            added.push(...text.split('\n').slice(0, -1));
            resolve();
          });
        }),
      };
    });
    // Long enough that each has written the file anew.
    await vi.waitFor(() => {
      for (const { lines } of children) expect(lines()).toBeGreaterThan(400);
    }, 60_000);
    for (const { child } of children) child.kill('SIGKILL');
    await Promise.all(children.map(({ closed }) => closed));
    rmSync(`${path}.lock`, { recursive: true, force: true });

    expect(added.length).toBeGreaterThan(300);
    const store = openHandledEvents(path, { window: 20_000 });
    expect(added.filter((id) => !store.has('email', id))).toEqual([]);
    store.close();
  });
});

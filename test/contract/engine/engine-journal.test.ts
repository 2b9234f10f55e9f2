import {
  appendFileSync,
  cpSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startEngine } from '../../../src/engine.ts';
import { journalFolder } from '../../../src/lib/engine/journal/folder.ts';
import { Tables } from '../../../src/lib/engine/journal/lmdb.ts';
import { LoggedTables } from '../../../src/lib/engine/journal/logged-tables.ts';
import { openJournal } from '../../../src/lib/engine/journal/open.ts';

let stateDir: string;

beforeEach(() => {
  stateDir = mkdtempSync(join(tmpdir(), 'pubsub-journal-'));
});

afterEach(() => rmSync(stateDir, { recursive: true, force: true }));

async function filled(entries: number): Promise<void> {
  const journal = await openJournal(stateDir);
  for (let index = 0; index < entries; index += 1) journal.put('t', [1, index], 'x'.repeat(1000));
  await journal.committed();
  await journal.close();
}

function contents(): string[] {
  return readdirSync(stateDir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
    .map((path) => `${path} ${readFileSync(path).toString('base64')}`);
}

describe('the durable journal', () => {
  it('gives back what was put, in the order of the keys, without what was removed', async () => {
    const journal = await openJournal(stateDir);
    const values = [['a', null, 1.5, { b: new Uint8Array([0, 255]) }], 'é\u{1f600}', 2 ** 40, ''];
    journal.put('one', [2, 10], values[0]);
    journal.put('one', [2, 9], values[1]);
    journal.put('one', [1, 11], values[2]);
    journal.put('one', [1, 12], 'dropped');
    journal.remove('one', [1, 12]);
    journal.put('other', 'key', values[3]);
    await journal.committed();
    await journal.close();

    const again = await openJournal(stateDir);

    expect([...again.entries('one')]).toEqual([
      { key: [1, 11], value: values[2] },
      { key: [2, 9], value: values[1] },
      { key: [2, 10], value: ['a', null, 1.5, { b: Buffer.from([0, 255]) }] },
    ]);
    expect([...again.entries('other')]).toEqual([{ key: 'key', value: '' }]);
    expect([...again.entries('none')]).toEqual([]);
    await again.close();
  });

  it('lets entries be removed while they are walked', async () => {
    await filled(100);
    const journal = await openJournal(stateDir);

    let walked = 0;
    for (const { key } of journal.entries('t')) {
      walked += 1;
      journal.remove('t', key);
    }
    await journal.committed();

    expect(walked).toBe(100);
    expect([...journal.entries('t')]).toEqual([]);
    await journal.close();
  });

  it('keeps nothing of a commit that failed, says so before anything else runs, and goes on', async () => {
    await filled(1);
    const journal = await openJournal(stateDir);
    const refusals: string[] = [];
    journal.onRefusal = ({ message }) => refusals.push(message);
    journal.put('t', [1, 7], 'in the same commit');
    journal.put('t', 'longer than a key may be'.repeat(200), 'x');

    await expect(journal.committed()).rejects.toMatchObject({ status: 503 });
    expect(refusals).toEqual([expect.stringContaining(stateDir)]);
    expect(journal.refusal?.message).toBe(refusals[0]);
    journal.put('t', [1, 8], 'after it');
    await journal.committed();
    expect(journal.refusal).toBeUndefined();
    await journal.close();

    const again = await openJournal(stateDir);
    expect([...again.entries('t')].map(({ key }) => key)).toEqual([
      [1, 0],
      [1, 8],
    ]);
    await again.close();
  });
});

/** What a killed engine leaves: the folder as it is while the journal is open. */
function killedAt(moment: string): string {
  const copy = join(stateDir, moment);
  cpSync(join(stateDir, 'journal'), join(copy, 'journal'), { recursive: true });
  return copy;
}

async function keysOf(folder: string, table = 't'): Promise<unknown[]> {
  const journal = await openJournal(folder);
  const keys = [...journal.entries(table)].map(({ key }) => key);
  await journal.close();
  return keys;
}

function logsIn(folder: string): string[] {
  return readdirSync(join(folder, 'journal'))
    .filter((name) => name.startsWith('log-'))
    .map((name) => join(folder, 'journal', name));
}

describe('a journal whose process was killed', () => {
  it('has every commit that was acknowledged, before and after they went to the tables', async () => {
    const journal = await openJournal(stateDir);
    journal.append('t', 1, 'first');
    journal.append('t', 2, 'second');
    await journal.committed();
    const early = killedAt('early');
    journal.remove('t', 1);
    journal.put('t', 2, 'changed');
    await journal.committed();
    const before = killedAt('before');
    expect([...journal.entries('t')]).toEqual([{ key: 2, value: 'changed' }]);
    const after = killedAt('after');
    journal.append('t', 3, 'third');
    await journal.committed();
    const late = killedAt('late');
    await journal.abandon();

    expect(await keysOf(early)).toEqual([1, 2]);
    expect(await keysOf(before)).toEqual([2]);
    expect(await keysOf(after)).toEqual([2]);
    expect(await keysOf(late)).toEqual([2, 3]);
    expect(await keysOf(late)).toEqual([2, 3]);
  });

  it('keeps nothing of what was cleared, and all of what was not', async () => {
    const journal = await openJournal(stateDir);
    journal.put('kept', 'k', 1);
    journal.put('t', 'k', 1);
    await journal.committed();
    journal.put('t', 'not committed', 1);

    journal.clear(['kept']);

    const copy = killedAt('cleared');
    await journal.abandon();
    expect(await keysOf(copy)).toEqual([]);
    expect(await keysOf(copy, 'kept')).toEqual(['k']);
  });

  it('has more than a log holds, in one commit and in many', async () => {
    const journal = await openJournal(stateDir);
    journal.append('t', 1, 'x'.repeat(5 * 1024 * 1024));
    await journal.committed();
    for (let key = 2; key <= 12; key += 1) {
      journal.append('t', key, 'x'.repeat(1024 * 1024));
      await journal.committed();
    }
    const copy = killedAt('large');
    await journal.abandon();

    const sizes = Array.from({ length: 12 }, (_, at) => at + 1);
    expect(await keysOf(copy)).toEqual(sizes);
  });

  it('has what was written before a commit that was cut short', async () => {
    const journal = await openJournal(stateDir);
    journal.append('t', 1, 'whole');
    await journal.committed();
    const [log = ''] = logsIn(killedAt('first'));
    const { length } = readFileSync(log);
    journal.append('t', 2, 'cut');
    await journal.committed();
    const end = readFileSync(logsIn(killedAt('second'))[0] ?? '').length;
    await journal.abandon();

    for (let left = length; left <= end; left += 1) {
      const copy = join(stateDir, `cut-${left}`);
      cpSync(join(stateDir, 'second'), copy, { recursive: true });
      truncateSync(logsIn(copy)[0] ?? '', left);
      expect(await keysOf(copy)).toEqual(left === end ? [1, 2] : [1]);
    }
  });

  it('is read from a state of the version before, and not by that any more', async () => {
    await filled(2);
    const format = join(stateDir, 'journal', 'format.json');
    writeFileSync(format, '{"format":2}');

    expect(await keysOf(stateDir)).toEqual([
      [1, 0],
      [1, 1],
    ]);
    expect(JSON.parse(readFileSync(format, 'utf8'))).toEqual({ format: 4 });
  });
});

describe('the log of a journal', () => {
  it('goes when the journal is closed, with all that came and went', async () => {
    const journal = await openJournal(stateDir);
    journal.append('t', 1, 'gone');
    await journal.committed();
    expect(logsIn(stateDir)).toHaveLength(1);
    journal.remove('t', 1);
    journal.append('t', 2, 'kept');
    await journal.committed();
    await journal.close();

    expect(logsIn(stateDir)).toEqual([]);
    expect(await keysOf(stateDir)).toEqual([2]);
  });

  it.each([
    ['written over', (log: string) => writeFileSync(log, 'a'.repeat(9000))],
    [
      'with another bit',
      (log: string) => {
        const bytes = readFileSync(log);
        bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
        writeFileSync(log, bytes);
      },
    ],
    ['with a commit that is none', (log: string) => appendFileSync(log, '\u0001\0\0\0aaaaa')],
  ])('is refused and left as it is: %s', async (_how, spoil) => {
    const journal = await openJournal(stateDir);
    journal.append('t', 1, 'x');
    await journal.committed();
    await journal.abandon();
    for (const log of logsIn(stateDir)) spoil(log);
    const before = contents();

    await expect(openJournal(stateDir)).rejects.toMatchObject({ code: 'StateDamaged' });

    expect(contents()).toEqual(before);
  });
});

describe('the tables of a journal', () => {
  it('are flushed after a commit that left no log: more than one holds, and a reset', async () => {
    await filled(1);
    const folder = journalFolder(stateDir);
    const ends: Promise<void>[] = [];
    class Watched extends Tables {
      override flush(done: () => void): void {
        ends.push(
          new Promise((resolve) =>
            super.flush(() => {
              done();
              resolve();
            }),
          ),
        );
      }
    }
    const logged = new LoggedTables(folder, new Watched(folder), []);
    logged.flush();
    expect(ends).toHaveLength(0);
    logged.commit([{ table: 't', key: 1, value: 'x'.repeat(5_000_000), last: false }]);
    logged.flush();
    expect(ends).toHaveLength(1);
    // Once the disk has it, there is nothing more to do.
    await Promise.all(ends);
    logged.flush();
    expect(ends).toHaveLength(1);
    logged.clear([]);
    logged.flush();
    expect(ends).toHaveLength(2);
    await Promise.all(ends);
    await logged.close();
  });
});

describe('a state that can not be used', () => {
  it.each([
    ['cut short', (folder: string) => truncateSync(join(folder, 'data.mdb'), 9000)],
    ['emptied', (folder: string) => truncateSync(join(folder, 'data.mdb'), 0)],
    ['written over', (folder: string) => writeFileSync(join(folder, 'data.mdb'), 'a'.repeat(9000))],
    ['missing', (folder: string) => rmSync(join(folder, 'data.mdb'))],
    ['of no format', (folder: string) => writeFileSync(join(folder, 'format.json'), '')],
  ])('is refused and left as it is: %s', async (_how, spoil) => {
    await filled(100);
    spoil(join(stateDir, 'journal'));
    const before = contents();

    const opening = openJournal(stateDir);

    await expect(opening).rejects.toMatchObject({
      code: 'StateDamaged',
      message: expect.stringContaining(stateDir),
      hint: 'pubsub local reset',
    });
    expect(contents()).toEqual(before);
  });

  it('is refused when its records make no sense', async () => {
    const journal = await openJournal(stateDir);
    journal.put('sqs.queues', 1, 'no queue');
    await journal.committed();
    await journal.close();
    const data = () => readFileSync(join(stateDir, 'journal', 'data.mdb')).toString('base64');

    const starting = startEngine({ stateDir });

    await expect(starting).rejects.toMatchObject({ code: 'StateDamaged' });
    const before = data();
    await expect(startEngine({ stateDir })).rejects.toMatchObject({ code: 'StateDamaged' });
    expect(data()).toEqual(before);
  });

  // LMDB maps the file into memory: read past its end, it would end the process.
  it.each<[flaw: string, what: string, damage: (file: Buffer, pageSize: number) => Buffer]>([
    ['is no LMDB file', 'the first page', (file) => file.fill(1, 24, 28)],
    ['is no LMDB file', 'the second page', (file, size) => file.fill(1, size + 24, size + 28)],
    ['has another LMDB version', 'its number', (file) => file.fill(3, 28, 29)],
    ['has an impossible page size', 'its size', (file) => file.fill(2, 50, 51)],
    ['is cut short', 'one page', (file, size) => file.subarray(0, size)],
    ['is cut short', 'two pages', (file, size) => file.subarray(0, 2 * size)],
  ])('is refused when its tables file %s: %s', async (flaw, _what, damage) => {
    await filled(1);
    const path = join(journalFolder(stateDir), 'data.mdb');
    const file = readFileSync(path);
    writeFileSync(path, damage(file, file.readUInt32LE(48)));
    const before = contents();

    await expect(openJournal(stateDir)).rejects.toMatchObject({
      code: 'StateDamaged',
      cause: { message: `data.mdb: ${flaw}` },
    });
    expect(contents()).toEqual(before);
  });

  it('is refused when a newer version wrote it', async () => {
    await filled(1);
    writeFileSync(join(stateDir, 'journal', 'format.json'), '{"format":5}');
    const before = contents();

    const opening = openJournal(stateDir);

    await expect(opening).rejects.toMatchObject({
      code: 'StateTooNew',
      message: expect.stringContaining('a newer pubsub (format 5)'),
    });
    expect(contents()).toEqual(before);
  });
});

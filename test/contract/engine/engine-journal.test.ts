import {
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
import { startEngine } from '../../../src/lib/engine/http/server.ts';
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

  it('is refused when a newer version wrote it', async () => {
    await filled(1);
    writeFileSync(join(stateDir, 'journal', 'format.json'), '{"format":4}');
    const before = contents();

    const opening = openJournal(stateDir);

    await expect(opening).rejects.toMatchObject({
      code: 'StateTooNew',
      message: expect.stringContaining('a newer pubsub (format 4)'),
    });
    expect(contents()).toEqual(before);
  });
});

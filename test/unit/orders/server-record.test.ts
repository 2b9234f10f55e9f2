import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readServerRecord, recordServer } from '../../../src/lib/orders/server-record.ts';

it('tells where a server answers for as long as it is there, and believes no other file', () => {
  const folder = mkdtempSync(join(tmpdir(), 'pubsub-record-'));
  const file = join(folder, 'server.json');
  try {
    expect(readServerRecord(folder)).toBeUndefined();
    const record = { pid: 7, url: 'http://127.0.0.1:3000' };
    const takeBack = recordServer(folder, record);
    expect(readServerRecord(folder)).toEqual(record);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    takeBack();
    expect(readServerRecord(folder)).toBeUndefined();
    for (const other of ['{', '{}', '{"pid":"7","url":"http://h"}', '{"pid":7,"url":"h"}']) {
      writeFileSync(file, other);
      expect(readServerRecord(folder)).toBeUndefined();
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

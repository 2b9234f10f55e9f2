import { buffer } from 'node:stream/consumers';
import { expect, it } from 'vitest';
import { fromBufferPromise } from 'yauzl';
import { makeZip, type ZipEntry } from '../../../src/lib/rules/zip.ts';

const ENTRIES: readonly ZipEntry[] = [
  { name: 'index.mjs', content: Buffer.from('x'.repeat(1_000)), isExecutable: false },
  { name: 'bin/größe', content: Buffer.from('#!/bin/sh'), isExecutable: true },
  { name: 'empty', content: Buffer.alloc(0), isExecutable: false },
];

it.each([true, false])(
  'a zip has its files, with their modes (compressed: %s)',
  async (compress) => {
    const made = makeZip(ENTRIES, compress);
    expect(makeZip(ENTRIES, compress)).toEqual(made);
    expect(made.length < 1_000).toBe(compress);

    const zip = await fromBufferPromise(made);
    const found: unknown[] = [];
    for await (const entry of zip.eachEntry()) {
      const content = await buffer(await zip.openReadStreamPromise(entry));
      expect(entry.uncompressedSize).toBe(content.length);
      // "Made by" Unix: the mode is in the upper half.
      expect(entry.versionMadeBy >> 8).toBe(3);
      const mode = (entry.externalFileAttributes >>> 16).toString(8);
      found.push([entry.fileName, content, mode, entry.getLastModDate().getFullYear()]);
    }
    expect(found).toEqual(
      ENTRIES.map(({ name, content, isExecutable }) => [
        name,
        content,
        isExecutable ? '100755' : '100644',
        1980,
      ]),
    );
  },
);

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Line, readLines } from '../../../src/lib/rules/text/json-lines.ts';

async function linesOf(pieces: readonly Uint8Array[], maxBytes = 1000): Promise<Line[]> {
  async function* source(): AsyncGenerator<Uint8Array> {
    yield* pieces;
  }
  const lines: Line[] = [];
  for await (const line of readLines(source(), maxBytes)) lines.push(line);
  return lines;
}

const text = (value: string): Uint8Array => Buffer.from(value);

describe('readLines', () => {
  it('numbers lines, counts blank ones, and takes a last line without an end', async () => {
    expect(await linesOf([text('a\n\n  \r\nb\r\nc')])).toEqual([
      { number: 1, text: 'a' },
      { number: 4, text: 'b' },
      { number: 5, text: 'c' },
    ]);
  });

  it('drops a byte order mark', async () => {
    expect(await linesOf([text('\uFEFF{}\n')])).toEqual([{ number: 1, text: '{}' }]);
  });

  it('skips a line that is too long, and goes on', async () => {
    const lines = await linesOf([text(`${'x'.repeat(700)}`), text(`${'x'.repeat(700)}\nb\n`)]);
    expect(lines).toEqual([
      { number: 1, problem: 'it has 1400 bytes; 1000 are the most' },
      { number: 2, text: 'b' },
    ]);
  });

  it('refuses bytes that are no text instead of replacing them', async () => {
    expect(await linesOf([Uint8Array.of(0x22, 0xff, 0x22, 0x0a), text('b')])).toEqual([
      { number: 1, problem: 'it is not UTF-8' },
      { number: 2, text: 'b' },
    ]);
  });

  it('finds the same lines wherever the stream is cut', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.string({ unit: 'grapheme' }).filter((line) => !/[\r\n]/.test(line))),
        fc.integer({ min: 1, max: 7 }),
        async (lines, size) => {
          const bytes = Buffer.from(lines.join('\n'));
          const pieces: Uint8Array[] = [];
          for (let at = 0; at < bytes.length; at += size)
            pieces.push(bytes.subarray(at, at + size));
          expect(await linesOf(pieces)).toEqual(await linesOf([bytes]));
        },
      ),
    );
  });
});

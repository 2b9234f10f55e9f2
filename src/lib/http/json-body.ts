import type { IncomingHttpHeaders } from 'node:http';
import { LosslessNumber, parse } from 'lossless-json';
import { readWholeNumber } from './json-number.ts';
import { Problem } from './problem.ts';

/**
 * Reads the body of a request that says that it is JSON.
 * @throws Problem 415 for another character set or compression, 400 as `readJson`
 */
export function readBody(headers: IncomingHttpHeaders, bytes: Uint8Array): unknown {
  const charset = /;\s*charset\s*=\s*"?([^";\s]*)/i.exec(headers['content-type'] ?? '');
  const encoding = headers['content-encoding'] ?? 'identity';
  if ((charset && !/^utf-?8$/i.test(charset[1] ?? '')) || encoding !== 'identity') {
    throw wrongMediaType();
  }
  return readJson(bytes);
}

/** 415: only JSON in UTF-8 is read. */
export function wrongMediaType(): Problem {
  return new Problem(
    415,
    'UnsupportedMediaType',
    'Send JSON in UTF-8, uncompressed: Content-Type: application/json.',
  );
}

const UTF8 = new TextDecoder('utf-8', { fatal: true });

const [QUOTE, BACKSLASH, BRACKET, BRACE] = [0x22, 0x5c, 0x5b, 0x7b];

/** Objects and arrays within each other; an order has two. The reader calls itself, and a stack has no fixed size. */
const MAX_DEPTH = 32;

/**
 * Reads a JSON body. Whole numbers that a double holds exactly become numbers, however they are written (`7`, `7.0`,
 * `7e0`); all others stay text (`LosslessNumber`), so that no amount is rounded before it is checked.
 * @throws Problem 400 that says where the mistake is
 */
export function readJson(bytes: Uint8Array): unknown {
  let text: string;
  try {
    text = UTF8.decode(bytes);
  } catch {
    throw malformed('it is not UTF-8');
  }
  if (text.trim() === '') throw malformed('it is empty');
  if (isDeeperThan(text, MAX_DEPTH)) throw malformed('it is nested too deeply');
  try {
    return parse(text, undefined, readNumber);
  } catch (error) {
    const position = /position (\d+)/.exec((error as Error).message)?.[1];
    // The parser's words would show what stands there.
    throw malformed(position ? `there is a mistake at position ${position}` : 'it is incomplete');
  }
}

function readNumber(text: string): number | LosslessNumber {
  return readWholeNumber(text) ?? new LosslessNumber(text);
}

/** Whether brackets outside of texts are within more than so many others. */
function isDeeperThan(text: string, depth: number): boolean {
  let open = 0;
  let inText = false;
  for (let index = 0; index < text.length; index++) {
    switch (text.charCodeAt(index)) {
      case BACKSLASH:
        if (inText) index++;
        break;
      case QUOTE:
        inText = !inText;
        break;
      case BRACKET:
      case BRACE:
        if (!inText && ++open > depth) return true;
        break;
      case BRACKET + 2:
      case BRACE + 2:
        if (!inText) open--;
        break;
    }
  }
  return false;
}

function malformed(reason: string): Problem {
  return new Problem(400, 'MalformedJson', `The body is not JSON: ${reason}.`);
}

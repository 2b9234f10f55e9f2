import { LosslessNumber, parse } from 'lossless-json';
import { Problem } from './problem.ts';

const UTF8 = new TextDecoder('utf-8', { fatal: true });

const WHOLE = /^-?[1-9]\d{0,15}$|^0$/;

/**
 * Reads a JSON body. Whole numbers that a double holds exactly become numbers; all others stay text
 * (`LosslessNumber`), so that no amount is rounded before it is checked.
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
  try {
    return parse(text, undefined, readNumber);
  } catch (error) {
    if (error instanceof RangeError) throw malformed('it is nested too deeply');
    const position = /position (\d+)/.exec((error as Error).message)?.[1];
    // The parser's words would show what stands there.
    throw malformed(position ? `there is a mistake at position ${position}` : 'it is incomplete');
  }
}

function readNumber(text: string): number | LosslessNumber {
  if (WHOLE.test(text)) {
    const number = Number(text);
    if (Number.isSafeInteger(number)) return number;
  }
  return new LosslessNumber(text);
}

function malformed(reason: string): Problem {
  return new Problem(400, 'MalformedJson', `The body is not JSON: ${reason}.`);
}

/** Text that is not one JSON value. `offset` is where reading stopped, in characters from 0. */
export class JsonTextError extends Error {
  readonly offset: number;

  constructor(message: string, offset: number) {
    super(message);
    this.name = 'JsonTextError';
    this.offset = offset;
  }
}

/** A JSON value together with where it stands in the text: `start` and `end` (exclusive) are offsets. */
export type JsonNode =
  | { kind: 'object'; entries: JsonEntry[]; start: number; end: number }
  | { kind: 'array'; items: JsonNode[]; start: number; end: number }
  | { kind: 'string'; value: string; start: number; end: number }
  | { kind: 'number'; value: number; start: number; end: number }
  | { kind: 'boolean'; value: boolean; start: number; end: number }
  | { kind: 'null'; value: null; start: number; end: number };

export type JsonObject = Extract<JsonNode, { kind: 'object' }>;
export type JsonArray = Extract<JsonNode, { kind: 'array' }>;

export interface JsonEntry {
  key: string;
  value: JsonNode;
}

/** Nesting that is read at most: a deeper text is refused instead of overflowing the stack. */
const MAX_DEPTH = 200;
const WHITESPACE = /[ \t\r\n]*/y;
const NUMBER = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;
const WORD = /(?:true|false|null)(?![\p{L}\p{N}_$])/uy;
const TOKEN = /[\p{L}_$][\p{L}\p{N}_$]*/uy;
const VALUES = "(JSON String, Number, Array, Object or token 'null', 'true' or 'false')";

/**
 * Reads JSON and keeps offsets and repeated keys, which `JSON.parse` drops: refusals name the
 * place, and a document can be changed in one spot without touching the rest of its text.
 *
 * `maxDepth` is the nesting that is followed.
 *
 * @throws JsonTextError for anything but one JSON value; worded as the reader behind AWS's services words it
 */
export function readJson(text: string, maxDepth = MAX_DEPTH): JsonNode {
  let at = 0;

  function take(pattern: RegExp): string | undefined {
    pattern.lastIndex = at;
    const found = pattern.exec(text)?.[0];
    if (found !== undefined) at += found.length;
    return found;
  }

  function unexpected(expected: string): never {
    if (at >= text.length) throw new JsonTextError(`Unexpected end-of-input${expected}`, at);
    const code = text.charCodeAt(at);
    throw new JsonTextError(
      `Unexpected character ('${text.charAt(at)}' (code ${code}))${expected}`,
      at,
    );
  }

  function punctuation(mark: string, expected: string): void {
    take(WHITESPACE);
    if (text[at] !== mark) unexpected(expected);
    at += 1;
  }

  function string(expected: string): string {
    if (text[at] !== '"') unexpected(expected);
    let end = at + 1;
    while (end < text.length && text[end] !== '"') end += text[end] === '\\' ? 2 : 1;
    try {
      const value = JSON.parse(text.slice(at, end + 1)) as string;
      at = end + 1;
      return value;
    } catch {
      at = Math.min(end, text.length);
      return unexpected(': was expecting closing quote for a string value');
    }
  }

  function object(depth: number): JsonNode {
    const start = at;
    const entries: JsonEntry[] = [];
    at += 1;
    take(WHITESPACE);
    while (text[at] !== '}') {
      if (entries.length > 0) punctuation(',', ': was expecting comma to separate Object entries');
      take(WHITESPACE);
      const key = string(': was expecting double-quote to start field name');
      punctuation(':', ': was expecting a colon to separate field name and value');
      entries.push({ key, value: value(depth + 1) });
      take(WHITESPACE);
    }
    at += 1;
    return { kind: 'object', entries, start, end: at };
  }

  function array(depth: number): JsonNode {
    const start = at;
    const items: JsonNode[] = [];
    at += 1;
    take(WHITESPACE);
    while (text[at] !== ']') {
      if (items.length > 0) punctuation(',', ': was expecting comma to separate Array entries');
      items.push(value(depth + 1));
      take(WHITESPACE);
    }
    at += 1;
    return { kind: 'array', items, start, end: at };
  }

  function value(depth: number): JsonNode {
    take(WHITESPACE);
    const start = at;
    const first = text[at];
    if (depth > maxDepth) return unexpected(': nested too deeply');
    if (first === '{') return object(depth);
    if (first === '[') return array(depth);
    if (first === '"') return { kind: 'string', value: string(''), start, end: at };
    const word = take(WORD);
    if (word === 'null') return { kind: 'null', value: null, start, end: at };
    if (word !== undefined) return { kind: 'boolean', value: word === 'true', start, end: at };
    const number = take(NUMBER);
    if (number !== undefined) return { kind: 'number', value: Number(number), start, end: at };
    const token = take(TOKEN);
    if (token !== undefined) {
      throw new JsonTextError(`Unrecognized token '${token}': was expecting ${VALUES}`, at);
    }
    return unexpected(`: expected a valid value ${VALUES}`);
  }

  const root = value(0);
  take(WHITESPACE);
  if (at < text.length) unexpected(': expected end of input');
  return root;
}

import { LosslessNumber } from 'lossless-json';
import {
  type Document,
  isAlias,
  isMap,
  isNode,
  isScalar,
  LineCounter,
  type Node,
  type Pair,
  parseAllDocuments,
  type Scalar,
  visit,
  type YAMLMap,
} from 'yaml';
import type { Path } from '../definition/fields/field.ts';

/** Where something stands in a file; both count from 1. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** Text that is not YAML that we read. */
export class YamlError extends Error {
  readonly position: Position | undefined;

  constructor(message: string, position: Position | undefined) {
    super(message);
    this.name = 'YamlError';
    this.position = position;
  }
}

/** A file's value, and where its parts stand. */
export interface YamlText {
  /** Numbers that JavaScript can't hold to the letter are `LosslessNumber`s; all else is plain data. */
  readonly value: unknown;
  /** Where a path's value stands, or its key; the nearest that there is around it. */
  locate(path: Path, atKey: boolean): Position | undefined;
}

/** How often aliases may be followed, so that a small file can't become a huge value. */
const MAX_ALIASES = 100;

/**
 * Reads YAML 1.2 (core schema), with merge keys (`<<`).
 * @throws YamlError for repeated keys, tabs as indentation, several documents, unknown tags and all else that YAML
 * doesn't allow.
 */
export function parseYamlText(text: string): YamlText {
  const lines = new LineCounter();
  const documents = parseAllDocuments(text, {
    version: '1.2',
    merge: true,
    // Its own search compares each key with all before it; see `repeatedKey`.
    uniqueKeys: false,
    lineCounter: lines,
    prettyErrors: false,
  });
  const at = (offset: number): Position => {
    const { line, col } = lines.linePos(offset);
    return { line, column: col };
  };
  const [document, second] = documents as readonly Document.Parsed[];
  if (document === undefined) return { value: undefined, locate: () => undefined };
  const [error] = [...document.errors, ...document.warnings];
  if (error) throw new YamlError(wordsOf(error.code, error.message), at(error.pos[0]));
  if (second) {
    throw new YamlError(
      'it has more than one YAML document; only one is allowed',
      at(second.range[0]),
    );
  }
  visit(document, {
    Scalar: (_key, node) => keepDigits(node),
    Map: (_key, { items }) => {
      const again = repeatedKey(items.map(({ key }) => key));
      if (again) {
        throw new YamlError(`the key "${again.source}" is repeated`, at(again.range?.[0] ?? 0));
      }
    },
    Alias: (_key, node, ancestors) => {
      const target = node.resolve(document);
      if (target !== undefined && ancestors.includes(target)) {
        throw new YamlError(`the alias *${node.source} refers to itself`, at(node.range?.[0] ?? 0));
      }
    },
  });
  return { value: plainValueOf(document), locate: locator(document, at) };
}

/** The first key of a mapping that was there before, where there is one. */
function repeatedKey(keys: readonly unknown[]): Scalar | undefined {
  const seen = new Set<unknown>();
  for (const key of keys) {
    if (!isScalar(key) || key.value === '<<') continue;
    if (seen.has(key.value)) return key;
    seen.add(key.value);
  }
  return undefined;
}

function plainValueOf(document: Document.Parsed): unknown {
  try {
    return document.toJS({ maxAliasCount: MAX_ALIASES });
  } catch (error) {
    if (!(error instanceof ReferenceError)) throw error;
    throw new YamlError('it has too many aliases, or an alias without an anchor', undefined);
  }
}

/** Puts the digits in the place of a number that would lose some. */
function keepDigits(node: Scalar): undefined {
  const { value, source } = node;
  if (typeof value !== 'number' || source === undefined || String(value) === source) return;
  const digits = source
    .replace(/^\+/, '')
    .replace(/^(-?)\./, '$10.')
    .replace(/\.(?=$|[eE])/, '');
  if (/^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/.test(digits)) {
    node.value = new LosslessNumber(digits);
  } else if (/^0[xo]/.test(source) && !Number.isSafeInteger(value)) {
    node.value = new LosslessNumber(String(BigInt(source)));
  }
}

function locator(document: Document.Parsed, at: (offset: number) => Position): YamlText['locate'] {
  const follow = (node: unknown): unknown => (isAlias(node) ? node.resolve(document) : node);
  // Each mapping is gone through once, however many places in it are asked for.
  const pairs = new WeakMap<YAMLMap, Map<string, Pair>>();
  const pairOf = (map: YAMLMap, step: string): Pair | undefined => {
    let known = pairs.get(map);
    if (known === undefined) {
      known = new Map();
      for (const pair of map.items) {
        const key = String(isScalar(pair.key) ? pair.key.value : pair.key);
        if (!known.has(key)) known.set(key, pair);
      }
      pairs.set(map, known);
    }
    return known.get(step);
  };
  return (path, atKey) => {
    let current: unknown = document.contents;
    let found: Node | null = document.contents;
    for (const [index, step] of path.entries()) {
      current = follow(current);
      const isLast = index === path.length - 1;
      if (isMap(current)) {
        const pair = pairOf(current, String(step));
        if (!pair) break;
        if (isNode(pair.key) && ((isLast && atKey) || !isNode(pair.value))) found = pair.key;
        else if (isNode(pair.value)) found = pair.value;
        current = pair.value;
      } else if (isNode(current) && 'items' in current && Array.isArray(current.items)) {
        const item: unknown = current.items[Number(step)];
        if (!isNode(item)) break;
        found = item;
        current = item;
      } else break;
    }
    return found?.range ? at(found.range[0]) : undefined;
  };
}

/** What is wrong, in words for who wrote the file. */
function wordsOf(code: string, message: string): string {
  switch (code) {
    case 'TAB_AS_INDENT':
      return 'a tab is used to indent; YAML allows only spaces';
    case 'RESOURCE_EXHAUSTION':
      return 'it is nested too deeply';
    default:
      return message.split('\n')[0]?.replace(/\.$/, '') ?? message;
  }
}

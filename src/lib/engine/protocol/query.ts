import { ServiceError } from '../errors.ts';
import { decodeBase64 } from './json.ts';
import type { ListShape, MapShape, Shape, StructureShape } from './shape.ts';

/** A form's parameters as a tree: `A.1.B=c` lies at A → 1 → B. */
export interface QueryNode {
  value?: string;
  children?: Map<string, QueryNode>;
}

/** How deep parameter names may go: the deepest that any action takes is 7. */
const DEEPEST = 16;

/**
 * Reads an `application/x-www-form-urlencoded` body or query string.
 *
 * @throws ServiceError `MalformedQueryString` for broken percent-encoding.
 */
export function parseQuery(text: string): QueryNode {
  refuseMany(text);
  const root: QueryNode = {};
  for (const pair of text.split('&')) {
    if (pair === '') continue;
    const equals = pair.indexOf('=');
    const steps = stepsOf(equals < 0 ? pair : pair.slice(0, equals));
    const value = equals < 0 ? '' : unescapeForm(pair.slice(equals + 1));
    let node = root;
    for (const step of steps) {
      node.children ??= new Map();
      let child = node.children.get(step);
      if (child === undefined) {
        child = {};
        node.children.set(step, child);
      }
      node = child;
    }
    node.value = value;
  }
  return root;
}

/** The steps of names as they were written: clients repeat the same ones in request after request. */
const known = new Map<string, readonly string[]>();
const REMEMBERED_NAMES = 1000;
const LONGEST_REMEMBERED = 200;

function stepsOf(written: string): readonly string[] {
  const remembered = known.get(written);
  if (remembered !== undefined) return remembered;
  if (written.length > LONGEST_REMEMBERED) return unescapeForm(written).split('.', DEEPEST);
  // A copy: a part of the request would keep all of it in memory.
  const copy = Buffer.from(written).toString();
  const steps = unescapeForm(copy).split('.', DEEPEST);
  if (known.size >= REMEMBERED_NAMES) known.clear();
  known.set(copy, steps);
  return steps;
}

/** A batch of ten messages with hundreds of attributes each has fewer. */
const MAX_PARAMETERS = 10_000;

/** Millions of parameters would keep everybody else waiting for seconds. */
function refuseMany(text: string): void {
  let count = 0;
  for (let at = text.indexOf('&'); at >= 0; at = text.indexOf('&', at + 1)) {
    count += 1;
    if (count < MAX_PARAMETERS) continue;
    throw new ServiceError('RequestEntityTooLarge', 'The request has too many parameters.', {
      status: 413,
      origin: 'framework',
    });
  }
}

function unescapeForm(text: string): string {
  const spaced = text.includes('+') ? text.replaceAll('+', ' ') : text;
  if (!spaced.includes('%')) return spaced;
  try {
    return decodeURIComponent(spaced);
  } catch {
    throw new ServiceError('MalformedQueryString', 'The query string contains a syntax error.', {
      status: 404,
    });
  }
}

/**
 * Decodes an action's input from the tree. Fields that the shape doesn't know (`Action`, `Version`) are dropped.
 *
 * @throws ServiceError `MalformedInput` for numbers, booleans and blobs that are none.
 * @see https://smithy.io/2.0/aws/protocols/aws-query-protocol.html
 */
export function decodeQuery(shape: StructureShape, node: QueryNode): Record<string, unknown> {
  const decoded: Record<string, unknown> = {};
  const { children } = node;
  if (children === undefined) return decoded;
  for (const { name, shape: member, wireName } of shape.members) {
    const child = children.get(wireName);
    if (child !== undefined) decoded[name] = decode(member, child, wireName);
  }
  return decoded;
}

function decode(shape: Shape, node: QueryNode, name: string): unknown {
  switch (shape.kind) {
    case 'structure':
      return decodeQuery(shape, node);
    case 'list':
      return decodeList(shape, node, name);
    case 'map':
      return decodeMap(shape, node, name);
    default:
      return decodeScalar(shape.kind, node.value ?? '', name);
  }
}

function decodeScalar(kind: string, text: string, name: string): unknown {
  switch (kind) {
    case 'string':
      return text;
    case 'boolean':
      if (text === 'true' || text === 'false') return text === 'true';
      break;
    case 'blob':
      try {
        return decodeBase64(text);
      } catch {
        break;
      }
    case 'timestamp': {
      const time = new Date(text);
      if (!Number.isNaN(time.getTime())) return time;
      break;
    }
    case 'double':
      if (text !== '' && Number.isFinite(Number(text))) return Number(text);
      break;
    default:
      if (/^[+-]?\d{1,18}$/.test(text)) return Number(text);
  }
  throw new ServiceError(
    'MalformedInput',
    `Invalid value for parameter ${name}: it is not a valid ${kind}`,
  );
}

function decodeList(shape: ListShape, node: QueryNode, name: string): unknown[] {
  const items = shape.flat === undefined ? node.children?.get('member') : node;
  const entries = numbered(items);
  // The services take a single item without a number, too: `AttributeName=All`.
  if (entries.length === 0 && items !== undefined && isItem(shape.member, items)) {
    return [decode(shape.member, items, name)];
  }
  return entries.map(([index, item]) => decode(shape.member, item, `${name}.${index}`));
}

/** Whether a node without numbers below it holds what an item of a list holds. */
function isItem(member: Shape, { value, children }: QueryNode): boolean {
  if (member.kind !== 'structure') return value !== undefined && value !== '';
  return member.members.some(({ wireName }) => children?.has(wireName) ?? false);
}

function decodeMap(shape: MapShape, node: QueryNode, name: string): Record<string, unknown> {
  const decoded: Record<string, unknown> = Object.create(null);
  const parent = shape.flat === undefined ? node.children?.get('entry') : node;
  // As with lists: a single `Attribute.Name`/`Attribute.Value` needs no number.
  const entries: readonly (readonly [number, QueryNode])[] = parent?.children?.has(shape.keyName)
    ? [[1, parent]]
    : numbered(parent);
  for (const [index, entry] of entries) {
    const key = entry.children?.get(shape.keyName)?.value;
    const value = entry.children?.get(shape.valueName);
    if (key === undefined) throw missing(`${name}.${index}.${shape.keyName}`);
    // A structure without members is left to the action, which names what it lacks.
    if (value === undefined && shape.value.kind !== 'structure') {
      throw missing(`${name}.${index}.${shape.valueName}`);
    }
    decoded[key] = decode(shape.value, value ?? {}, `${name}.${index}`);
  }
  return decoded;
}

function missing(parameter: string): ServiceError {
  return new ServiceError(
    'MissingParameter',
    `The request must contain the parameter ${parameter}.`,
  );
}

/** The children with a number for a name, in the order of the numbers. */
function numbered(node: QueryNode | undefined): [number, QueryNode][] {
  const found: [number, QueryNode][] = [];
  for (const [name, child] of node?.children ?? []) {
    const index = Number(name);
    if (Number.isInteger(index)) found.push([index, child]);
  }
  return found.sort(([one], [other]) => one - other);
}

import {
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type Pair,
  parseDocument,
  type Scalar,
} from 'yaml';
import { invalid } from '../errors.ts';
import { type Data, dataText } from './data.ts';
import { MAX_DEPTH, tooDeep } from './depth.ts';

/**
 * Reads a template in YAML. Short forms (`!Ref`, `!GetAtt A.B`) become the long ones.
 *
 * @throws ServiceError `ValidationError`
 */
export function parseYaml(text: string): Data {
  const lines = new LineCounter();
  const document = parseDocument(text, { schema: 'core', lineCounter: lines });
  const problem = document.errors[0];
  if (problem !== undefined) {
    const { line, col } = lines.linePos(problem.pos[0]);
    const what = problem.code === 'DUPLICATE_KEY' ? 'a key stands twice' : 'YAML not well-formed';
    throw invalid(`Template format error: ${what}. (line ${line}, column ${col})`);
  }
  const read = (node: unknown, depth: number): Data => {
    if (depth > MAX_DEPTH) throw tooDeep();
    if (isAlias(node)) {
      throw invalid('Template error: YAML aliases are not allowed in CloudFormation templates');
    }
    return withTag((node as Node | null)?.tag, content(node, depth));
  };
  const content = (node: unknown, depth: number): Data => {
    if (isMap(node)) {
      return Object.fromEntries(
        (node.items as Pair[]).map(({ key, value }) => [keyText(key), read(value, depth + 1)]),
      );
    }
    if (isSeq(node)) return node.items.map((item) => read(item, depth + 1));
    return isScalar(node) ? scalarValue(node) : null;
  };
  return read(document.contents, 0);
}

function keyText(key: unknown): string {
  return isScalar(key) ? dataText(key.source ?? key.value) : dataText(key);
}

const LEADING_ZERO = /^0\d+$/;

/** Account numbers keep their zeros; everything else is what YAML's core schema says. */
function scalarValue({ value, source }: Scalar): Data {
  if (typeof value === 'number' && source !== undefined && LEADING_ZERO.test(source)) return source;
  if (typeof value === 'bigint') return dataText(value);
  return value as Data;
}

/** Short forms whose long form has no `Fn::` before it. */
const PLAIN: ReadonlySet<string> = new Set(['Ref', 'Condition']);

/** A value with its short form made long. */
function withTag(tag: string | undefined, value: Data): Data {
  if (tag === undefined || !tag.startsWith('!') || tag.startsWith('!!')) return value;
  const name = tag.slice(1);
  if (PLAIN.has(name)) return { [name]: value };
  if (name === 'GetAtt' && typeof value === 'string') {
    const dot = value.indexOf('.');
    const parts = dot < 0 ? [value] : [value.slice(0, dot), value.slice(dot + 1)];
    return { 'Fn::GetAtt': parts };
  }
  return { [`Fn::${name}`]: value };
}

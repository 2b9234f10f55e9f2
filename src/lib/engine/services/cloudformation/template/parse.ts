import type { Node, Pair, Scalar } from 'yaml';
import { invalid } from '../errors.ts';
import { type Data, type DataMap, isMap } from './data.ts';

/** "The maximum size of a template body in a request is 51,200 bytes" (CloudFormation quotas). */
const MAX_TEMPLATE_BYTES = 51_200;
/** Deeper than any property goes; an endless alias ends here. */
const MAX_DEPTH = 100;

/**
 * Reads a template: JSON, or YAML with its short forms (`!Ref`, `!GetAtt A.B`), which become the long ones.
 *
 * @throws ServiceError `ValidationError`
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-formats.html
 */
export async function parseTemplate(text: string): Promise<DataMap> {
  if (Buffer.byteLength(text) > MAX_TEMPLATE_BYTES) {
    throw invalid(
      `1 validation error detected: Value at 'templateBody' failed to satisfy constraint: Member must have length less than or equal to ${MAX_TEMPLATE_BYTES}`,
    );
  }
  const data = /^\s*\{/.test(text) ? parseJson(text) : await parseYaml(text);
  if (!isMap(data)) throw invalid('Template format error: unsupported structure.');
  return data;
}

function parseJson(text: string): Data {
  try {
    return JSON.parse(text) as Data;
  } catch (error) {
    const at = Number(/position (\d+)/.exec(String(error))?.[1] ?? text.length);
    const before = text.slice(0, at).split('\n');
    const column = (before.at(-1)?.length ?? 0) + 1;
    throw invalid(
      `Template format error: JSON not well-formed. (line ${before.length}, column ${column})`,
    );
  }
}

async function parseYaml(text: string): Promise<Data> {
  const yaml = await import('yaml');
  const lines = new yaml.LineCounter();
  const document = yaml.parseDocument(text, { schema: 'core', lineCounter: lines });
  const problem = document.errors[0];
  if (problem !== undefined) {
    const { line, col } = lines.linePos(problem.pos[0]);
    const what = problem.code === 'DUPLICATE_KEY' ? 'a key stands twice' : 'YAML not well-formed';
    throw invalid(`Template format error: ${what}. (line ${line}, column ${col})`);
  }
  const { isAlias, isMap: isYamlMap, isScalar, isSeq } = yaml;
  const read = (node: unknown, depth: number): Data => {
    if (depth > MAX_DEPTH)
      throw invalid('Template format error: the template is nested too deeply.');
    if (isAlias(node)) return read(node.resolve(document), depth + 1);
    const own = (): Data => {
      if (isYamlMap(node)) {
        const pairs = node.items as Pair[];
        return Object.fromEntries(
          pairs.map(({ key, value }) => [keyText(key as Node), read(value, depth + 1)]),
        );
      }
      if (isSeq(node)) return node.items.map((item) => read(item, depth + 1));
      return isScalar(node) ? scalarValue(node) : null;
    };
    return withTag((node as Node | null)?.tag, own());
  };
  const keyText = (key: Node): string => String(isScalar(key) ? (key.source ?? key.value) : key);
  return read(document.contents, 0);
}

const LEADING_ZERO = /^0\d+$/;

/** Account numbers keep their zeros; everything else is what YAML's core schema says. */
function scalarValue({ value, source }: Scalar): Data {
  if (typeof value === 'number' && source !== undefined && LEADING_ZERO.test(source)) return source;
  if (typeof value === 'bigint') return String(value);
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

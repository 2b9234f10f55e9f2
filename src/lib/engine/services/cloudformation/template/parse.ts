import { isDeeperThan } from '../../../../rules/text/json-depth.ts';
import { invalid } from '../errors.ts';
import { type Data, type DataMap, isMap } from './data.ts';
import { MAX_DEPTH, tooDeep } from './depth.ts';

/** "The maximum size of a template body in a request is 51,200 bytes" (CloudFormation quotas). */
const MAX_TEMPLATE_BYTES = 51_200;

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
  const data = /^\s*\{/.test(text) ? parseJson(text) : await readYaml(text);
  if (!isMap(data)) throw invalid('Template format error: unsupported structure.');
  return data;
}

function parseJson(text: string): Data {
  if (isDeeperThan(text, MAX_DEPTH)) throw tooDeep();
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

/** The package is loaded when the first template in YAML comes. */
async function readYaml(text: string): Promise<Data> {
  const { parseYaml } = await import('./parse-yaml.ts');
  return parseYaml(text);
}

import { invalid } from '../errors.ts';
import type { DataMap } from '../template/data.ts';
import { transformsOf } from '../template/read.ts';

/** Does what a template's transforms say. @throws ServiceError `ValidationError` */
export function transform(template: DataMap): DataMap {
  const [first] = transformsOf(template);
  if (first === undefined) return template;
  throw invalid(`No transform named ${first} found. The local engine has no transforms.`);
}

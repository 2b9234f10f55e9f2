import { invalid } from '../errors.ts';
import { type Data, type DataMap, dataText, isMap } from '../template/data.ts';
import { transformsOf } from '../template/read.ts';
import { serverlessFunction } from './function.ts';
import { globalsOf, withGlobals } from './globals.ts';
import { SamError } from './sam-error.ts';
import { simpleTable } from './simple-table.ts';

/** The transform of AWS's Serverless Application Model. */
const SAM = 'AWS::Serverless-2016-10-31';
const SERVERLESS = 'AWS::Serverless::';

/** What a resource becomes: others, by logical id. */
type Expansion = (logicalId: string, resource: DataMap) => DataMap;

const TYPES: Readonly<Record<string, Expansion>> = {
  'AWS::Serverless::Function': serverlessFunction,
  'AWS::Serverless::SimpleTable': simpleTable,
};

/**
 * Does what a template's transforms say: makes the resources of CloudFormation that SAM's stand for.
 *
 * @throws ServiceError `ValidationError`
 * @see https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-specification.html
 */
export function transform(template: DataMap): DataMap {
  const transforms = transformsOf(template);
  const unknown = transforms.find((name) => name !== SAM);
  if (unknown !== undefined) {
    throw invalid(`No transform named ${unknown} found. The local engine has ${SAM}.`);
  }
  if (transforms.length === 0) return template;
  const { Globals, Resources, ...rest } = template;
  const problems: string[] = [];
  const attempt = <Made>(where: string, make: () => Made): Made | undefined => {
    try {
      return make();
    } catch (error) {
      if (!(error instanceof SamError)) throw error;
      problems.push(`${where} ${error.message}`);
      return undefined;
    }
  };
  const globals = attempt("'Globals' section is invalid.", () => globalsOf(Globals)) ?? {};
  const resources: Record<string, Data> = {};
  for (const [logicalId, resource] of Object.entries(isMap(Resources) ? Resources : {})) {
    const where = `Resource with id [${logicalId}] is invalid.`;
    Object.assign(
      resources,
      attempt(where, () => expand(logicalId, resource, globals)),
    );
  }
  if (problems.length > 0) {
    throw invalid(
      `Transform ${SAM} failed with: Invalid Serverless Application Specification document. Number of errors found: ${problems.length}. ${problems.join(' ')}`,
    );
  }
  return { ...rest, Resources: resources };
}

function expand(logicalId: string, resource: Data, globals: DataMap): DataMap {
  const type = isMap(resource) ? dataText(resource.Type) : '';
  if (!isMap(resource) || !type.startsWith(SERVERLESS)) return { [logicalId]: resource };
  const expansion = TYPES[type];
  if (expansion === undefined) {
    throw new SamError(
      `The local engine does not support ${type}; it has ${Object.keys(TYPES).join(' and ')}.`,
    );
  }
  return expansion(logicalId, withGlobals(resource, globals[type.slice(SERVERLESS.length)]));
}

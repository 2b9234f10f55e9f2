import { invalid } from '../errors.ts';
import { type Data, type DataMap, dataText, isMap } from '../template/data.ts';
import { transformsOf } from '../template/read.ts';
import { serverlessFunction } from './function.ts';
import { globalsOf, withGlobals } from './globals.ts';
import { HTTP_API, serverlessHttpApi } from './http-api.ts';
import { type ApiEvent, IMPLICIT_API } from './http-api-event.ts';
import { SamError } from './sam-error.ts';
import { simpleTable } from './simple-table.ts';

/** The transform of AWS's Serverless Application Model. */
const SAM = 'AWS::Serverless-2016-10-31';
const SERVERLESS = 'AWS::Serverless::';
const FUNCTION = 'AWS::Serverless::Function';
const SIMPLE_TABLE = 'AWS::Serverless::SimpleTable';
const TYPES: readonly string[] = [FUNCTION, SIMPLE_TABLE, HTTP_API];
/** The condition of the implicit API, where the functions that have routes of it have several. */
const IMPLICIT_CONDITION = `${IMPLICIT_API}Condition`;

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
  const given = isMap(Resources) ? Resources : {};
  const resources: Record<string, Data> = {};
  const apiEvents: ApiEvent[] = [];
  const expandEach = (all: DataMap, expandOne: (id: string, resource: DataMap) => DataMap) => {
    for (const [logicalId, resource] of Object.entries(all)) {
      const where = `Resource with id [${logicalId}] is invalid.`;
      Object.assign(
        resources,
        attempt(where, () =>
          isMap(resource)
            ? expandOne(logicalId, withOwnGlobals(resource, globals))
            : { [logicalId]: resource },
        ),
      );
    }
  };
  expandEach(given, (logicalId, resource) => expand(logicalId, resource, apiEvents));
  const implicit = implicitApi(given, apiEvents);
  expandEach({ ...given, ...implicit.resources }, (logicalId, resource) =>
    resource.Type === HTTP_API
      ? serverlessHttpApi(
          logicalId,
          resource,
          apiEvents.filter(({ apiId }) => apiId === logicalId),
        )
      : {},
  );
  if (problems.length > 0) {
    throw invalid(
      `Transform ${SAM} failed with: Invalid Serverless Application Specification document. Number of errors found: ${problems.length}. ${problems.join(' ')}`,
    );
  }
  return { ...rest, ...withCondition(rest.Conditions, implicit.condition), Resources: resources };
}

function withOwnGlobals(resource: DataMap, globals: DataMap): DataMap {
  const type = dataText(resource.Type);
  if (!type.startsWith(SERVERLESS)) return resource;
  return withGlobals(resource, globals[type.slice(SERVERLESS.length)]);
}

/** What a resource becomes: others, by logical id. APIs come last, when all their routes are known. */
function expand(logicalId: string, resource: DataMap, apiEvents: ApiEvent[]): DataMap {
  const type = dataText(resource.Type);
  if (type === HTTP_API) return {};
  if (type === SIMPLE_TABLE) return simpleTable(logicalId, resource);
  if (type === FUNCTION) {
    const expanded = serverlessFunction(logicalId, resource);
    apiEvents.push(...expanded.apiEvents);
    return expanded.resources;
  }
  if (!type.startsWith(SERVERLESS)) return { [logicalId]: resource };
  throw new SamError(`The local engine does not support ${type}; it has ${TYPES.join(', ')}.`);
}

/** The API of events that name none, and the condition that it may need to be made. */
function implicitApi(
  given: DataMap,
  events: readonly ApiEvent[],
): { readonly resources: DataMap; readonly condition?: Data } {
  const own = events.filter(({ apiId }) => apiId === IMPLICIT_API);
  if (own.length === 0 || given[IMPLICIT_API] !== undefined) return { resources: {} };
  const conditions = [...new Set(own.map(({ condition }) => condition))];
  const api: DataMap = { Type: HTTP_API };
  const [first, ...more] = conditions;
  if (first === undefined || more.includes(undefined))
    return { resources: { [IMPLICIT_API]: api } };
  const Condition = more.length === 0 ? first : IMPLICIT_CONDITION;
  const resources = { [IMPLICIT_API]: { ...api, Condition } };
  if (more.length === 0) return { resources };
  const any = conditions.map((condition) => ({ Condition: condition ?? '' }));
  return { resources, condition: { 'Fn::Or': any } };
}

function withCondition(conditions: Data | undefined, added: Data | undefined): DataMap {
  if (added === undefined) return {};
  return { Conditions: { ...(isMap(conditions) ? conditions : {}), [IMPLICIT_CONDITION]: added } };
}

import { type OrderDatabase, type Style, usualDatabase } from '../definition/styles.ts';
import type { FunctionSpec, SubscriberSpec, Topology } from '../definition/topology.ts';
import { type CodePackage, packageCode } from '../functions/package-code.ts';
import { MAX_FUNCTION_MEMORY_MB, MIN_FUNCTION_MEMORY_MB } from '../rules/functions.ts';
import { cloudFormationTemplate } from '../topology/export/cloudformation.ts';
import { codeKeyParameter } from '../topology/export/function-resources.ts';
import { type LogicalNames, logicalNames } from '../topology/export/logical-names.ts';
import type { CloudFormationTemplate, TemplateResource } from '../topology/export/template.ts';
import { alarmResources } from './alarm-resources.ts';
import { assertDatabase, DATABASE_URL_PARAMETERS } from './database.ts';
import { API_OUTPUTS } from './http-api.ts';
import { TOKEN_PARAMETER, withOrderApi } from './order-api.ts';
import { servicesOf } from './services.ts';
import { type LocalMachine, stackName, stackTags } from './style.ts';
import { BUILT_MEMORY_MB, type System, systemOf } from './system.ts';

type Resources = Readonly<Record<string, TemplateResource>>;

/** What a stack is made of. */
export interface StackSource {
  readonly name: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly template: CloudFormationTemplate;
}

/** What is deployed: a template, and the code that it asks for by parameters. */
export interface Deployment extends StackSource {
  readonly style: Style;
  readonly topology: Topology;
  /** Functions whose code is put somewhere first, each with the parameter that takes the place. */
  readonly code: readonly FunctionCode[];
  /** Subscribers that are services. */
  readonly services: readonly SubscriberSpec[];
  /** Subscribers whose messages nothing takes. */
  readonly unhandled: readonly string[];
}

/** The code of a function, which its parameter says the place of. */
export interface FunctionCode {
  readonly parameter: string;
  readonly spec: FunctionSpec;
  /** Reads and packs it. @throws AppError (exit 2) as `packageCode` does. */
  pack(): CodePackage;
}

/** "Maximum size of a template body that you can pass in a request" (CloudFormation quotas), in bytes. */
export const MAX_TEMPLATE_BYTES = 51_200;

/** The parameter with the memory of functions that the topology's file says nothing of, in MB. */
export const MEMORY_PARAMETER = 'FunctionMemory';

/**
 * What a topology is in a style. No code is read.
 * @param local where it is for the local engine: services then keep orders in a database of their own, and demand no
 * token, since only this machine reaches them.
 * @param database where the order API keeps its orders.
 * @throws AppError (exit 2) for a topology that can't be deployed so.
 */
export function deploymentOf(
  given: Topology,
  style: Style,
  local?: LocalMachine,
  database: OrderDatabase = usualDatabase(style),
): Deployment {
  assertDatabase(style, database);
  const system = systemOf(given, style, database);
  const services = servicesOf(given, style, system, local);
  const { topology, built, unhandled } = system;
  const names = logicalNames(topology);
  const base = cloudFormationTemplate(topology, names);
  const functions = new Set([...built.keys()].map((key) => logicalIdOf(system, names, key)));
  const resources = mapValues(base.Resources, (resource, id) =>
    functions.has(id) ? withMemory(resource) : keepData(resource),
  );
  const template = {
    ...base,
    Description: `The fan-out "${topology.name}" (${style}), as pubsub deploy makes it.`,
    ...parametersOf(base, system, services.parameters),
    Resources: {
      ...withOrderApi(resources, system, names),
      ...services.resources(names),
      ...Object.fromEntries(alarmResources(topology)),
    },
    Outputs: {
      ...(system.api && API_OUTPUTS),
      ...services.outputs,
      ...base.Outputs,
      ...Object.fromEntries(
        topology.tables.map(({ name }) => [
          `${names.table(name)}Name`,
          { Value: { Ref: names.table(name) } },
        ]),
      ),
    },
  };
  const code = topology.functions.map((spec) => ({
    parameter: codeKeyParameter(spec, names),
    spec,
    pack: () => built.get(spec.key)?.zip() ?? packageCode(topology, spec),
  }));
  return {
    name: stackName(topology, style),
    tags: stackTags(topology, style),
    style,
    topology,
    template,
    code,
    services: system.services,
    unhandled,
  };
}

function logicalIdOf({ topology }: System, names: LogicalNames, key: string): string {
  return names.function(topology.functions.find((each) => each.key === key)?.name ?? '');
}

function parametersOf(
  { Parameters = {} }: CloudFormationTemplate,
  { built, api, table }: System,
  ofServices: NonNullable<CloudFormationTemplate['Parameters']>,
) {
  if (Object.keys({ ...Parameters, ...ofServices }).length === 0) return {};
  return {
    Parameters: {
      ...ofServices,
      ...Parameters,
      ...(built.size > 0 && {
        [MEMORY_PARAMETER]: {
          Type: 'Number',
          Description: 'MB of each function that the file says nothing of.',
          Default: BUILT_MEMORY_MB,
          MinValue: MIN_FUNCTION_MEMORY_MB,
          MaxValue: MAX_FUNCTION_MEMORY_MB,
        },
      }),
      ...(api && table === undefined && DATABASE_URL_PARAMETERS),
      ...(api && {
        [TOKEN_PARAMETER]: {
          Type: 'String',
          Description: 'What the order API demands as a bearer token; empty for none.',
          Default: '',
          NoEcho: true,
        },
      }),
    },
  };
}

function withMemory(resource: TemplateResource): TemplateResource {
  const Properties = { ...resource.Properties, MemorySize: { Ref: MEMORY_PARAMETER } };
  return { ...resource, Properties };
}

/**
 * Tables keep their data when a stack is deleted, as those of `export` do; but a stack that could not be made takes the
 * empty ones with it, which would stand in the way of the next.
 */
function keepData(resource: TemplateResource): TemplateResource {
  if (resource.DeletionPolicy !== 'Retain') return resource;
  return { ...resource, DeletionPolicy: 'RetainExceptOnCreate' };
}

function mapValues(
  resources: Resources,
  change: (resource: TemplateResource, id: string) => TemplateResource,
): Resources {
  return Object.fromEntries(
    Object.entries(resources).map(([id, resource]) => [id, change(resource, id)]),
  );
}

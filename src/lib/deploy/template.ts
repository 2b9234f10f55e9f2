import type { FunctionSpec, Topology } from '../definition/topology.ts';
import { cloudFormationTemplate } from '../topology/export/cloudformation.ts';
import { codeKeyParameter } from '../topology/export/function-resources.ts';
import { logicalNames } from '../topology/export/logical-names.ts';
import type { CloudFormationTemplate, TemplateResource } from '../topology/export/template.ts';
import { alarmResources } from './alarm-resources.ts';
import type { Style } from './style.ts';

/** What is deployed: a template, and the code that it asks for by parameters. */
export interface Deployment {
  readonly style: Style;
  readonly topology: Topology;
  readonly template: CloudFormationTemplate;
  /** Functions whose code is put somewhere first, each with the parameter that takes the place. */
  readonly code: readonly { readonly parameter: string; readonly spec: FunctionSpec }[];
}

/** "Maximum size of a template body that you can pass in a request" (CloudFormation quotas), in bytes. */
export const MAX_TEMPLATE_BYTES = 51_200;

/** What may be left out of a deployment. */
export interface DeploymentOptions {
  /** Whether the alarms of `pubsub alarms` are a part of it. */
  readonly alarms: boolean;
}

/** What a topology is in a style. Pure: nothing is read but the topology. */
export function deploymentOf(
  topology: Topology,
  style: Style,
  { alarms }: DeploymentOptions,
): Deployment {
  const names = logicalNames(topology);
  const base = cloudFormationTemplate(topology, names);
  const template = {
    ...base,
    Description: `The fan-out "${topology.name}" (${style}), as pubsub deploy makes it.`,
    Resources: {
      ...mapValues(base.Resources, keepData),
      ...(alarms ? Object.fromEntries(alarmResources(topology)) : {}),
    },
    Outputs: {
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
  }));
  return { style, topology, template, code };
}

/**
 * Tables keep their data when a stack is deleted, as those of `export` do; but a stack that could not be made takes the
 * empty ones with it, which would stand in the way of the next.
 */
function keepData(resource: TemplateResource): TemplateResource {
  if (resource.DeletionPolicy !== 'Retain') return resource;
  return { ...resource, DeletionPolicy: 'RetainExceptOnCreate' };
}

function mapValues<T, R>(
  record: Readonly<Record<string, T>>,
  change: (value: T) => R,
): Readonly<Record<string, R>> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value)]));
}

import type { Style } from '../definition/styles.ts';
import type { Topology } from '../definition/topology.ts';
import type { LogicalNames } from '../topology/export/logical-names.ts';
import type { CloudFormationTemplate, TemplateResource } from '../topology/export/template.ts';
import { API_SECRETS, ECS_API_OUTPUTS, ECS_API_PARAMETERS, ecsApiResources } from './ecs-api.ts';
import { clusterResources, ECS_PARAMETERS } from './ecs-service.ts';
import { ecsSubscriberResources } from './ecs-subscriber.ts';
import { hasOrderApi, orderTopic } from './order-api.ts';
import type { LocalMachine } from './style.ts';
import type { System } from './system.ts';

/** What services on ECS add to a template. */
export interface Services {
  readonly parameters: NonNullable<CloudFormationTemplate['Parameters']>;
  readonly outputs: CloudFormationTemplate['Outputs'];
  resources(names: LogicalNames): Readonly<Record<string, TemplateResource>>;
}

const NONE: Services = { parameters: {}, outputs: {}, resources: () => ({}) };

/** The services of a style: the order API unless it is serverless, and the subscribers that the system says. */
export function servicesOf(
  topology: Topology,
  style: Style,
  { services }: System,
  local: LocalMachine | undefined,
): Services {
  if (style === 'serverless') return NONE;
  const hasApi = hasOrderApi(topology);
  const hasSecrets = hasApi && local === undefined;
  if (!hasApi && services.length === 0) return NONE;
  return {
    parameters: { ...ECS_PARAMETERS, ...(hasSecrets && ECS_API_PARAMETERS) },
    outputs: hasApi ? ECS_API_OUTPUTS : {},
    resources: (names) => ({
      ...clusterResources(topology, hasSecrets ? API_SECRETS : []),
      ...(hasApi && ecsApiResources(topology, orderTopic(topology, names), local)),
      ...Object.assign(
        {},
        ...services.map((each) => ecsSubscriberResources(topology, each, names, local)),
      ),
    }),
  };
}

import type { Style } from '../definition/styles.ts';
import type { Topology } from '../definition/topology.ts';
import type { LogicalNames } from '../topology/export/logical-names.ts';
import type { CloudFormationTemplate, TemplateResource } from '../topology/export/template.ts';
import { apiSecrets, ECS_API_OUTPUTS, ecsApiResources } from './ecs-api.ts';
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
  { services, database }: System,
  local: LocalMachine | undefined,
): Services {
  if (style === 'serverless') return NONE;
  const hasApi = hasOrderApi(topology);
  if (!hasApi && services.length === 0) return NONE;
  const api = hasApi ? apiSecrets(topology, database, local) : undefined;
  return {
    parameters: { ...ECS_PARAMETERS, ...api?.parameters },
    outputs: hasApi ? ECS_API_OUTPUTS : {},
    resources: (names) => ({
      ...clusterResources(topology, api?.arns ?? []),
      ...api?.resources,
      ...(api && ecsApiResources(topology, orderTopic(topology, names), api, local)),
      ...Object.assign(
        {},
        ...services.map((each) => ecsSubscriberResources(topology, each, names, local)),
      ),
    }),
  };
}

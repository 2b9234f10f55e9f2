/** The publisher and subscriber of the command line, for other programs: `import … from 'pubsub-cli'`. */

export type {
  Consumed,
  ConsumeOutcome,
  ConsumeProblem,
  ConsumeSummary,
  HandlerContext,
} from './lib/consume/consumed.ts';
export type { Topology } from './lib/definition/topology.ts';
export type { EventFormat, PubsubEvent } from './lib/events/library-event.ts';
export { AppError } from './lib/rules/errors.ts';
export type { ConnectionOptions } from './library/connection-options.ts';
export type {
  DlqDefinition,
  Duration,
  SubscriberDefinition,
  SubscriptionDefinition,
  TopicDefinition,
  TopologyDefinition,
} from './library/definition-types.ts';
export type { EventDefinition, EventDefinitions, JsonSchema } from './library/event-definitions.ts';
export {
  type AttributeValue,
  createPublisher,
  type EventPublisher,
  type Published,
  type PublisherOptions,
  type PublishOneOptions,
} from './library/publisher.ts';
export { type SetUpOptions, setUpTopology } from './library/set-up.ts';
export { createSubscriber } from './library/subscriber.ts';
export type {
  EventHandler,
  EventSubscriber,
  SubscriberOptions,
} from './library/subscriber-options.ts';
export { type TornDown, tearDownTopology } from './library/tear-down.ts';
export { type DefinedTopology, defineTopology } from './library/topology.ts';
export { loadTopology, saveTopology } from './library/topology-file.ts';

import type { CalledService, SchedulePort } from '../../../ports.ts';
import type { Properties } from './check-properties.ts';
import type { PropertyTable } from './property-table.ts';

/** A resource that is there: what `Ref` gives, and what `Fn::GetAtt` does. */
export interface Made {
  readonly physicalId: string;
  readonly attributes: Readonly<Record<string, string>>;
}

/** A resource that is there, with the properties that it was made or changed with last. */
export interface Current extends Made {
  readonly properties: Properties;
}

/** What a resource type works with. */
export interface ResourceContext {
  readonly account: string;
  readonly region: string;
  readonly logicalId: string;
  /** Whether this may have been begun before: the engine ended meanwhile. */
  readonly resumed: boolean;
  /** Tags of the stack, which its resources get. */
  readonly tags: Readonly<Record<string, string>>;
  /** Those that it had before. */
  readonly tagsBefore: Readonly<Record<string, string>>;
  /**
   * A name as CloudFormation makes them (`stack-Logical-ABCDEFGHIJKL`); the same one for one resource.
   * @param most characters.
   */
  generatedName(most: number): string;
  /** Whether another stack has a resource of a type with this physical id. */
  isTaken(type: string, physicalId: string): boolean;
  /** Calls a service for the stack's owner. @throws ServiceError */
  call<Output = unknown>(service: CalledService, action: string, input: object): Promise<Output>;
  /** Aborted when the engine ends: nothing may wait any longer. */
  readonly closed: AbortSignal;
  readonly schedules: SchedulePort;
  /** Lets a queue's name be used again that was deleted. */
  releaseQueueName(queueArn: string): void;
  /** Says that there is something that has to be removed if what follows fails. */
  made(made: Made): void;
}

/** How a resource type is made, changed and removed. */
export interface ResourceType {
  readonly table: PropertyTable;
  /** What `Fn::GetAtt` knows. */
  readonly attributes: readonly string[];
  /** Whether making and changing it takes so long that others are made meanwhile. */
  readonly isSlow?: boolean;
  create(properties: Properties, context: ResourceContext): Promise<Made>;
  /** Changes what differs, none of which replaces the resource. */
  update(properties: Properties, current: Current, context: ResourceContext): Promise<Made>;
  /** What isn't there any more is as good as removed. */
  remove(current: Current, context: ResourceContext): Promise<void>;
}

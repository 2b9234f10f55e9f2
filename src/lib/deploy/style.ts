import type { Style } from '../definition/styles.ts';
import { type Topology, topologyTags } from '../definition/topology.ts';

/** What services find on this machine, in place of what is in an image. */
export interface LocalMachine {
  /** Where the project's file and its handlers are; undefined without such a file. */
  readonly folder: string | undefined;
  /** Whether services keep orders in a Postgres server, whose URL is a parameter; in databases of their own otherwise. */
  readonly hasDatabaseUrl?: boolean;
}

/** Tag of a stack that says which way it is. */
const STYLE_TAG_KEY = 'pubsub:style';

/** The tags of a stack of ours, which CloudFormation puts on what the stack makes too. */
export function stackTags(
  topology: Pick<Topology, 'name'>,
  style: Style,
): Readonly<Record<string, string>> {
  return { ...topologyTags(topology), [STYLE_TAG_KEY]: style };
}

/** Whether a stack's tags say that it is this topology's, of this style. */
export function isOurStack(
  topology: Pick<Topology, 'name'>,
  style: Style,
  tags: readonly { readonly Key?: string | undefined; readonly Value?: string | undefined }[],
): boolean {
  return Object.entries(stackTags(topology, style)).every(([key, value]) =>
    tags.some((each) => each.Key === key && each.Value === value),
  );
}

/** "must start with an alphabetical character" and have at most 128 of `[A-Za-z0-9-]` (`CreateStack`, StackName). */
const STACK_NAME = /^[A-Za-z][A-Za-z0-9-]{0,127}$/;

/**
 * The name of a topology's stack, such as `dev-orders-serverless`. What a stack's name can't have becomes a dash; the
 * tag `pubsub:topology` says whose it is.
 */
export function stackName(topology: Pick<Topology, 'name' | 'prefix'>, style: Style): string {
  return nameEnding(topology, style);
}

/** The name of the stack with what a deployment is made from, such as `dev-orders-serverless-artifacts`. */
export function artifactsName(topology: Pick<Topology, 'name' | 'prefix'>, style: Style): string {
  return nameEnding(topology, `${style}-artifacts`);
}

/** The name of the repository with a deployment's images of this program, such as `dev-orders-ecs-pubsub`. */
export function repositoryName(topology: Pick<Topology, 'name' | 'prefix'>, style: Style): string {
  // "[a-z0-9]+(?:[._-][a-z0-9]+)*" (`CreateRepository`)
  const name = nameEnding(topology, `${style}-pubsub`).toLowerCase();
  return name.replace(/-+/g, '-');
}

function nameEnding(topology: Pick<Topology, 'name' | 'prefix'>, ending: string): string {
  const words = [topology.prefix, topology.name, ending].filter((word) => word !== '');
  const name = words.join('-').replace(/[^A-Za-z0-9-]+/g, '-');
  const whole = /^[A-Za-z]/.test(name) ? name : `pubsub-${name}`;
  if (STACK_NAME.test(whole)) return whole;
  return `${whole.slice(0, 127 - ending.length)}-${ending}`;
}

import type { ContainerDefinition } from '@aws-sdk/client-ecs';
import type { EcsState } from '../state.ts';

/** The log group that a container writes to isn't there: why its task doesn't start. */
export class LogGroupMissing extends Error {
  override name = 'LogGroupMissing';
}

/**
 * Writes lines of a container to its log group, in the stream `<prefix>/<container>/<task>`; nowhere where it has no log
 * configuration.
 *
 * @throws LogGroupMissing unless the group is there, or is to be made (`awslogs-create-group`)
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/specify-log-config.html
 */
export function logWriter(
  state: EcsState,
  account: string,
  { name = '', logConfiguration }: ContainerDefinition,
  taskId: string,
): (line: string) => void {
  const { options } = logConfiguration ?? {};
  if (options === undefined) return () => undefined;
  const { 'awslogs-group': group = '', 'awslogs-region': region = '' } = options;
  const owner = { account, region };
  if (!state.logs.hasGroup(owner, group) && options['awslogs-create-group'] !== 'true') {
    throw new LogGroupMissing(
      `failed to validate logger args: create stream has been retried 1 times: failed to create Cloudwatch log stream: ResourceNotFoundException: The specified log group does not exist. (${group})`,
    );
  }
  const stream = `${options['awslogs-stream-prefix']}/${name}/${taskId}`;
  let waiting: [number, string][] = [];
  const flush = (): void => {
    const events = waiting;
    waiting = [];
    // What is told when the engine ends or begins anew has no place any more.
    if (!state.closed.aborted) state.logs.write(owner, group, stream, events);
  };
  return (line) => {
    if (line === '') return;
    if (waiting.length === 0) setImmediate(flush);
    waiting.push([state.parts.clock.timestamp(), line]);
  };
}

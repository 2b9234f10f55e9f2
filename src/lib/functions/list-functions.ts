import type { Aws } from '../aws/clients.ts';
import { getFunction } from '../aws/functions.ts';
import { listMappings } from '../aws/mappings.ts';
import type { FunctionSpec, Topology } from '../definition/topology.ts';
import { nameOfArn } from '../rules/names.ts';

/** A function of a topology as it stands: the document of `functions ls`. */
export interface ListedFunction {
  readonly key: string;
  readonly name: string;
  /** Null where it isn't there; then the rest is what the topology says. */
  readonly arn: string | null;
  readonly runtime: string;
  readonly handler: string;
  /** Seconds. */
  readonly timeout: number;
  /** MB. */
  readonly memory: number;
  readonly reservedConcurrency: number | null;
  readonly codeSize: number | null;
  readonly codeSha256: string | null;
  readonly lastModified: string | null;
  readonly mappings: readonly ListedMapping[];
}

/** A queue that a function takes from, or should. */
export interface ListedMapping {
  readonly queue: string;
  /** Null where there is no mapping. */
  readonly state: string | null;
  readonly batchSize: number;
}

/** Reads the functions of a topology. @throws AppError of a call that is refused. */
export function listFunctions(aws: Aws, topology: Topology): Promise<ListedFunction[]> {
  return Promise.all(topology.functions.map((spec) => listFunction(aws, topology, spec)));
}

async function listFunction(
  aws: Aws,
  topology: Topology,
  spec: FunctionSpec,
): Promise<ListedFunction> {
  const [found, there] = await Promise.all([
    getFunction(aws, spec.name),
    listMappings(aws, { functionName: spec.name }),
  ]);
  const mapped = there.map(({ queueArn, state, batchSize }) => ({
    queue: nameOfArn(queueArn),
    state,
    batchSize,
  }));
  const missing = topology.subscribers.flatMap(({ queue, handler }) =>
    handler !== undefined &&
    'function' in handler &&
    handler.function === spec.key &&
    !mapped.some((each) => each.queue === queue)
      ? [{ queue, state: null, batchSize: handler.batchSize }]
      : [],
  );
  const { runtime, handler, timeout, memory } = found ?? spec;
  return {
    key: spec.key,
    name: spec.name,
    arn: found?.arn ?? null,
    runtime,
    handler,
    timeout,
    memory,
    reservedConcurrency: found?.reservedConcurrency ?? null,
    codeSize: found?.codeSize ?? null,
    codeSha256: found?.codeSha256 ?? null,
    lastModified: found?.lastModified ?? null,
    mappings: [...mapped, ...missing],
  };
}

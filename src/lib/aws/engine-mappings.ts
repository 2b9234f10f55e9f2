import type { Aws } from './clients.ts';
import { observed } from './engine-paths.ts';

/** An event source mapping as an embedded engine works it. */
export interface EngineMapping {
  readonly uuid: string;
  readonly queueArn: string;
  readonly functionArn: string;
  readonly enabled: boolean;
}

/** Names of the functions of this region on an embedded engine, sorted; undefined where something else answers. */
export async function readEngineFunctions(aws: Aws): Promise<string[] | undefined> {
  const { functions } = ((await observed(aws, '/_pubsub/functions')) ?? {}) as {
    readonly functions?: readonly { readonly functionArn: string }[];
  };
  if (!Array.isArray(functions)) return undefined;
  const places = functions.map(({ functionArn }) => functionArn.split(':'));
  return places
    .flatMap(([, , , region, , , name]) => (region === aws.region && name ? [name] : []))
    .sort();
}

/**
 * Asks the endpoint for all of its event source mappings (`GET /_pubsub/functions` of an embedded engine): in one
 * request, which needs no client of Lambda. Asks nobody on `aws`.
 * @returns undefined where something else than an engine answers.
 */
export async function readEngineMappings(aws: Aws): Promise<readonly EngineMapping[] | undefined> {
  const { mappings } = ((await observed(aws, '/_pubsub/functions')) ?? {}) as {
    readonly mappings?: readonly EngineMapping[];
  };
  return Array.isArray(mappings) ? mappings : undefined;
}

import type { Aws } from './clients.ts';
import { observed } from './engine-paths.ts';

/** A queue's policy that keeps a topic out, as a delivery showed it. */
export interface PolicyRefusal {
  readonly topicArn: string;
  readonly queueArn: string;
  readonly reason: string;
  /** Whether the engine delivered all the same, as `--policies warn` has it. */
  readonly delivered: boolean;
}

/** What an embedded engine has to say of itself. */
export interface EngineNotes {
  /** What is wrong with it, as sentences: such as a disk that takes no more. */
  readonly problems: readonly string[];
  readonly refusals: readonly PolicyRefusal[];
}

/**
 * Asks the endpoint what is wrong with it and which policies keep topics out (`GET /_pubsub/health` and
 * `/_pubsub/policies` of an embedded engine). Asks nobody on `aws`.
 * @returns undefined where something else than an engine answers.
 */
export async function readEngineNotes(aws: Aws): Promise<EngineNotes | undefined> {
  const [health, policies] = await Promise.all([
    observed(aws, '/_pubsub/health'),
    observed(aws, '/_pubsub/policies'),
  ]);
  const { problems } = (health ?? {}) as { problems?: readonly { readonly message: string }[] };
  const { refusals } = (policies ?? {}) as { refusals?: readonly PolicyRefusal[] };
  if (!Array.isArray(problems) || !Array.isArray(refusals)) return undefined;
  return { problems: problems.map(({ message }) => message), refusals };
}

import type { Health } from '../observe/endpoints.ts';
import type { FunctionsInFigures } from '../observe/functions.ts';
import type { PolicyNote, RoleNote } from '../observe/policy-notes.ts';

/** What a running engine tells of itself. */
export interface EngineReport {
  /** What somebody should know of, in sentences; empty while all is well. */
  readonly findings: readonly string[];
  /** Undefined where the engine ended meanwhile. */
  readonly functions: FunctionsInFigures | undefined;
}

/** Asks a running engine for what somebody should know of, and for its functions. */
export async function engineReport(
  endpoint: string,
  token: string | undefined,
): Promise<EngineReport> {
  const headers: Record<string, string> =
    token === undefined ? {} : { Authorization: `Bearer ${token}` };
  const read = async (path: string) => (await fetch(endpoint + path, { headers })).json();
  try {
    const { problems } = (await read('/_pubsub/health')) as Health;
    const { refusals, roles = [] } = (await read('/_pubsub/policies')) as {
      readonly refusals: readonly PolicyNote[];
      /** Absent from engines of older versions. */
      readonly roles?: readonly RoleNote[];
    };
    const figures = (await read('/_pubsub/functions')) as FunctionsInFigures;
    const { environments, functions, mappings } = figures;
    return {
      findings: [
        ...problems.map(({ message }) => message),
        ...refusals.map(sentence),
        ...roles.map(roleSentence),
        ...mappings.flatMap(mappingFinding),
      ],
      functions: { environments, functions, mappings },
    };
  } catch {
    // It ended meanwhile.
    return { findings: [], functions: undefined };
  }
}

function mappingFinding({
  queueArn,
  functionArn,
  enabled,
  problem,
}: FunctionsInFigures['mappings'][number]): string[] {
  if (!enabled || problem === null) return [];
  const why = problem.replace(/^PROBLEM: /, '').replace(/\.$/, '');
  return [`The mapping of ${queueArn} to ${functionArn} can't work: ${why}. It is tried again.`];
}

/** What a role may not do, as a sentence. */
export function roleSentence({ principalArn, action, resource, reason }: RoleNote): string {
  return `${principalArn} may not do ${action} on ${resource} on AWS, ${reason}.`;
}

function sentence({ topicArn, reason, delivered }: PolicyNote): string {
  const outcome = delivered ? 'delivered all the same; on AWS it would not be' : 'not delivered';
  return `From ${topicArn}: ${outcome}, since ${reason}. Fix it with: pubsub doctor --fix`;
}

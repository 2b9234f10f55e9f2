import type { Health } from '../observe/endpoints.ts';
import type { PolicyNote } from '../observe/policy-notes.ts';

/** What somebody who runs an engine should know of it, as sentences; none when it is well. */
export async function findings(endpoint: string, token: string | undefined): Promise<string[]> {
  const headers: Record<string, string> =
    token === undefined ? {} : { Authorization: `Bearer ${token}` };
  const read = async (path: string) => (await fetch(endpoint + path, { headers })).json();
  try {
    const { problems } = (await read('/_pubsub/health')) as Health;
    const { refusals } = (await read('/_pubsub/policies')) as { refusals: readonly PolicyNote[] };
    return [...problems.map(({ message }) => message), ...refusals.map(sentence)];
  } catch {
    // It ended meanwhile.
    return [];
  }
}

function sentence({ topicArn, reason, delivered }: PolicyNote): string {
  const outcome = delivered ? 'delivered all the same; on AWS it would not be' : 'not delivered';
  return `From ${topicArn}: ${outcome}, since ${reason}. Mend it with: pubsub doctor --fix`;
}

import type { Aws } from '../aws/clients.ts';
import { readEngineMappings } from '../aws/engine-mappings.ts';
import { FUNCTION_CLIENT } from '../rules/client-name.ts';
import { functionNameOf } from '../topology/functions/find-mapping.ts';
import { readPresentReceivers } from './doctor/read-receivers.ts';

/** Who takes from queues, as an embedded engine tells it: words such as `the function mail`, by queue ARN; none elsewhere. */
export async function readTakers(aws: Aws): Promise<ReadonlyMap<string, readonly string[]>> {
  const [mappings = [], receivers = new Map()] = await Promise.all([
    readEngineMappings(aws),
    readPresentReceivers(aws),
  ]);
  const takers = new Map<string, string[]>();
  const add = (queueArn: string, words: string): void => {
    takers.set(queueArn, [...(takers.get(queueArn) ?? []), words]);
  };
  for (const { queueArn, functionArn, enabled } of mappings) {
    if (enabled) add(queueArn, `the function ${functionNameOf(functionArn)}`);
  }
  for (const [queueArn, clients] of receivers) {
    for (const { client, pid, port } of clients) {
      // One whose connection is closed may have ended a moment ago.
      if (port === null || client.startsWith(FUNCTION_CLIENT)) continue;
      add(queueArn, pid === null ? client : `${client} (pid ${pid})`);
    }
  }
  return takers;
}

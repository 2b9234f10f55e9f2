/** A call as the engine's log tells it. */
export interface CallMade {
  readonly number: number;
  readonly service: string;
  readonly action: string;
  /** Whether the action only looks. */
  readonly readOnly: boolean;
  readonly accessKeyId: string;
  /** `pubsub-subscriber/email` for receivers of ours, else the SDK. */
  readonly client: string;
  readonly status: number;
  /** AWS's error code, where the call failed. */
  readonly error?: string;
}

interface Answer {
  readonly last: number;
  readonly requests: readonly CallMade[];
}

/**
 * The calls that an engine answered while `act` ran, whoever made them: nothing else may run beside it.
 * @throws where there were more of them than the engine keeps.
 */
export async function callsMade(
  endpoint: string,
  act: () => Promise<unknown>,
): Promise<readonly CallMade[]> {
  const before = (await look(endpoint, 'limit=1')).last;
  await act();
  const { last, requests } = await look(endpoint, `after=${before}`);
  if (requests.length < last - before) {
    throw new Error(`${last - before} calls were made, and only ${requests.length} are known`);
  }
  return requests;
}

async function look(endpoint: string, query: string): Promise<Answer> {
  const answer = await fetch(`${endpoint}/_pubsub/requests?${query}`);
  return (await answer.json()) as Answer;
}

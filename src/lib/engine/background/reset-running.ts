import { AppError } from '../../rules/errors.ts';

/**
 * Lets an engine that runs forget everything, as its path `/_pubsub/reset` does.
 *
 * @param token that the engine asks for. @throws AppError `ResetFailed`
 */
export async function resetRunning(endpoint: string, token: string | undefined): Promise<void> {
  const headers: Record<string, string> =
    token === undefined ? {} : { Authorization: `Bearer ${token}` };
  let problem: string;
  try {
    const answer = await fetch(`${endpoint}/_pubsub/reset`, { method: 'POST', headers });
    if (answer.ok) return;
    problem = await answer.text();
  } catch (error) {
    problem = (error as Error).message;
  }
  throw new AppError({
    code: 'ResetFailed',
    message: `The local engine at ${endpoint} did not reset: ${problem.trim()}`,
    hint: 'pubsub local stop && pubsub local reset',
  });
}

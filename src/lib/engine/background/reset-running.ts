import { AppError } from '../../rules/errors.ts';

/**
 * Lets an engine that runs forget everything, as its path `/_pubsub/reset` does.
 *
 * @param token that the engine asks for. @throws AppError `ResetFailed`
 */
export async function resetRunning(endpoint: string, token: string | undefined): Promise<void> {
  const headers: Record<string, string> =
    token === undefined ? {} : { Authorization: `Bearer ${token}` };
  let answer: Response;
  try {
    answer = await fetch(`${endpoint}/_pubsub/reset`, { method: 'POST', headers });
  } catch (error) {
    throw notReset(endpoint, (error as Error).message);
  }
  if (answer.ok) return;
  if (answer.status === 401) throw needsToken(endpoint);
  throw notReset(endpoint, await answer.text().catch((error: Error) => error.message));
}

function notReset(endpoint: string, problem: string): AppError {
  return new AppError({
    code: 'ResetFailed',
    message: `The local engine at ${endpoint} did not reset: ${problem.trim()}`,
    hint: 'pubsub local stop && pubsub local reset',
  });
}

function needsToken(endpoint: string): AppError {
  return new AppError({
    code: 'ResetFailed',
    message: `The local engine at ${endpoint} asks for its token.`,
    hint: 'PUBSUB_TOKEN=TOKEN pubsub local reset, with the token that it was started with',
  });
}

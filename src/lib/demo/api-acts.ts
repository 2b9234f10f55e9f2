import type { ScenarioRequest } from './scenario.ts';
import { type DemoStage, FailedExpectation } from './stage.ts';

/** Milliseconds that an answer of the API may take. */
const ANSWER_TIMEOUT_MS = 15_000;

/** Starts the order API. */
export async function serve(stage: DemoStage): Promise<void> {
  stage.api = await stage.options.startApi?.(stage.addressOf({ topic: undefined }));
  if (stage.api) stage.tell({ kind: 'serving', url: stage.api.url });
}

/** Makes the requests of an act; the event of each has to reach every subscriber. @throws FailedExpectation */
export async function requestAll(
  stage: DemoStage,
  requests: readonly ScenarioRequest[],
): Promise<void> {
  for (const request of requests) {
    const { event } = request;
    // Before the request: the subscribers may be faster than the answer.
    const key = stage.expectFromApi(event);
    stage.tell({ kind: 'requested', ...request });
    await ask(stage, request);
    const label = { type: event.type, fields: JSON.stringify(event.fields) };
    await stage.arrival(key, label, stage.subscribers());
    await stage.readingTime(1 / 3);
  }
}

/** Sends one request. @throws FailedExpectation for any other answer than the expected one. */
async function ask(stage: DemoStage, request: ScenarioRequest): Promise<void> {
  const { method, path, body, status: expected } = request;
  let status: number;
  let text: string;
  try {
    const answer = await fetch(new URL(path, stage.api?.url), {
      method,
      body,
      headers: { 'content-type': 'application/json' },
      signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS),
    });
    status = answer.status;
    text = await answer.text();
  } catch (error) {
    throw new FailedExpectation(`${method} ${path} got no answer: ${(error as Error).message}`);
  }
  if (status === expected) return;
  throw new FailedExpectation(
    `${method} ${path} was answered with ${status}: ${text.slice(0, 200)}`,
  );
}

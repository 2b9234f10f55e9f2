import { createReadStream } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { pipeline } from 'node:stream';
import { codeInUse, type LambdaState } from '../services/lambda/state.ts';

/** Sends the zip of a function's code, by its `sha256` in base64: `GetFunction` leads here. */
export function sendCode(
  state: LambdaState,
  query: URLSearchParams,
  response: ServerResponse,
): void {
  const sha256 = query.get('sha256');
  const code = codeInUse(state).find((each) => each.kind === 'zip' && each.sha256 === sha256);
  if (code?.kind !== 'zip') {
    response.writeHead(404, { 'Content-Type': 'application/json' });
    response.end(`${JSON.stringify({ error: 'no function has such code' })}\n`);
    return;
  }
  response.writeHead(200, { 'Content-Type': 'application/zip', 'Content-Length': code.size });
  pipeline(createReadStream(state.code.zipOf(code)), response, () => undefined);
}

import type { ServerResponse } from 'node:http';

/** Answers with a JSON document and the end of a line: all on one line, or a line a member, `indent` blanks in. */
export function sendJson(
  response: ServerResponse,
  status: number,
  value: unknown,
  { indent }: { readonly indent?: number } = {},
): void {
  const body = `${JSON.stringify(value, null, indent)}\n`;
  response.writeHead(status, {
    'Content-Type': 'application/json',
    'Content-Length': Buffer.byteLength(body),
  });
  response.end(body);
}

import type { ServerResponse } from 'node:http';
import type { SnsState } from '../state.ts';

/** Whether a request's path looks like the one of a signing certificate. */
export function isCertificatePath(path: string | undefined): path is string {
  return path?.endsWith('.pem') ?? false;
}

/**
 * Answers a GET of a `SigningCertURL` with the certificate in PEM, and any other `.pem` with 404. The key may be new:
 * like every answer, this one waits until it is durable.
 */
export async function serveCertificate(
  { signer, parts: { journal } }: SnsState,
  path: string,
  response: ServerResponse,
): Promise<void> {
  const pem = signer.certificateAt(path);
  await journal.committed();
  if (pem === undefined) {
    response.writeHead(404, { 'Content-Length': 0 }).end();
    return;
  }
  response.writeHead(200, {
    'Content-Type': 'application/x-pem-file',
    'Content-Length': Buffer.byteLength(pem),
  });
  response.end(pem);
}

import { createServer } from 'node:http';
import { afterEach, describe, expect, it, vi } from 'vitest';
import {
  askLibrary,
  type LibraryAnswer,
} from '../../../src/lib/engine/services/dynamodb/library-call.ts';
import { createTableStores } from '../../../src/lib/engine/services/dynamodb/table-stores.ts';

describe("a call of the library's listener", () => {
  it('gets the body with its end, and what the listener answers', async () => {
    const library = createServer(async (request, response) => {
      let text = '';
      request.on('data', (more: Buffer) => {
        text += more;
      });
      request.on('end', () => {
        response.statusCode = 418;
        response.setHeader('Content-Type', 'text/plain');
        response.setHeader('X-Amz-Crc32', 7);
        response.end(`${request.method} ${request.headers.host} ${text}`);
      });
    });
    const ask = (body: string) =>
      new Promise<LibraryAnswer>((done) => {
        askLibrary(library, { host: 'here' }, Buffer.from(body), done);
      });
    expect(await ask('some')).toEqual({
      status: 418,
      contentType: 'text/plain',
      checksum: '7',
      text: 'POST here some',
    });
    expect((await ask('')).text).toBe('POST here ');
  });
});

describe('the tables of an engine', () => {
  afterEach(() => vi.unstubAllEnvs());

  it('are one store for each account and region, until all are dropped', async () => {
    // Each store that is opened changes these.
    for (const name of ['AWS_ACCOUNT_ID', 'AWS_REGION']) vi.stubEnv(name, '');
    const stores = createTableStores(undefined);
    const own = stores.of('111122223333', 'eu-west-1');
    expect(stores.of('111122223333', 'eu-west-1')).toBe(own);
    expect(stores.of('111122223333', 'us-east-1')).not.toBe(own);
    expect(stores.of('444455556666', 'eu-west-1')).not.toBe(own);
    await stores.reset();
    expect(stores.of('111122223333', 'eu-west-1')).not.toBe(own);
    await stores.reset();
  });
});

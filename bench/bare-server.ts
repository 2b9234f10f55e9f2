import { createServer } from 'node:http';

/**
 * The limit: a bare `node:http` server that answers a fixed body, which `PUT /` sets for a JSON action (`?action=X`)
 * or for all Query calls. It reads the request to its end, as any server must, and looks at nothing but the target.
 */
const fixed = new Map<string, Buffer>();

const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    if (request.method === 'PUT') {
      const action = new URL(request.url ?? '/', 'http://bare').searchParams.get('action') ?? '';
      fixed.set(action, Buffer.concat(chunks));
      response.end();
      return;
    }
    const target = request.headers['x-amz-target'];
    const action = typeof target === 'string' ? target : '';
    const body = fixed.get(action) ?? Buffer.alloc(0);
    response.writeHead(200, {
      'Content-Type': action === '' ? 'text/xml' : 'application/x-amz-json-1.0',
      'Content-Length': body.length,
    });
    response.end(body);
  });
});
server.keepAliveTimeout = 0;
server.listen(Number(process.argv[2]), '127.0.0.1');

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type StackEngine, stackEngine } from '../../../fixtures/cloudformation.ts';
import { type ApiTemplate, apiTemplate, send } from '../../../fixtures/http-api.ts';

const NOT_FOUND = '{"message":"Not Found"}';
const FAILED = '{"message":"Internal Server Error"}';

let engine: StackEngine;
beforeAll(async () => {
  engine = await stackEngine();
});
afterEach(() => engine.running.engine.reset());
afterAll(() => engine.stop());

/** Deploys an API. @returns its outputs. */
async function deploy(template: ApiTemplate = {}, name = 'api') {
  const made = await engine.create(name, apiTemplate(template));
  expect(made.StackStatus, (await engine.events(name)).join('\n')).toBe('CREATE_COMPLETE');
  const outputs = made.Outputs ?? [];
  const value = (key: string) =>
    outputs.find(({ OutputKey }) => OutputKey === key)?.OutputValue ?? '';
  return { url: value('Url'), endpoint: value('Endpoint'), id: value('Id') };
}

describe('the event of payload format 2.0', () => {
  it('tells all that a request says', async () => {
    const { url, id } = await deploy({
      routes: ['POST /orders/{order}/{rest+}'],
      stage: { StageVariables: { color: 'red' } },
    });
    const sent = { a: 'ü', b: [1, 2] };
    const { status, headers, text } = await send(
      `${url}/orders/a%20b/x/y%2Fz?q=1&q=2&space=a+b&empty=&q=%C3%BC`,
      {
        method: 'POST',
        headers: {
          'Content-Type': 'application/json; charset=utf-8',
          'X-Twice': ['one', 'two'],
          'User-Agent': 'test/1',
          Cookie: 'a=1; b=2',
          Expect: '100-continue',
        },
        body: JSON.stringify(sent),
      },
    );
    expect(status).toBe(200);
    expect(headers['content-type']).toBe('application/json');
    expect(headers['apigw-requestid']).toMatch(/^[\w]{15}=$/);
    const { port } = new URL(url);
    const event = JSON.parse(text);
    const { timeEpoch } = event.requestContext;
    expect(event).toEqual({
      version: '2.0',
      routeKey: 'POST /orders/{order}/{rest+}',
      rawPath: '/orders/a b/x/y/z',
      rawQueryString: 'q=1&q=2&space=a+b&empty=&q=%C3%BC',
      cookies: ['a=1', 'b=2'],
      headers: {
        'content-length': String(Buffer.byteLength(JSON.stringify(sent))),
        'content-type': 'application/json; charset=utf-8',
        host: `127.0.0.1:${port}`,
        'user-agent': 'test/1',
        'x-amzn-trace-id': expect.stringMatching(/^Root=1-[0-9a-f]{8}-[0-9a-f]{24}$/),
        'x-forwarded-for': '127.0.0.1',
        'x-forwarded-port': port,
        'x-forwarded-proto': 'http',
        'x-twice': 'one,two',
      },
      queryStringParameters: { q: '1,2,ü', space: 'a b', empty: '' },
      requestContext: {
        accountId: '000000000000',
        apiId: id,
        domainName: `${id}.execute-api.us-east-1.amazonaws.com`,
        domainPrefix: id,
        http: {
          method: 'POST',
          path: '/orders/a b/x/y/z',
          protocol: 'HTTP/1.1',
          sourceIp: '127.0.0.1',
          userAgent: 'test/1',
        },
        requestId: headers['apigw-requestid'],
        routeKey: 'POST /orders/{order}/{rest+}',
        stage: '$default',
        time: expect.stringMatching(/^\d\d\/[A-Z][a-z]{2}\/\d{4}:\d\d:\d\d:\d\d \+0000$/),
        timeEpoch: expect.any(Number),
      },
      pathParameters: { order: 'a b', rest: 'x/y/z' },
      stageVariables: { color: 'red' },
      body: JSON.stringify(sent),
      isBase64Encoded: false,
    });
    expect(Math.abs(timeEpoch - Date.now())).toBeLessThan(60_000);
  });

  it('leaves out what there is none of', async () => {
    const { url } = await deploy();
    const event = JSON.parse((await send(url)).text);
    expect(Object.keys(event).sort()).toEqual([
      'headers',
      'isBase64Encoded',
      'rawPath',
      'rawQueryString',
      'requestContext',
      'routeKey',
      'version',
    ]);
    expect(event).toMatchObject({ routeKey: '$default', rawPath: '/', rawQueryString: '' });
    expect(event.headers['content-length']).toBe('0');
  });

  it('hands on a body as text where its type is one of a text, else in base64', async () => {
    const { url } = await deploy();
    const body = Buffer.from('a=ü');
    for (const [type, isBase64Encoded] of [
      ['text/plain', false],
      ['application/json', false],
      ['application/xml', false],
      ['application/octet-stream', true],
      ['application/x-www-form-urlencoded', true],
      ['image/png', true],
      [undefined, true],
    ] as const) {
      const headers: Record<string, string> = type === undefined ? {} : { 'Content-Type': type };
      const event = JSON.parse((await send(url, { method: 'PUT', headers, body })).text);
      expect(event, type ?? 'none').toMatchObject({
        isBase64Encoded,
        body: body.toString(isBase64Encoded ? 'base64' : 'utf8'),
      });
    }
  });

  it('is another one in format 1.0', async () => {
    const { url, id } = await deploy({
      routes: ['ANY /a/{b}'],
      integration: { PayloadFormatVersion: '1.0' },
      code: 'return { statusCode: 200, multiValueHeaders: { "x-a": ["1", "2"] }, body: JSON.stringify(event) };',
    });
    const { text, headers } = await send(`${url}/a/7?q=1&q=2`, { headers: { 'X-B': ['3', '4'] } });
    expect(headers['x-a']).toBe('1, 2');
    expect(JSON.parse(text)).toMatchObject({
      version: '1.0',
      resource: '/a/{b}',
      path: '/a/7',
      httpMethod: 'GET',
      headers: { 'x-b': '4' },
      multiValueHeaders: { 'x-b': ['3', '4'] },
      queryStringParameters: { q: '2' },
      multiValueQueryStringParameters: { q: ['1', '2'] },
      pathParameters: { b: '7' },
      stageVariables: null,
      body: null,
      isBase64Encoded: false,
      requestContext: { apiId: id, resourcePath: '/a/{b}', identity: { sourceIp: '127.0.0.1' } },
    });
  });
});

describe('the answer of a function', () => {
  const answers = [
    ['an object', { a: 1 }, 200, 'application/json', '{"a":1}'],
    ['a text', 'hello', 200, 'application/json', 'hello'],
    ['nothing', undefined, 200, 'application/json', 'null'],
    ['a number', 0, 200, 'application/json', '0'],
    ['a status', { statusCode: 201 }, 201, 'text/plain;charset=UTF-8', ''],
    ['a status as text', { statusCode: '202', body: 'x' }, 202, 'text/plain;charset=UTF-8', 'x'],
    [
      'headers',
      { statusCode: 200, headers: { 'Content-Type': 'a/b', 'X-N': 7 }, body: 'y' },
      200,
      'a/b',
      'y',
    ],
    [
      'headers of a connection',
      {
        statusCode: 200,
        headers: { Trailer: 'x-a', Connection: 'close', Upgrade: 'b' },
        body: 'z',
      },
      200,
      'text/plain;charset=UTF-8',
      'z',
    ],
    [
      'base64',
      { statusCode: 200, body: Buffer.from([0, 255]).toString('base64'), isBase64Encoded: true },
      200,
      'text/plain;charset=UTF-8',
      Buffer.from([0, 255]).toString(),
    ],
    ['a status that is none', { statusCode: 99 }, 500, 'application/json', FAILED],
    ['no status at all', { statusCode: 'x' }, 500, 'application/json', FAILED],
    ['a body that is no text', { statusCode: 200, body: {} }, 500, 'application/json', FAILED],
    [
      'a header that HTTP has not',
      { statusCode: 200, headers: { 'a b': 'c' } },
      500,
      'application/json',
      FAILED,
    ],
  ] as const;
  it('becomes what payload format 2.0 says', async () => {
    const { url } = await deploy({
      code: `const all = ${JSON.stringify(answers.map(([, answer]) => answer ?? null))};
        return all[event.queryStringParameters.n];`,
    });
    for (const [index, [what, , status, type, body]] of answers.entries()) {
      const answer = await send(`${url}/?n=${index}`);
      expect([answer.status, answer.headers['content-type'], answer.text], what).toEqual([
        status,
        type,
        body,
      ]);
    }
  });

  it('sets its cookies, has no body where there is none, and is not sent for HEAD', async () => {
    const { url } = await deploy({
      code: `return event.rawPath === '/none'
        ? { statusCode: 204, body: 'x' }
        : { statusCode: 200, cookies: ['a=1; Secure', 'b=2'], headers: { 'x-a': 'b' }, body: 'four' };`,
    });
    const answer = await send(url);
    expect(answer.headers['set-cookie']).toEqual(['a=1; Secure', 'b=2']);
    expect(answer.headers['x-a']).toBe('b');
    const none = await send(`${url}/none`);
    expect([none.status, none.text, none.headers['content-type']]).toEqual([204, '', undefined]);
    const head = await send(url, { method: 'HEAD' });
    expect([head.headers['content-length'], head.text]).toEqual(['4', '']);
  });

  it('is a 500 where the function fails, and a 503 where it takes too long', async () => {
    const { url } = await deploy({
      code: `if (event.rawPath === '/slow') await new Promise((done) => setTimeout(done, 20_000));
        throw new Error('no');`,
      integration: { TimeoutInMillis: 1_000 },
    });
    // The first one starts the process.
    await expect.poll(async () => (await send(url)).status).toBe(500);
    const failed = await send(url);
    expect([failed.status, failed.text]).toEqual([500, FAILED]);
    expect(failed.headers['x-pubsub-reason']).toContain('"errorMessage":"no"');
    const slow = await send(`${url}/slow`);
    expect([slow.status, slow.text]).toEqual([503, '{"message":"Service Unavailable"}']);
  });
});

describe('routes', () => {
  const routes = [
    'GET /pets/dog/1',
    'GET /pets/dog/{id}',
    'ANY /pets/dog/{id}',
    'GET /pets/{kind}/1',
    'GET /pets/{proxy+}',
    'ANY /{proxy+}',
    'GET /',
  ];
  const choices = [
    ['GET', '/pets/dog/1', 'GET /pets/dog/1'],
    ['GET', '/pets/dog/2', 'GET /pets/dog/{id}'],
    ['PUT', '/pets/dog/2', 'ANY /pets/dog/{id}'],
    ['PUT', '/pets/dog/1', 'ANY /pets/dog/{id}'],
    ['GET', '/pets/cat/1', 'GET /pets/{kind}/1'],
    ['GET', '/pets/cat/2', 'GET /pets/{proxy+}'],
    ['POST', '/pets/cat/1', 'ANY /{proxy+}'],
    ['POST', '/test/5', 'ANY /{proxy+}'],
    ['GET', '/test%2F5', 'ANY /{proxy+}'],
    ['GET', '/', 'GET /'],
    ['GET', '', 'GET /'],
    ['POST', '/', undefined],
  ] as const;

  it('are chosen by what fits best', async () => {
    const { url } = await deploy({ routes, code: 'return { key: event.routeKey };' });
    for (const [method, path, key] of choices) {
      const answer = await send(url + path, { method });
      const expected = key === undefined ? [404, NOT_FOUND] : [200, JSON.stringify({ key })];
      expect([answer.status, answer.text], `${method} ${path}`).toEqual(expected);
    }
  });

  it('lead nowhere without a match, and all to $default where there is one', async () => {
    const { url } = await deploy({
      routes: ['GET /a', '$default'],
      code: 'return event.routeKey;',
    });
    expect((await send(`${url}/a`)).text).toBe('GET /a');
    expect((await send(`${url}/a`, { method: 'DELETE' })).text).toBe('$default');
    expect((await send(`${url}/a/`)).text).toBe('$default');
  });

  it.each(['GET', 'GET a', 'FETCH /a', 'GET /{a+}/b', 'GET /a{b}', ''])(
    'with the key "%s" are refused',
    async (key) => {
      const made = await engine.create('api', apiTemplate({ routes: [key] }));
      expect(made.StackStatus).toBe('ROLLBACK_COMPLETE');
      const [event] = (await engine.events('api')).filter((each) =>
        each.startsWith('Route0 CREATE_FAILED'),
      );
      expect(event).toContain('The provided route key is not formatted properly');
    },
  );
});

describe('stages', () => {
  it('are below their names, with the name in the path', async () => {
    const { url } = await deploy({
      stage: { StageName: 'prod', StageVariables: { a: 'b' } },
      routes: ['GET /orders', 'GET /'],
      code: 'return [event.rawPath, event.requestContext.stage, event.routeKey];',
    });
    expect((await send(`${url}/prod/orders`)).text).toBe('["/prod/orders","prod","GET /orders"]');
    expect((await send(`${url}/prod`)).text).toBe('["/prod","prod","GET /"]');
    expect((await send(`${url}/orders`)).status).toBe(404);
    expect((await send(url)).text).toBe(NOT_FOUND);
  });

  it('are what was deployed, unless they deploy by themselves', async () => {
    const template = apiTemplate({ routes: ['GET /a'], stage: { AutoDeploy: false } });
    await engine.create('api', template);
    const url = (await engine.stack('api')).Outputs?.[0]?.OutputValue ?? '';
    expect((await send(`${url}/a`)).text).toBe(NOT_FOUND);
    const Deployment = {
      Type: 'AWS::ApiGatewayV2::Deployment',
      DependsOn: ['Route0'],
      Properties: { ApiId: { Ref: 'Api' } },
    };
    const Stage = {
      ...template.Resources.Stage,
      Properties: {
        ...template.Resources.Stage.Properties,
        DeploymentId: { Ref: 'Deployment' },
      },
    };
    const deployed = { ...template, Resources: { ...template.Resources, Deployment, Stage } };
    expect((await engine.update('api', deployed)).StackStatus).toBe('UPDATE_COMPLETE');
    expect((await send(`${url}/a`)).status).toBe(200);
  });

  it('choose the function by their variables, which may lead nowhere', async () => {
    const arn = 'arn:aws:lambda:us-east-1:000000000000:function:';
    const template = apiTemplate({
      code: 'return 7;',
      integration: { IntegrationUri: `${arn}\${stageVariables.fn}` },
    });
    const Stage = (fn: unknown) => ({
      ...template.Resources.Stage,
      Properties: { ...template.Resources.Stage.Properties, StageVariables: { fn } },
    });
    const withStage = (fn: unknown) => ({
      ...template,
      Resources: { ...template.Resources, Stage: Stage(fn) },
    });
    const made = await engine.create('api', withStage({ Ref: 'Fn' }));
    expect(made.StackStatus, (await engine.events('api')).join('\n')).toBe('CREATE_COMPLETE');
    const url = made.Outputs?.[0]?.OutputValue ?? '';
    expect((await send(url)).text).toBe('7');
    await engine.update('api', withStage('none'));
    expect([(await send(url)).status, (await send(url)).text]).toEqual([500, FAILED]);
    await engine.update('api', template);
    expect((await send(url)).text).toBe(FAILED);
  });
});

describe('what an API may do', () => {
  it.each([
    ['/*/*', true],
    ['/*', true],
    ['/$default/GET/orders/{id}', true],
    ['/*/GET/orders/*', true],
    ['/prod/GET/orders/{id}', false],
    ['/*/POST/orders/{id}', false],
    ['/*/$default', false],
  ])(
    'with a permission for %s is to invoke the function of GET /orders/{id}: %s',
    async (source, may) => {
      const { url } = await deploy({ source, routes: ['GET /orders/{id}'] });
      const answer = await send(`${url}/orders/1`);
      expect(answer.status).toBe(may ? 200 : 500);
      if (may) return;
      expect(answer.text).toBe(FAILED);
      expect(answer.headers['x-pubsub-reason']).toContain('allows apigateway.amazonaws.com');
    },
  );

  it('is to invoke that of $default where that is named', async () => {
    const { url } = await deploy({ source: '/*/$default' });
    expect((await send(url)).status).toBe(200);
  });
});

describe('bodies', () => {
  it('are taken as far as Lambda takes the event, and refused above 10 MB', async () => {
    const { url } = await deploy({ code: 'return event.body.length;' });
    const headers = { 'Content-Type': 'text/plain' };
    const put = (bytes: number) =>
      send(url, { method: 'PUT', headers, body: Buffer.alloc(bytes, 'x') });
    expect((await put(6_000_000)).text).toBe('6000000');
    const tooLarge = await put(6_291_457);
    expect([tooLarge.status, tooLarge.text]).toEqual([
      413,
      '{"message":"Request Entity Too Large"}',
    ]);
    expect(tooLarge.headers['x-pubsub-reason']).toContain('Lambda');
    const larger = await put(10 * 1024 * 1024 + 1);
    expect([larger.status, larger.text]).toEqual([413, '{"message":"Request Entity Too Large"}']);
    expect(larger.headers['x-pubsub-reason']).toBeUndefined();
  });
});

describe('CORS', () => {
  const CorsConfiguration = {
    AllowOrigins: ['https://shop.example'],
    AllowMethods: ['GET', 'POST'],
    AllowHeaders: ['content-type', 'x-a'],
    ExposeHeaders: ['x-b'],
    AllowCredentials: true,
    MaxAge: 600,
  };
  const code = `return { statusCode: 200, headers: { 'Access-Control-Allow-Origin': 'https://other.example' } };`;
  const preflight = { Origin: 'https://shop.example', 'Access-Control-Request-Method': 'POST' };

  it('is answered as it is configured, whatever the function says', async () => {
    const { url } = await deploy({ api: { CorsConfiguration }, routes: ['GET /a'], code });
    const asked = await send(`${url}/a`, { method: 'OPTIONS', headers: preflight });
    expect(asked.status).toBe(204);
    expect(asked.headers).toMatchObject({
      'access-control-allow-origin': 'https://shop.example',
      'access-control-allow-methods': 'GET,POST',
      'access-control-allow-headers': 'content-type,x-a',
      'access-control-allow-credentials': 'true',
      'access-control-max-age': '600',
    });
    const got = await send(`${url}/a`, { headers: { Origin: 'https://shop.example' } });
    expect(got.headers).toMatchObject({
      'access-control-allow-origin': 'https://shop.example',
      'access-control-expose-headers': 'x-b',
    });
    const elsewhere = { ...preflight, Origin: 'https://evil.example' };
    for (const method of ['OPTIONS', 'GET']) {
      const { headers } = await send(`${url}/a`, { method, headers: elsewhere });
      const told = Object.keys(headers).filter((name) => name.startsWith('access-control-'));
      expect(told, method).toEqual([]);
    }
  });

  it("is the function's business where it is not configured", async () => {
    const { url } = await deploy({ code });
    const asked = await send(url, { method: 'OPTIONS', headers: preflight });
    expect(asked.headers['access-control-allow-origin']).toBe('https://other.example');
  });

  it('can be taken away again', async () => {
    const { url } = await deploy({ api: { CorsConfiguration }, code });
    await engine.update('api', apiTemplate({ code }));
    const asked = await send(url, { method: 'OPTIONS', headers: preflight });
    expect(asked.headers['access-control-allow-origin']).toBe('https://other.example');
  });
});

describe('where an API is', () => {
  it('is told by outputs, and is the host of the API too', async () => {
    const { url, endpoint, id } = await deploy();
    expect(url).toBe(`${engine.endpoint}/_pubsub/api/${id}`);
    expect(endpoint).toBe(url);
    for (const host of [
      `${id}.execute-api.us-east-1.amazonaws.com`,
      `${id}.execute-api.localhost:4566`,
    ]) {
      for (const method of ['GET', 'POST']) {
        const answer = await send(engine.endpoint, {
          method,
          path: '/x?y=z',
          headers: { Host: host },
        });
        expect(JSON.parse(answer.text)).toMatchObject({ rawPath: '/x', rawQueryString: 'y=z' });
      }
    }
  });

  it('is nowhere once the stack is gone', async () => {
    const { url, id } = await deploy();
    expect((await engine.remove('api')).StackStatus).toBe('DELETE_COMPLETE');
    const answer = await send(url);
    expect([answer.status, answer.text]).toEqual([404, NOT_FOUND]);
    const host = `${id}.execute-api.us-east-1.amazonaws.com`;
    expect((await send(engine.endpoint, { headers: { Host: host } })).status).toBe(403);
  });

  it('stays over a restart on another port', async () => {
    const stateDir = mkdtempSync(join(tmpdir(), 'pubsub-apis-'));
    const first = await stackEngine({ stateDir });
    const { Outputs: before = [] } = await first.create('api', apiTemplate());
    await first.stop();
    const second = await stackEngine({ stateDir });
    try {
      const { Outputs = [] } = await second.stack('api');
      const [url, endpoint] = Outputs.map(({ OutputValue = '' }) => OutputValue);
      expect(url).toBe(before[0]?.OutputValue?.replace(first.endpoint, second.endpoint));
      expect(endpoint).toBe(url);
      expect((await send(`${url}/kept`)).text).toContain('"rawPath":"/kept"');
    } finally {
      await second.stop();
      rmSync(stateDir, { recursive: true, force: true });
    }
  });
});

// Runs a Node.js handler in an execution environment: the Runtime API (2018-06-01) on one side, the user's module on the
// other. It stands alone: it is copied into the package as it is.
import { statSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { pathToFileURL } from 'node:url';
import { format, types } from 'node:util';

const { isNativeError } = types;

const api = process.env.AWS_LAMBDA_RUNTIME_API;
const agent = new Agent({ keepAlive: true });
/** Of the invocation under way, or of the last one; undefined before the first, and written so into the log. */
let requestId;

/** "Lambda has removed support for callback-based function handlers starting with Node.js 24". */
const HAS_CALLBACKS = process.env.AWS_EXECUTION_ENV === 'AWS_Lambda_nodejs22.x';

// Whoever reads the log is the engine: with it gone there is nothing to serve. Without this each line would be an error that
// nobody caught, whose report is the next line. A handler that closes its own output goes on without.
for (const stream of [process.stdout, process.stderr]) {
  // What was printed is in the log, also when the process exits or is killed next.
  stream._handle?.setBlocking?.(true);
  stream.on('error', ({ code }) => {
    if (code === 'EPIPE') process.exit(1);
  });
}

// Lines as Lambda's own runtime writes them: time, request id, level, text.
for (const [method, level] of Object.entries({
  log: 'INFO',
  info: 'INFO',
  debug: 'DEBUG',
  trace: 'TRACE',
  warn: 'WARN',
  error: 'ERROR',
  fatal: 'FATAL',
})) {
  console[method] = (...values) => {
    const text = format(...values).replaceAll('\n', '\r');
    process.stdout.write(`${new Date().toISOString()}\t${requestId}\t${level}\t${text}\n`);
  };
}

const STREAMING = Symbol.for('aws.lambda.runtime.handler.streaming');

/** What handlers that stream their response are declared with ("Response streaming for Lambda functions"). */
globalThis.awslambda = {
  streamifyResponse: (handler) => Object.assign(handler, { [STREAMING]: 'response' }),
  HttpResponseStream: {
    from(stream, prelude) {
      stream.write(JSON.stringify(prelude));
      stream.write(Buffer.alloc(8));
      return stream;
    },
  },
};

function call(method, path, body = '', headers = {}) {
  const [host, port] = api.split(':');
  return new Promise((resolve, reject) => {
    const outgoing = request(
      {
        agent,
        host,
        port,
        method,
        path: `/2018-06-01/runtime/${path}`,
        headers: { 'Content-Length': Buffer.byteLength(body), ...headers },
      },
      (answer) => {
        const chunks = [];
        answer.on('data', (chunk) => chunks.push(chunk));
        answer.on('error', reject);
        answer.on('end', () => {
          resolve({ headers: answer.headers, text: Buffer.concat(chunks).toString('utf8') });
        });
      },
    );
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

function typed(type, message) {
  return Object.assign(new Error(message), { name: type });
}

/** An error as the Runtime API takes it. Anything can be thrown, also what can't be read. */
function errorBody(error) {
  try {
    if (!(isNativeError(error) || error instanceof Error)) {
      return { errorType: typeof error, errorMessage: String(error), trace: [] };
    }
    const { name, message, stack = '' } = error;
    return {
      errorType: String(name),
      errorMessage: String(message),
      trace: String(stack).split('\n'),
    };
  } catch {
    return { errorType: 'handled', errorMessage: 'the error could not be read', trace: [] };
  }
}

/** Headers hold printable ASCII alone. */
function typeHeader({ errorType }) {
  return { 'Lambda-Runtime-Function-Error-Type': errorType.replace(/[^\x20-\x7e]/g, '?') };
}

function logError(what, { trace: stack, ...body }) {
  console.error(`${what} \t${JSON.stringify({ ...body, stack })}`);
}

async function loadModule(file) {
  const root = process.env.LAMBDA_TASK_ROOT;
  const base = join(root, file);
  if (!base.startsWith(root)) throw typed('Runtime.MalformedHandlerName', 'Bad handler');
  const path = ['', '.js', '.mjs', '.cjs', '.ts', '.mts']
    .map((ending) => base + ending)
    .find((each) => statSync(each, { throwIfNoEntry: false })?.isFile());
  try {
    if (path === undefined) {
      return createRequire(join(root, 'index.js'))(`./${file}`);
    }
    return await import(pathToFileURL(path).href);
  } catch (error) {
    const syntax = error instanceof SyntaxError;
    const missing = ['MODULE_NOT_FOUND', 'ERR_MODULE_NOT_FOUND'].includes(error?.code);
    if (syntax) throw typed('Runtime.UserCodeSyntaxError', `SyntaxError: ${error.message}`);
    if (missing) throw typed('Runtime.ImportModuleError', `Error: ${error.message}`);
    throw error;
  }
}

async function loadHandler(name = '') {
  const slash = name.lastIndexOf('/');
  const dot = name.indexOf('.', slash + 1);
  if (dot <= slash + 1 || name.includes('..')) {
    throw typed('Runtime.MalformedHandlerName', `Bad handler '${name}'`);
  }
  const loaded = await loadModule(name.slice(0, dot));
  const path = name.slice(dot + 1).split('.');
  const find = (from) => path.reduce((value, key) => value?.[key], from);
  const handler = find(loaded) ?? find(loaded.default);
  if (handler === undefined) {
    throw typed('Runtime.HandlerNotFound', `${name} is undefined or not exported`);
  }
  if (typeof handler !== 'function') {
    throw typed('Runtime.HandlerNotFound', `${name} is not a function`);
  }
  if (handler.length >= 3 && !handler[STREAMING] && !HAS_CALLBACKS) {
    throw typed(
      'Runtime.CallbackHandlerDeprecated',
      'ERROR: AWS Lambda has removed support for callback-based function handlers starting with Node.js 24. You need to modify this function to use a supported handler signature to use Node.js 24 or later.',
    );
  }
  return handler;
}

/** What handlers get beside the event ("Using the Lambda context object"). */
function contextOf(headers, settle) {
  const deadline = Number(headers['lambda-runtime-deadline-ms']);
  const client = headers['lambda-runtime-client-context'];
  const context = {
    functionName: process.env.AWS_LAMBDA_FUNCTION_NAME,
    functionVersion: process.env.AWS_LAMBDA_FUNCTION_VERSION,
    memoryLimitInMB: process.env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
    logGroupName: process.env.AWS_LAMBDA_LOG_GROUP_NAME,
    logStreamName: process.env.AWS_LAMBDA_LOG_STREAM_NAME,
    invokedFunctionArn: headers['lambda-runtime-invoked-function-arn'],
    awsRequestId: headers['lambda-runtime-aws-request-id'],
    getRemainingTimeInMillis: () => deadline - Date.now(),
  };
  if (HAS_CALLBACKS) {
    Object.assign(context, {
      callbackWaitsForEmptyEventLoop: true,
      done: (error, result) => (error == null ? settle.resolve(result) : settle.reject(error)),
      succeed: settle.resolve,
      fail: (error) => settle.reject(error ?? 'handled'),
    });
  }
  if (client) context.clientContext = JSON.parse(client);
  return context;
}

/** What becomes of the invocation when nothing is left that could go on with it. */
let whenIdle = () => {};
process.on('beforeExit', () => whenIdle());

const NEVER_SETTLED =
  'The Lambda runtime client detected an unexpected Node.js exit code. This is most commonly caused by a Promise that was not settled. For more information, see https://nodejs.org/docs/latest/api/process.html#exit-codes';

/**
 * Calls a handler: one that returns a promise, one that calls back, and from Node.js 24 on one that returns its result.
 * What a handler calls back with is the answer when nothing is left to do, unless it said not to wait for that.
 */
function run(handler, event, headers) {
  return new Promise((resolve, reject) => {
    const context = contextOf(headers, { resolve, reject });
    let calledBack = false;
    const callback = (error, result) => {
      if (calledBack) return;
      calledBack = true;
      if (error != null) reject(error);
      else if (context.callbackWaitsForEmptyEventLoop) whenIdle = () => resolve(result);
      else resolve(result);
    };
    // A handler that neither returns a promise nor calls back ends with its event loop, without a value.
    whenIdle = () => resolve(null);
    const returned = HAS_CALLBACKS ? handler(event, context, callback) : handler(event, context);
    if (typeof returned?.then === 'function') {
      if (!calledBack) whenIdle = () => reject(typed('Runtime.NodeJsExit', NEVER_SETTLED));
      returned.then(resolve, reject);
    } else if (!HAS_CALLBACKS) resolve(returned);
  }).finally(() => {
    whenIdle = () => {};
  });
}

/** Calls a handler that streams. The response is gathered: whoever invokes gets it whole. */
async function runStreaming(handler, event, headers) {
  const chunks = [];
  const stream = new Writable({
    objectMode: true,
    write(chunk, encoding, done) {
      if (typeof chunk === 'string') chunks.push(Buffer.from(chunk, encoding));
      else chunks.push(Buffer.from(chunk instanceof Uint8Array ? chunk : JSON.stringify(chunk)));
      done();
    },
  });
  stream.setContentType = () => {};
  const ended = finished(stream);
  ended.catch(() => {});
  const context = contextOf(headers, {
    resolve: () => {},
    reject: (error) => stream.destroy(error),
  });
  whenIdle = () => stream.destroy(new Error('Response stream is not finished.'));
  try {
    const returned = handler(event, stream, context);
    if (typeof returned?.then !== 'function') {
      throw new Error('Streaming does not support non-async handlers.');
    }
    await Promise.race([returned, ended.then(() => returned)]);
    await ended;
    return Buffer.concat(chunks);
  } finally {
    whenIdle = () => {};
  }
}

/** The answer as JSON; without a value, `null`. */
function serialize(result) {
  try {
    return JSON.stringify(result ?? null) ?? 'null';
  } catch {
    const message = 'Unable to stringify response body';
    throw HAS_CALLBACKS ? new Error(message) : typed('Runtime.JSONStringifyError', message);
  }
}

/** Whether the process is about to end: it takes no more events. */
let isLeaving = false;

async function serve(handler) {
  while (!isLeaving) {
    const { headers, text } = await call('GET', 'invocation/next');
    requestId = headers['lambda-runtime-aws-request-id'];
    process.env._X_AMZN_TRACE_ID = headers['lambda-runtime-trace-id'] ?? '';
    let body;
    try {
      const event = JSON.parse(text);
      body = handler[STREAMING]
        ? await runStreaming(handler, event, headers)
        : serialize(await run(handler, event, headers));
    } catch (error) {
      if (!isLeaving) await fail(error);
      continue;
    }
    if (!isLeaving) await call('POST', `invocation/${requestId}/response`, body);
  }
}

async function fail(error) {
  const body = errorBody(error);
  logError('Invoke Error', body);
  await call('POST', `invocation/${requestId}/error`, JSON.stringify(body), typeHeader(body));
}

async function failInit(error) {
  const body = errorBody(error);
  logError('Uncaught Exception', body);
  await call('POST', 'init/error', JSON.stringify(body), typeHeader(body));
}

/** What nobody caught ends the process, as Lambda's own runtime does, once it is told. */
for (const [event, type, status] of [
  ['uncaughtException', undefined, 129],
  ['unhandledRejection', 'Runtime.UnhandledPromiseRejection', 128],
]) {
  process.on(event, (reason) => {
    const error = type === undefined ? reason : typed(type, String(reason));
    const leave = () => process.exit(status);
    isLeaving = true;
    (requestId === undefined ? failInit(error) : fail(error)).then(leave, leave);
  });
}

try {
  const handler = await loadHandler(process.env._HANDLER);
  await serve(handler);
  // Whoever said that it is leaving ends the process.
} catch (error) {
  await failInit(error).catch(() => undefined);
  process.exit(1);
}

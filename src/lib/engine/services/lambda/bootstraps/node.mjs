// Runs a Node.js handler in an execution environment: the Runtime API (2018-06-01) on one side, the user's module on the
// other. It stands alone: it is copied into the package as it is.
import { existsSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { format } from 'node:util';

const api = process.env.AWS_LAMBDA_RUNTIME_API;
const agent = new Agent({ keepAlive: true });
let requestId = '';

// Whoever reads the log is the engine: with it gone there is nothing to serve. Without this each line would be an error that
// nobody caught, whose report is the next line.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => process.exit(1));

// Lines as Lambda's own runtime writes them: time, request id, level, text.
for (const [method, level] of Object.entries({
  log: 'INFO',
  info: 'INFO',
  debug: 'DEBUG',
  trace: 'TRACE',
  warn: 'WARN',
  error: 'ERROR',
})) {
  console[method] = (...values) => {
    const text = format(...values).replaceAll('\n', '\r');
    process.stdout.write(`${new Date().toISOString()}\t${requestId}\t${level}\t${text}\n`);
  };
}

// Whoever reads the log is gone: there is nobody left to run for.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => process.exit(1));

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

/** An error as the Runtime API takes it. */
function errorBody(error) {
  if (!(error instanceof Error)) {
    return { errorType: typeof error, errorMessage: String(error), trace: [] };
  }
  const { name, message, stack = '' } = error;
  return { errorType: name, errorMessage: message, trace: stack.split('\n') };
}

async function loadModule(file) {
  const root = process.env.LAMBDA_TASK_ROOT;
  const base = join(root, file);
  if (!base.startsWith(root)) throw typed('Runtime.MalformedHandlerName', 'Bad handler');
  const path = ['', '.js', '.mjs', '.cjs', '.ts', '.mts']
    .map((ending) => base + ending)
    .find((each) => existsSync(each) && !each.endsWith('/'));
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
  if (handler.length >= 3 && process.env.AWS_EXECUTION_ENV === 'AWS_Lambda_nodejs24.x') {
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
    callbackWaitsForEmptyEventLoop: true,
    functionName: process.env.AWS_LAMBDA_FUNCTION_NAME,
    functionVersion: process.env.AWS_LAMBDA_FUNCTION_VERSION,
    memoryLimitInMB: process.env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
    logGroupName: process.env.AWS_LAMBDA_LOG_GROUP_NAME,
    logStreamName: process.env.AWS_LAMBDA_LOG_STREAM_NAME,
    invokedFunctionArn: headers['lambda-runtime-invoked-function-arn'],
    awsRequestId: headers['lambda-runtime-aws-request-id'],
    getRemainingTimeInMillis: () => deadline - Date.now(),
    done: (error, result) => (error ? settle.reject(error) : settle.resolve(result)),
    succeed: (result) => settle.resolve(result),
    fail: (error) => settle.reject(error ?? new Error('failed')),
  };
  if (client) context.clientContext = JSON.parse(client);
  return context;
}

/** What becomes of the invocation when nothing is left that could go on with it. */
let whenIdle = () => {};
process.on('beforeExit', () => whenIdle());

const NEVER_SETTLED =
  'The Lambda runtime client detected an unexpected Node.js exit code. This is most commonly caused by a Promise that was not settled. For more information, see https://nodejs.org/docs/latest/api/process.html#exit-codes';

/** Calls a handler of either kind: one that returns a promise, or one that calls back. */
function run(handler, event, headers) {
  return new Promise((resolve, reject) => {
    const context = contextOf(headers, { resolve, reject });
    const callback = (error, result) => context.done(error, result);
    // A handler that neither returns nor calls back ends with its event loop, without a value.
    whenIdle = () => resolve(null);
    const returned = handler(event, context, callback);
    if (typeof returned?.then === 'function') {
      whenIdle = () => reject(typed('Runtime.NodeJsExit', NEVER_SETTLED));
      returned.then(resolve, reject);
    } else if (handler.length < 3) resolve(returned);
  }).finally(() => {
    whenIdle = () => {};
  });
}

async function serve(handler) {
  for (;;) {
    const { headers, text } = await call('GET', 'invocation/next');
    requestId = headers['lambda-runtime-aws-request-id'];
    process.env._X_AMZN_TRACE_ID = headers['lambda-runtime-trace-id'] ?? '';
    try {
      const result = await run(handler, JSON.parse(text), headers);
      const body = JSON.stringify(result ?? null) ?? 'null';
      await call('POST', `invocation/${requestId}/response`, body);
    } catch (error) {
      await fail(error);
    }
  }
}

async function fail(error) {
  const body = errorBody(error);
  console.error(`Invoke Error \t${JSON.stringify({ ...body, stack: body.trace })}`);
  await call('POST', `invocation/${requestId}/error`, JSON.stringify(body), {
    'Lambda-Runtime-Function-Error-Type': body.errorType,
  });
}

/** What nobody caught ends the process, as Lambda's own runtime does, once it is told. */
for (const [event, type] of [
  ['uncaughtException', undefined],
  ['unhandledRejection', 'Runtime.UnhandledPromiseRejection'],
]) {
  process.on(event, (reason) => {
    const error = type === undefined ? reason : typed(type, String(reason));
    const leave = () => process.exit(type === undefined ? 129 : 128);
    if (requestId === '') leave();
    else fail(error).then(leave, leave);
  });
}

try {
  const handler = await loadHandler(process.env._HANDLER);
  await serve(handler);
} catch (error) {
  const body = errorBody(error);
  console.error(`Uncaught Exception \t${JSON.stringify({ ...body, stack: body.trace })}`);
  await call('POST', 'init/error', JSON.stringify(body)).catch(() => undefined);
  process.exit(1);
}

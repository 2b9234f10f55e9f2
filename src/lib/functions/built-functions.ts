import { existsSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { SubscriberSpec, Topology } from '../definition/topology.ts';
import { usageError } from '../rules/errors.ts';
import { type CodePackage, packageFolders } from './package-code.ts';
import { typescriptStem } from './typescript.ts';

/**
 * Functions that come with this package, each built into a folder: the order API on a DynamoDB table, and what runs the
 * handler of a topology's subscriber.
 */
export type BuiltFunction = 'orders-api' | 'subscriber';

/** How each of them is run. They need no more than what stands in their folder, and the SDK is in it. */
export const BUILT_FUNCTION = { runtime: 'nodejs24.x', handler: 'index.handler' } as const;

/** A function's code, in one of two forms, with the environment that goes with that form. */
export interface BuiltCode {
  /** For the engine: `S3Key` beside `S3Bucket: hot-reload`. */
  readonly folder: string;
  readonly folderEnvironment: Readonly<Record<string, string>>;
  /** For AWS: of one build always the same bytes. */
  zip(): CodePackage;
  readonly zipEnvironment: Readonly<Record<string, string>>;
}

/** From dist/, from dist/chunks/, and from this file among the sources. */
const FOLDERS = ['./lambda/', '../lambda/', '../../../dist/lambda/'];
/** Where a zip has the handlers of a topology. */
const HANDLERS = 'handlers/';

/**
 * The order API. Its environment has to say `TABLE_NAME`, a table as `ORDERS_TABLE` describes it, and `TOPIC_ARN`;
 * `PUBSUB_API_TOKEN` where callers are to bring one. @throws Error where nothing was built.
 */
export function ordersApiCode(): BuiltCode {
  const folder = builtFolder('orders-api');
  return {
    folder,
    folderEnvironment: {},
    zip: () => packageFolders('orders-api', [{ path: folder, prefix: '' }]),
    zipEnvironment: {},
  };
}

/**
 * What runs the module that a topology names for a subscriber. With `TABLE_NAME` in its environment, a table with the keys
 * `pk` (text) and `id` (number), each event is handled once.
 * @returns undefined where the subscriber's handler is no module.
 * @throws Error where nothing was built.
 */
export function subscriberCode(
  { folder: home }: Pick<Topology, 'folder'>,
  { name, handler }: Pick<SubscriberSpec, 'name' | 'handler'>,
): BuiltCode | undefined {
  if (handler === undefined || !('module' in handler)) return undefined;
  const module = resolve(home ?? '', handler.module);
  const folder = builtFolder('subscriber');
  const file = basename(module);
  const stem = typescriptStem(file);
  const said = { PUBSUB_SUBSCRIBER: name };
  return {
    folder,
    folderEnvironment: { ...said, PUBSUB_HANDLER: module },
    zip: () => {
      assertModule(name, module);
      return packageFolders(name, [
        { path: folder, prefix: '' },
        { path: dirname(module), prefix: HANDLERS },
      ]);
    },
    zipEnvironment: {
      ...said,
      PUBSUB_HANDLER: HANDLERS + (stem === undefined ? file : `${stem}.mjs`),
    },
  };
}

/** @throws AppError `HandlerNotFound` (exit 2). */
function assertModule(subscriber: string, path: string): void {
  if (existsSync(path)) return;
  throw usageError(
    `The handler of ${subscriber} isn't there: ${path}`,
    `Say where it is: subscribers: { ${subscriber}: { handler: { module: … } } }`,
    'HandlerNotFound',
  );
}

function builtFolder(name: BuiltFunction): string {
  for (const folder of FOLDERS) {
    const path = fileURLToPath(new URL(folder + name, import.meta.url));
    if (existsSync(path)) return path;
  }
  throw new Error(`dist/lambda/${name} is missing: run npm run build`);
}

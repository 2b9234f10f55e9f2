import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Backoff, backoffDelay } from '../../aws/backoff.ts';
import type { Env } from '../../config/folders.ts';
import { isRecord } from '../../events/json-value.ts';
import { AppError } from '../../rules/errors.ts';
import { shownText } from '../../rules/text/shown-text.ts';
import {
  type ExchangeAnswer,
  type ExchangeRequest,
  exchange,
  type Payload,
  readBody,
} from './http-exchange.ts';
import { type ImageReference, registryUrl } from './reference.ts';
import { createAuth, denied, ecrRegistry, type RegistryLogin } from './registry-auth.ts';

/** What a manifest says of a blob ("OCI Content Descriptors"). */
export interface Descriptor {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
}

/** A manifest or an index, to the letter. */
export interface FetchedManifest {
  readonly mediaType: string;
  readonly digest: string;
  readonly bytes: Buffer;
}

/** One repository of a registry. Everything throws AppError: `RegistryDenied`, `RegistryUnreachable`, `RegistryRefused`. */
export interface Registry {
  /** @param reference a tag or a digest. @throws AppError `ImageNotFound` */
  manifest(reference: string): Promise<FetchedManifest>;
  /** A small blob as a whole. */
  blob(descriptor: Descriptor): Promise<Buffer>;
  /** Writes a blob into a file, and checks it. */
  download(descriptor: Descriptor, file: string): Promise<void>;
  hasBlob(digest: string): Promise<boolean>;
  /** Uploads a blob: one POST, one PUT with all of it. */
  upload(digest: string, payload: Payload): Promise<void>;
  putManifest(reference: string, manifest: FetchedManifest): Promise<void>;
}

/** What `openRegistry` needs. */
export interface RegistryOptions {
  readonly reference: ImageReference;
  readonly actions: 'pull' | 'pull,push';
  readonly login: () => Promise<RegistryLogin | undefined>;
  readonly env: Env;
  readonly signal: AbortSignal;
}

/** Media types of manifests and indexes that are read ("Image Manifest V 2, Schema 2" and OCI). */
export const MANIFEST_TYPES = {
  ociIndex: 'application/vnd.oci.image.index.v1+json',
  dockerList: 'application/vnd.docker.distribution.manifest.list.v2+json',
  oci: 'application/vnd.oci.image.manifest.v1+json',
  docker: 'application/vnd.docker.distribution.manifest.v2+json',
} as const;

const MAX_MANIFEST_BYTES = 4 * 1024 * 1024;
const MAX_ERROR_BYTES = 64 * 1024;
const MAX_TRIES = 4;
/** Milliseconds between tries. */
const BACKOFF: Backoff = { first: 300, most: 5_000 };
/** Seconds that a registry may ask to wait for. */
const MAX_RETRY_AFTER_SECONDS = 30;
const RETRIED: readonly number[] = [408, 429, 500, 502, 503, 504];
/** Answers to one request's refusals: a token may have run out, and the next one is asked for anew. */
const MAX_REFUSALS = 2;

/** What is worth another try. */
class Passing extends Error {
  /** To wait; as the backoff says unless given. */
  readonly delayMs: number | undefined;

  constructor(message: string, delayMs?: number, cause?: unknown) {
    super(message, { cause });
    this.delayMs = delayMs;
  }
}

/** The digest of bytes. */
export function digestOf(bytes: Buffer): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}

/** Talks to one repository (OCI Distribution Specification). Calls nobody before it is asked for something. */
export function openRegistry(options: RegistryOptions): Registry {
  const { reference, actions, login, env, signal } = options;
  const { registry, repository } = reference;
  const root = registryUrl(registry);
  const path = `${root}/v2/${repository}`;
  const send = (request: ExchangeRequest): Promise<ExchangeAnswer> =>
    exchange(request, env, signal);
  const auth = createAuth({ registry, scope: `repository:${repository}:${actions}`, login, send });

  /** Sends once, again with what the registry asks for. @throws Passing for what may go better the next time. */
  const ask = async (
    request: Omit<ExchangeRequest, 'headers'> & { headers?: Record<string, string> },
  ) => {
    for (let refusals = 0; ; refusals++) {
      const own = new URL(request.url).origin === new URL(root).origin;
      const header = own ? auth.header() : undefined;
      const headers = { ...request.headers, ...(header && { authorization: header }) };
      const answer = await send({ ...request, headers }).catch((error: Error) => {
        throw signal.aborted ? error : new Passing(error.message, undefined, error);
      });
      if (RETRIED.includes(answer.status)) {
        answer.body.resume();
        throw new Passing(`it answers ${answer.status}`, retryAfter(answer));
      }
      if (answer.status !== 401) return answer;
      const canTry = refusals < MAX_REFUSALS && (await auth.answer(answer));
      answer.body.resume();
      if (!canTry) throw denied(registry, header ? 'the login is not right' : 'there is no login');
    }
  };

  const tried = async <T>(attempt: () => Promise<T>): Promise<T> => {
    for (let failures = 1; ; failures++) {
      try {
        return await attempt();
      } catch (error) {
        if (!(error instanceof Passing)) throw error;
        if (failures === MAX_TRIES) throw unreachable(registry, error);
        await sleep(error.delayMs ?? backoffDelay(BACKOFF, failures), undefined, { signal });
      }
    }
  };

  const expect = async (answer: ExchangeAnswer, statuses: readonly number[], what: string) => {
    if (statuses.includes(answer.status)) return answer;
    throw await refused(reference, answer, what);
  };

  return {
    manifest: (wanted) =>
      tried(async () => {
        const accept = Object.values(MANIFEST_TYPES).join(', ');
        const answer = await ask({
          method: 'GET',
          url: `${path}/manifests/${wanted}`,
          headers: { accept },
        });
        await expect(answer, [200], `give ${wanted}`);
        const bytes = await read(answer, MAX_MANIFEST_BYTES);
        const digest = digestOf(bytes);
        if (wanted.startsWith('sha256:') && wanted !== digest) throw mismatch(registry, wanted);
        const mediaType = (answer.headers['content-type'] ?? '').split(';')[0]?.trim() ?? '';
        return { mediaType, digest, bytes };
      }),
    blob: ({ digest, size }) =>
      tried(async () => {
        const answer = await ask({ method: 'GET', url: `${path}/blobs/${digest}` });
        await expect(answer, [200], `give ${digest}`);
        const bytes = await read(answer, Math.min(size, MAX_MANIFEST_BYTES));
        if (digestOf(bytes) !== digest) throw mismatch(registry, digest);
        return bytes;
      }),
    download: ({ digest, size }, file) =>
      tried(async () => {
        const answer = await ask({ method: 'GET', url: `${path}/blobs/${digest}` });
        await expect(answer, [200], `give ${digest}`);
        const hash = createHash('sha256');
        let written = 0;
        const counted = async function* (chunks: AsyncIterable<Buffer>) {
          for await (const chunk of chunks) {
            hash.update(chunk);
            written += chunk.length;
            yield chunk;
          }
        };
        await pipeline(answer.body, counted, createWriteStream(file), { signal }).catch(
          (error: Error) => {
            throw signal.aborted ? error : new Passing(error.message, undefined, error);
          },
        );
        if (written < size) throw new Passing('it ends too early');
        if (`sha256:${hash.digest('hex')}` !== digest) throw mismatch(registry, digest);
      }),
    hasBlob: (digest) =>
      tried(async () => {
        const answer = await ask({ method: 'HEAD', url: `${path}/blobs/${digest}` });
        answer.body.resume();
        // A repository that isn't there yet has no blob; that it can't be made, the upload says.
        if (answer.status === 404) return false;
        await expect(answer, [200], `look for ${digest}`);
        return true;
      }),
    upload: (digest, body) =>
      tried(async () => {
        const begun = await ask({ method: 'POST', url: `${path}/blobs/uploads/` });
        // ECR answers 201 where the specification says 202.
        await expect(begun, [202, 201], 'take a layer');
        begun.body.resume();
        const url = new URL(begun.headers.location ?? '', `${path}/`);
        url.searchParams.set('digest', digest);
        const headers = { 'content-type': 'application/octet-stream' };
        const ended = await ask({ method: 'PUT', url: url.href, headers, body });
        // An upload that is gone is begun anew.
        if (ended.status === 404) throw new Passing('it forgot an upload');
        await expect(ended, [201], `take ${digest}`);
        ended.body.resume();
      }),
    putManifest: (wanted, { mediaType, bytes }) =>
      tried(async () => {
        const url = `${path}/manifests/${wanted}`;
        const headers = { 'content-type': mediaType };
        const answer = await ask({ method: 'PUT', url, headers, body: bytes });
        await expect(answer, [201], 'take the manifest');
        answer.body.resume();
      }),
  };
}

async function read(answer: ExchangeAnswer, most: number): Promise<Buffer> {
  return readBody(answer, most).catch((error: Error) => {
    throw new Passing(error.message, undefined, error);
  });
}

function retryAfter({ headers }: ExchangeAnswer): number | undefined {
  const seconds = Number(headers['retry-after']);
  return seconds > 0 ? Math.min(seconds, MAX_RETRY_AFTER_SECONDS) * 1000 : undefined;
}

function unreachable(registry: string, cause: Error): AppError {
  return new AppError({
    code: 'RegistryUnreachable',
    message: `${registry} can't be reached: ${cause.message}, ${MAX_TRIES} times.`,
    hint: 'Check the name, the network and HTTPS_PROXY.',
    cause,
  });
}

function mismatch(registry: string, digest: string): AppError {
  return new AppError({
    code: 'DigestMismatch',
    message: `What ${registry} gives as ${digest} is something else.`,
    hint: 'Somebody between here and there changes it, or the registry is broken.',
  });
}

async function refused(
  { registry, repository }: ImageReference,
  answer: ExchangeAnswer,
  what: string,
): Promise<AppError> {
  const text = (await readBody(answer, MAX_ERROR_BYTES).catch(() => Buffer.alloc(0))).toString();
  const { code, message } = firstError(text);
  if (answer.status === 403) return denied(registry, message ?? `it refuses to ${what}`);
  const isMissing = answer.status === 404;
  const isEcr = ecrRegistry(registry) !== undefined;
  return new AppError({
    code: isMissing ? 'ImageNotFound' : 'RegistryRefused',
    message: `${registry} refuses to ${what} of ${repository}: ${[code, message].filter(Boolean).join(', ') || answer.status}.`,
    hint:
      isMissing && isEcr
        ? `aws ecr create-repository --repository-name ${repository} --image-tag-mutability IMMUTABLE`
        : 'Check the name of the image.',
  });
}

/** The first error of a registry's answer (OCI Distribution Specification, "Error codes"). */
function firstError(text: string): { readonly code?: string; readonly message?: string } {
  try {
    const { errors } = JSON.parse(text);
    const first: unknown = Array.isArray(errors) ? errors[0] : undefined;
    if (!isRecord(first)) return {};
    const { code, message } = first;
    return {
      ...(typeof code === 'string' && { code: shownText(code) }),
      ...(typeof message === 'string' && { message: shownText(message) }),
    };
  } catch {
    return {};
  }
}

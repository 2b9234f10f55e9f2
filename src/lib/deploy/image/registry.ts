import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import type { Payload } from './http-exchange.ts';
import { mismatch } from './registry-errors.ts';
import { Passing, type RegistryOptions, RegistryRequests } from './registry-requests.ts';

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

/** Media types of manifests and indexes that are read ("Image Manifest V 2, Schema 2" and OCI). */
export const MANIFEST_TYPES = {
  ociIndex: 'application/vnd.oci.image.index.v1+json',
  dockerList: 'application/vnd.docker.distribution.manifest.list.v2+json',
  oci: 'application/vnd.oci.image.manifest.v1+json',
  docker: 'application/vnd.docker.distribution.manifest.v2+json',
} as const;

const MAX_MANIFEST_BYTES = 4 * 1024 * 1024;

/** The digest of bytes. */
export function digestOf(bytes: Buffer): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}

/** Talks to one repository (OCI Distribution Specification). Calls nobody before it is asked for something. */
export function openRegistry(options: RegistryOptions): Registry {
  const requests = new RegistryRequests(options);
  return {
    manifest: (reference) => requests.tried(() => getManifest(requests, reference)),
    blob: (descriptor) => requests.tried(() => getBlob(requests, descriptor)),
    download: (descriptor, file) => requests.tried(() => download(requests, descriptor, file)),
    hasBlob: (digest) => requests.tried(() => hasBlob(requests, digest)),
    upload: (digest, payload) => requests.tried(() => upload(requests, digest, payload)),
    putManifest: (reference, manifest) =>
      requests.tried(() => putManifest(requests, reference, manifest)),
  };
}

async function getManifest(
  requests: RegistryRequests,
  reference: string,
): Promise<FetchedManifest> {
  const url = `${requests.path}/manifests/${reference}`;
  const headers = { accept: Object.values(MANIFEST_TYPES).join(', ') };
  const answer = await requests.expect({ method: 'GET', url, headers }, [200], `give ${reference}`);
  const bytes = await requests.read(answer, MAX_MANIFEST_BYTES);
  const digest = digestOf(bytes);
  if (reference.startsWith('sha256:') && reference !== digest) {
    throw mismatch(requests.registry, reference);
  }
  const mediaType = (answer.headers['content-type'] ?? '').split(';')[0]?.trim() ?? '';
  return { mediaType, digest, bytes };
}

function askForBlob(requests: RegistryRequests, digest: string) {
  const url = `${requests.path}/blobs/${digest}`;
  return requests.expect({ method: 'GET', url }, [200], `give ${digest}`);
}

async function getBlob(requests: RegistryRequests, { digest, size }: Descriptor): Promise<Buffer> {
  const answer = await askForBlob(requests, digest);
  const bytes = await requests.read(answer, Math.min(size, MAX_MANIFEST_BYTES));
  if (digestOf(bytes) !== digest) throw mismatch(requests.registry, digest);
  return bytes;
}

async function download(
  requests: RegistryRequests,
  { digest, size }: Descriptor,
  file: string,
): Promise<void> {
  const answer = await askForBlob(requests, digest);
  const hash = createHash('sha256');
  let written = 0;
  const counted = async function* (chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    for await (const chunk of chunks) {
      hash.update(chunk);
      written += chunk.length;
      yield chunk;
    }
  };
  const { signal } = requests;
  await pipeline(answer.body, counted, createWriteStream(file), { signal }).catch((error: Error) =>
    requests.passing(error),
  );
  if (written < size) throw new Passing('it ends too early');
  if (`sha256:${hash.digest('hex')}` !== digest) throw mismatch(requests.registry, digest);
}

async function hasBlob(requests: RegistryRequests, digest: string): Promise<boolean> {
  const url = `${requests.path}/blobs/${digest}`;
  // A repository that isn't there yet has no blob; that it can't be made, the upload says.
  const answer = await requests.expect({ method: 'HEAD', url }, [200, 404], `look for ${digest}`);
  answer.body.resume();
  return answer.status === 200;
}

/** One POST and one PUT with everything: of an upload in parts, ECR keeps the first part alone. */
async function upload(requests: RegistryRequests, digest: string, body: Payload): Promise<void> {
  const begin = { method: 'POST', url: `${requests.path}/blobs/uploads/` } as const;
  // ECR answers 201 where the specification says 202.
  const begun = await requests.expect(begin, [202, 201], 'take a layer');
  begun.body.resume();
  const { location } = begun.headers;
  if (location === undefined) throw new Passing("it doesn't say where to upload to");
  const url = new URL(location, `${requests.path}/`);
  url.searchParams.set('digest', digest);
  const headers = { 'content-type': 'application/octet-stream' };
  const put = { method: 'PUT', url: url.href, headers, body } as const;
  const ended = await requests.expect(put, [201, 404], `take ${digest}`);
  ended.body.resume();
  // An upload that is gone is begun anew.
  if (ended.status === 404) throw new Passing('it forgot an upload');
}

async function putManifest(
  requests: RegistryRequests,
  reference: string,
  { mediaType, bytes }: FetchedManifest,
): Promise<void> {
  const url = `${requests.path}/manifests/${reference}`;
  const headers = { 'content-type': mediaType };
  const put = { method: 'PUT', url, headers, body: bytes } as const;
  const answer = await requests.expect(put, [201], 'take the manifest');
  answer.body.resume();
}

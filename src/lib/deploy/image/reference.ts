import { isLoopbackUrl } from '../../config/loopback.ts';
import { usageError } from '../../rules/errors.ts';
import { shownText } from '../../rules/text/shown-text.ts';

/** A repository of a registry, with what is meant of it ("distribution/reference", OCI Distribution Specification). */
export interface ImageReference {
  /** Host, with a port where one is given. */
  readonly registry: string;
  readonly repository: string;
  readonly tag: string | undefined;
  /** `sha256:` and 64 digits. */
  readonly digest: string | undefined;
}

const DOCKER_HUB = 'docker.io';
const HOST = /^(?:localhost|[^/]*[.:][^/]*)$/;
const PART = '[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*';
const REPOSITORY = new RegExp(`^${PART}(?:/${PART})*$`);
const TAG = /^\w[\w.-]{0,127}$/;
const DIGEST = /^sha256:[0-9a-f]{64}$/;

/**
 * Reads `registry/repository[:tag][@digest]`; a name without a host is one of Docker Hub.
 * @param flag whose value it is, for the error. @throws AppError (exit 2).
 */
export function parseReference(flag: string, text: string): ImageReference {
  const [name = '', digest] = text.split('@', 2);
  const slash = name.indexOf('/');
  const hasHost = slash > 0 && HOST.test(name.slice(0, slash));
  const registry = hasHost ? name.slice(0, slash) : DOCKER_HUB;
  const [path = '', tag] = (hasHost ? name.slice(slash + 1) : name).split(':', 2);
  const isOfficial = registry === DOCKER_HUB && !path.includes('/');
  const repository = isOfficial ? `library/${path}` : path;
  const isValid =
    URL.canParse(`https://${registry}/`) &&
    REPOSITORY.test(repository) &&
    (tag === undefined || TAG.test(tag)) &&
    (digest === undefined || DIGEST.test(digest));
  if (isValid) return { registry, repository, tag, digest };
  throw usageError(
    `${flag} must be an image such as registry.example/team/app:1.0, not "${shownText(text)}".`,
    'Names of repositories are in lower case; a digest is sha256: and 64 digits.',
    'InvalidImageName',
  );
}

/** A reference as it is written. */
export function shownReference({ registry, repository, tag, digest }: ImageReference): string {
  const behind = (mark: string, part: string | undefined) =>
    part === undefined ? '' : mark + part;
  return `${registry}/${repository}${behind(':', tag)}${behind('@', digest)}`;
}

/** Where a registry answers: over http on this machine alone, as Docker does it. */
export function registryUrl(registry: string): string {
  if (registry === DOCKER_HUB) return 'https://registry-1.docker.io';
  const plain = `http://${registry}`;
  return isLoopbackUrl(plain) ? plain : `https://${registry}`;
}

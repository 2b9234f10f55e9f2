/** Codes of certificates that can't be trusted (Node.js documentation, TLS, "X509 certificate error codes"). */
const UNTRUSTED =
  /^(UNABLE_TO_|CERT_|CRL_|DEPTH_ZERO_SELF_SIGNED|SELF_SIGNED_CERT|ERROR_IN_C|INVALID_CA|INVALID_PURPOSE|PATH_LENGTH_EXCEEDED)/;

/** What a connection failed with. */
interface ConnectionFailure {
  readonly code?: string;
  readonly message: string;
  /** The server's, where its name is the problem. */
  readonly cert?: { readonly subjectaltname?: string };
  readonly cause?: unknown;
}

/** Whom a connection was made to. */
export interface TlsPeer {
  /** An address, or words for one. */
  readonly place: string;
  /** The proxy that https goes through. */
  readonly proxy?: string | undefined;
  /** The file of the certificates that are trusted in place of Node's own. */
  readonly caBundle?: string | undefined;
}

/** What is wrong, and what helps. */
export interface TlsProblem {
  /** A clause, without a full stop. */
  readonly reason: string;
  readonly hint: string;
}

/** Why no encrypted connection came to be, also where another failure tells of it; undefined where that isn't why. */
export function tlsProblem(error: unknown, peer: TlsPeer): TlsProblem | undefined {
  for (let each = error; each instanceof Error; each = each.cause) {
    const found = problemOf(each as ConnectionFailure, peer);
    if (found !== undefined) return found;
  }
  return undefined;
}

function problemOf(
  { code = '', message, cert }: ConnectionFailure,
  peer: TlsPeer,
): TlsProblem | undefined {
  const { place, caBundle } = peer;
  // OpenSSL's reason; Node.js 20 gives it no code of its own but EPROTO.
  if (code === 'ERR_SSL_WRONG_VERSION_NUMBER' || /wrong version number/.test(message)) {
    return withoutTls(peer);
  }
  const isElsewhere = !place.startsWith('https:');
  const between = 'A proxy may be reading the traffic';
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') {
    const names = cert?.subjectaltname?.replaceAll(/(DNS|IP Address):/g, '') ?? 'another';
    return {
      reason: `the certificate of ${place} is for another name (${code})`,
      hint: isElsewhere
        ? `${between}: its certificate is for ${names}.`
        : `Use a name that it is for: ${names}`,
    };
  }
  if (code === 'CERT_HAS_EXPIRED' || code === 'CERT_NOT_YET_VALID') {
    const when = code === 'CERT_HAS_EXPIRED' ? 'has expired' : 'is not valid yet';
    return {
      reason: `the certificate of ${place} ${when} (${code})`,
      hint: isElsewhere
        ? `Check this machine's clock: date. ${between}.`
        : "Renew it there, and check this machine's clock: date",
    };
  }
  if (!UNTRUSTED.test(code)) return undefined;
  const name = 'export AWS_CA_BUNDLE=/path/to/ca.pem';
  return {
    reason: `this machine does not trust the certificate of ${place} (${code})`,
    hint:
      caBundle !== undefined
        ? `${caBundle} doesn't hold the certificate of who signed it: add that.`
        : isElsewhere
          ? `${between}. Name its certificate: ${name}`
          : `Name the certificates to trust: ${name}`,
  };
}

function withoutTls({ place, proxy }: TlsPeer): TlsProblem {
  if (proxy?.startsWith('https:')) {
    return {
      reason: `the proxy ${proxy} answers, but not in TLS`,
      hint: 'Write http:// in HTTPS_PROXY where the proxy itself takes no TLS.',
    };
  }
  return {
    reason: `${place} answers, but not in TLS`,
    hint: place.startsWith('https:')
      ? `Where it takes plain HTTP, use: ${place.replace(/^https:/, 'http:')}`
      : 'Another server may answer in its place: check HTTPS_PROXY, and the name server.',
  };
}

/** Codes of certificates that can't be trusted (Node.js documentation, TLS, "X509 certificate error codes"). */
const CERTIFICATE_CODES =
  /^(UNABLE_TO_|CERT_|CRL_|DEPTH_ZERO_SELF_SIGNED|SELF_SIGNED_CERT|ERROR_IN_C|INVALID_CA|INVALID_PURPOSE|PATH_LENGTH_EXCEEDED)/;

/** What a TLS connection failed with. */
interface TlsFailure {
  readonly code?: string;
  readonly message: string;
  /** The server's, where its name is the problem. */
  readonly cert?: { readonly subjectaltname?: string };
}

/** What is wrong, in words. */
export interface TlsProblem {
  /** A sentence's end behind what was to be done, without a full stop. */
  readonly reason: string;
  /** What helps where the address itself may be mended. */
  readonly hint: string;
  /** Whether somebody in between may have answered in the server's place. */
  readonly byCertificate: boolean;
}

/** Why no encrypted connection came to be; undefined for another failure. @param place the address, as a URL or in words */
export function tlsProblem(
  { code = '', message, cert }: TlsFailure,
  place: string,
): TlsProblem | undefined {
  if (code === 'ERR_SSL_WRONG_VERSION_NUMBER' || /wrong version number/.test(message)) {
    const plain = place.replace(/^https:/, 'http:');
    return {
      reason: `${place} answers, but not in TLS`,
      hint: `Where it takes plain HTTP, use: ${plain}`,
      byCertificate: false,
    };
  }
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') {
    const names = cert?.subjectaltname?.replaceAll(/(DNS|IP Address):/g, '') ?? '';
    return {
      reason: `the certificate of ${place} is for another name (${code})`,
      hint: names === '' ? 'Use the name that it is for.' : `Use a name that it is for: ${names}`,
      byCertificate: true,
    };
  }
  if (code === 'CERT_HAS_EXPIRED' || code === 'CERT_NOT_YET_VALID') {
    const when = code === 'CERT_HAS_EXPIRED' ? 'has expired' : 'is not valid yet';
    return {
      reason: `the certificate of ${place} ${when} (${code})`,
      hint: "Renew it there, and check this machine's clock.",
      byCertificate: true,
    };
  }
  if (!CERTIFICATE_CODES.test(code)) return undefined;
  return {
    reason: `this machine does not trust the certificate of ${place} (${code})`,
    hint: 'Name the certificates to trust: export AWS_CA_BUNDLE=/path/to/ca.pem',
    byCertificate: true,
  };
}

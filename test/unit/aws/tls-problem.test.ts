import { describe, expect, it } from 'vitest';
import { tlsProblem } from '../../../src/lib/aws/tls-problem.ts';

const failure = (code: string, more: object = {}): Error =>
  Object.assign(new Error('failed'), { code, ...more });
const ENDPOINT = { place: 'https://sns.test' };
const AWS = { place: 'AWS in us-east-1' };

describe('what is said of a connection that could not be encrypted', () => {
  it.each([
    ['CERT_HAS_EXPIRED', ENDPOINT, 'has expired', "Renew it there, and check this machine's clock"],
    ['CERT_NOT_YET_VALID', ENDPOINT, 'is not valid yet', 'Renew it there'],
    ['CERT_HAS_EXPIRED', AWS, 'has expired', "Check this machine's clock"],
    ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', AWS, 'does not trust', 'A proxy may be reading'],
    ['SELF_SIGNED_CERT_IN_CHAIN', ENDPOINT, 'does not trust', 'Name the certificates to trust'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', AWS, 'is for another name', 'its certificate is for another'],
    ['ERR_SSL_WRONG_VERSION_NUMBER', AWS, 'but not in TLS', 'check HTTPS_PROXY'],
  ])('%s of %o: %s', (code, peer, reason, hint) => {
    const found = tlsProblem(failure(code), peer);
    expect(found?.reason).toContain(reason);
    expect(found?.reason).toContain(peer.place);
    expect(found?.hint).toContain(hint);
  });

  it('is also found where another failure tells of it', () => {
    const cause = failure('CERT_HAS_EXPIRED');
    expect(tlsProblem(new Error('no credentials', { cause }), AWS)?.reason).toContain('expired');
  });

  it.each(['ECONNREFUSED', 'ENOTFOUND', 'ERR_INVALID_URL', 'EPROTO'])(
    'is nothing of %s',
    (code) => {
      expect(tlsProblem(failure(code), AWS)).toBeUndefined();
    },
  );
});

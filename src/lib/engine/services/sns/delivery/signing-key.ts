import { createPrivateKey, generatePrimeSync, type KeyObject } from 'node:crypto';
import { der, derInteger, SEQUENCE } from './der.ts';

/** Bits of the modulus, as on AWS: a signature has 256 bytes, in base64 344 characters. */
const KEY_BITS = 2048n;
/**
 * With four primes in place of two a key takes a sixth of the time to make and a signature a third, which is what the
 * first test of a suite waits for. Public key and signatures are those of any RSA key, and who verifies can't tell.
 * What can be known of a factor of 512 bits is no help to anybody who wants to forge the messages of a local engine.
 */
const PRIMES = 4n;
const PUBLIC_EXPONENT = 65_537n;

/**
 * Makes an RSA key of 2048 bits with more than two primes.
 * @see https://www.rfc-editor.org/rfc/rfc8017 sections 3.2 and A.1.2
 */
export function newSigningKey(): KeyObject {
  for (;;) {
    const primes = Array.from({ length: Number(PRIMES) }, () =>
      generatePrimeSync(Number(KEY_BITS / PRIMES), { bigint: true }),
    );
    const key = privateKey(primes);
    if (key !== undefined) return createPrivateKey({ key, format: 'der', type: 'pkcs1' });
  }
}

/** The key in PKCS #1; undefined where the primes make none of the wanted length and exponent. */
function privateKey(primes: readonly bigint[]): Buffer | undefined {
  const modulus = product(primes);
  const totient = product(primes.map((prime) => prime - 1n));
  const isUsable =
    modulus >> (KEY_BITS - 1n) === 1n &&
    totient % PUBLIC_EXPONENT !== 0n &&
    new Set(primes).size === primes.length;
  if (!isUsable) return undefined;
  const exponent = inverse(PUBLIC_EXPONENT, totient);
  const [p = 0n, q = 0n, ...others] = primes;
  const exponentOf = (prime: bigint) => exponent % (prime - 1n);
  const infos = others.map((prime, at) => {
    const coefficient = inverse(product(primes.slice(0, at + 2)), prime);
    return der(SEQUENCE, ...[prime, exponentOf(prime), coefficient].map(derInteger));
  });
  const MULTI_PRIME = 1n;
  const numbers = [
    ...[MULTI_PRIME, modulus, PUBLIC_EXPONENT, exponent, p, q],
    ...[exponentOf(p), exponentOf(q), inverse(q, p)],
  ];
  return der(SEQUENCE, ...numbers.map(derInteger), der(SEQUENCE, ...infos));
}

function product(factors: readonly bigint[]): bigint {
  return factors.reduce((a, b) => a * b, 1n);
}

/** The inverse of a number modulo another that it has no factor in common with (Euclid's extended algorithm). */
function inverse(value: bigint, modulus: bigint): bigint {
  let [rest, next, factor, nextFactor] = [value % modulus, modulus, 1n, 0n];
  while (next !== 0n) {
    const quotient = rest / next;
    [rest, next] = [next, rest - quotient * next];
    [factor, nextFactor] = [nextFactor, factor - quotient * nextFactor];
  }
  return ((factor % modulus) + modulus) % modulus;
}

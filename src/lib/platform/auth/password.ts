import { randomBytes, type ScryptOptions, scrypt, timingSafeEqual } from 'node:crypto';

/** What a hash costs: memory is 128 · r · 2^ln bytes, and time grows with p too. */
export interface ScryptCost {
  /** Binary logarithm of the number of iterations. */
  readonly ln: number;
  /** Size of a block. */
  readonly r: number;
  /** How often. */
  readonly p: number;
}

/**
 * One of the settings that OWASP gives as equally strong: 32 MiB a hash, so that several at once fit into a container.
 *
 * @see https://cheatsheetseries.owasp.org/cheatsheets/Password_Storage_Cheat_Sheet.html
 */
export const PASSWORD_COST: ScryptCost = { ln: 15, r: 8, p: 3 };

const SALT_BYTES = 16;
const HASH_BYTES = 32;

/** A stored hash, taken apart. */
interface StoredHash {
  readonly cost: ScryptCost;
  readonly salt: Buffer;
  readonly hash: Buffer;
}

/**
 * Hashes a password with a salt of its own.
 * @returns `$scrypt$ln=15,r=8,p=3$<salt>$<hash>`, the format of PHC strings: a hash says how it was made, so that later
 * ones may cost more
 */
export async function hashPassword(password: string, cost = PASSWORD_COST): Promise<string> {
  const salt = randomBytes(SALT_BYTES);
  const hash = await derive(password, { cost, salt, length: HASH_BYTES });
  const { ln, r, p } = cost;
  return `$scrypt$ln=${ln},r=${r},p=${p}$${base64(salt)}$${base64(hash)}`;
}

/** Whether a password is the one of a hash. A text that isn't a hash of ours is the hash of no password. */
export async function isPasswordOf(password: string, stored: string): Promise<boolean> {
  const read = readHash(stored);
  if (read === undefined) return false;
  const { cost, salt, hash } = read;
  return timingSafeEqual(await derive(password, { cost, salt, length: hash.length }), hash);
}

/** Whether a hash was made at another cost than new ones are. */
export function isOutdated(stored: string, cost = PASSWORD_COST): boolean {
  const made = readHash(stored)?.cost;
  return made === undefined || made.ln !== cost.ln || made.r !== cost.r || made.p !== cost.p;
}

function readHash(stored: string): StoredHash | undefined {
  const found =
    /^\$scrypt\$ln=(\d{1,2}),r=(\d{1,2}),p=(\d{1,2})\$([\w+/]{22,86})\$([\w+/]{43,86})$/.exec(
      stored,
    );
  if (found === null) return undefined;
  const [, ln, r, p, salt = '', hash = ''] = found;
  return {
    cost: { ln: Number(ln), r: Number(r), p: Number(p) },
    salt: Buffer.from(salt, 'base64'),
    hash: Buffer.from(hash, 'base64'),
  };
}

interface Derivation {
  readonly cost: ScryptCost;
  readonly salt: Buffer;
  readonly length: number;
}

function derive(password: string, { cost, salt, length }: Derivation): Promise<Buffer> {
  const N = 2 ** cost.ln;
  // Node refuses what would need more than it is told; it counts a little more than the formula.
  const options: ScryptOptions = {
    N,
    r: cost.r,
    p: cost.p,
    maxmem: 128 * cost.r * (N + cost.p + 2),
  };
  return new Promise((resolve, reject) => {
    // Two keyboards may write one letter in two ways.
    scrypt(password.normalize('NFKC'), salt, length, options, (error, key) =>
      error ? reject(error) : resolve(key),
    );
  });
}

function base64(bytes: Buffer): string {
  return bytes.toString('base64').replace(/=+$/, '');
}

import { createPrivateKey, hash, type KeyObject, randomBytes, sign } from 'node:crypto';
import type { Clock } from '../../../clock.ts';
import type { Journal } from '../../../journal/journal.ts';
import { TABLES } from '../tables.ts';
import { selfSignedCertificate } from './certificate.ts';
import { fillSignature, readSignable, type Signable } from './envelope.ts';
import { newSigningKey } from './signing-key.ts';

/** Signatures remembered at most: one message of a topic is signed once for all its queues. */
const REMEMBERED = 4096;

const DIGESTS = { '1': 'RSA-SHA1', '2': 'RSA-SHA256' } as const;

interface Identity {
  readonly key: KeyObject;
  readonly certificate: string;
}

/** What engines in memory, and what they are reset to, share: making a key takes longer than most tests. */
const shared: { identity?: Identity; name?: string } = {};

/**
 * Signs what SNS delivers ("Verifying the signatures of Amazon SNS messages"). An RSA signature costs more than all
 * the rest of a publish, and most messages of a load test or a backlog are never looked at: so an envelope is stored
 * with room for its signature and signed when somebody first reads it. RSA signatures of PKCS #1 v1.5 are the same
 * each time, so that a message which was stored unsigned reads the same before and after a restart.
 *
 * The key is made when the first signature is needed, and kept in the journal.
 */
export class Signer {
  readonly #journal: Journal;
  readonly #clock: Clock;
  #name: string | undefined;
  #identity: Identity | undefined;
  readonly #signatures = new Map<string, string>();

  constructor(journal: Journal, clock: Clock) {
    this.#journal = journal;
    this.#clock = clock;
    let key: string | undefined;
    let certificate: string | undefined;
    for (const entry of journal.entries(TABLES.signing)) {
      if (entry.key === 'name') this.#name = String(entry.value);
      if (entry.key === 'key') key = String(entry.value);
      if (entry.key === 'certificate') certificate = String(entry.value);
    }
    if (key !== undefined && certificate !== undefined) {
      this.#identity = { key: createPrivateKey(key), certificate };
    }
  }

  /** Path of the certificate below the engine's own URL: the end of every `SigningCertURL`. */
  get certificatePath(): string {
    if (!this.#journal.durable) this.#name ??= shared.name;
    if (this.#name === undefined) {
      this.#name = randomBytes(16).toString('hex');
      this.#journal.put(TABLES.signing, 'name', this.#name);
      if (!this.#journal.durable) shared.name = this.#name;
    }
    return `/SimpleNotificationService-${this.#name}.pem`;
  }

  /** The certificate in PEM when `path` is the one of `certificatePath`; undefined for any other. */
  certificateAt(path: string): string | undefined {
    return path === this.certificatePath ? this.#signing().certificate : undefined;
  }

  /**
   * Fills in the signature of an envelope that was built with room for one; anything else comes back as it is. The
   * length stays the same.
   */
  seal(body: string): string {
    const signable = readSignable(body);
    if (signable === undefined) return body;
    const name = nameOf(signable);
    let signature = this.#signatures.get(name);
    if (signature === undefined) {
      const text = Buffer.from(signable.text);
      signature = sign(DIGESTS[signable.version], text, this.#signing().key).toString('base64');
      const oldest = this.#signatures.keys().next();
      if (this.#signatures.size >= REMEMBERED && !oldest.done) {
        this.#signatures.delete(oldest.value);
      }
      this.#signatures.set(name, signature);
    }
    return fillSignature(body, signature);
  }

  #signing(): Identity {
    if (!this.#journal.durable) this.#identity ??= shared.identity;
    if (this.#identity !== undefined) return this.#identity;
    const privateKey = newSigningKey();
    const now = this.#clock.timestamp();
    const certificate = selfSignedCertificate(privateKey, 'sns.amazonaws.com', now);
    const identity = { key: privateKey, certificate };
    this.#identity = identity;
    const key = privateKey.export({ type: 'pkcs8', format: 'pem' });
    this.#journal.put(TABLES.signing, 'key', key.toString());
    this.#journal.put(TABLES.signing, 'certificate', certificate);
    if (!this.#journal.durable) shared.identity = identity;
    return identity;
  }
}

/** What a signature is remembered by. */
function nameOf({ version, text }: Signable): string {
  return version + hash('sha256', text, 'base64');
}

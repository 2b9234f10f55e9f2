import { execFile, execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PAYMENT_MIGRATIONS } from '../../../src/lib/platform/payments/migrations.ts';
import { paymentService } from '../../../src/lib/platform/payments/payment-service.ts';
import { PRODUCT_MIGRATIONS } from '../../../src/lib/platform/products/migrations.ts';
import { stockService } from '../../../src/lib/platform/products/stock-service.ts';
import { contactService } from '../../../src/lib/platform/users/contact-service.ts';
import { USER_MIGRATIONS } from '../../../src/lib/platform/users/migrations.ts';
import { registerUser } from '../../../src/lib/platform/users/user-store.ts';
import { useService } from './service.ts';
import { useDatabase } from './service-database.ts';

/** Debian's: another Python on the PATH doesn't have its packages. */
const PYTHON = '/usr/bin/python3';
const ROOT = join(import.meta.dirname, '../../..');

function missing(): string | undefined {
  try {
    execFileSync(PYTHON, ['-c', 'import grpc, google.protobuf'], { stdio: 'pipe' });
    return undefined;
  } catch {
    return 'python3-grpcio is not installed';
  }
}

const MISSING = missing();

interface Call {
  readonly method: string;
  readonly request: object;
  readonly token?: string;
}

describe.skipIf(MISSING)(`gRPC from Python${MISSING ? ` (skipped: ${MISSING})` : ''}`, () => {
  let folder = '';
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'pubsub-proto-'));
    const buf = join(ROOT, 'node_modules/.bin/buf');
    execFileSync(buf, ['build', '-o', join(folder, 'files.binpb')], { cwd: ROOT, stdio: 'pipe' });
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const call = async (address: string, calls: readonly Call[]): Promise<object[]> => {
    const script = join(import.meta.dirname, 'grpc_calls.py');
    const running = promisify(execFile)(PYTHON, [script, address, join(folder, 'files.binpb')]);
    running.child.stdin?.end(calls.map((each) => `${JSON.stringify(each)}\n`).join(''));
    const { stdout } = await running;
    return stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as object);
  };

  describe('stock', () => {
    const database = useDatabase(PRODUCT_MIGRATIONS);
    const service = useService('products', () => ({ routes: [], grpc: stockService(database()) }));
    const stock = (name: string, request: object, token?: string): Call => ({
      ...{ method: `pubsub.platform.v1.StockService/${name}`, request },
      ...(token !== undefined && { token }),
    });

    it('is reserved, sold, given back and read', async () => {
      const items = [
        { productId: 2, quantity: 2 },
        { productId: 1, quantity: 1 },
      ];
      const answers = await call(service.grpcAddress(), [
        stock('Reserve', { key: 'p1', items, expiresAfter: '90s' }, 'service'),
        stock('Commit', { key: 'p1' }, 'service'),
        stock('Release', { key: 'p1' }, 'service'),
        stock('Release', { key: 'p2' }, 'service'),
        stock('Reserve', { key: 'p2', items }, 'service'),
        stock('Reserve', { key: 'p3', items: [{ productId: 15, quantity: 1 }] }, 'service'),
        stock('GetProducts', { ids: [15, 1] }, 'service'),
        stock('Reserve', { key: 'p4', items: [] }, 'service'),
        stock('Reserve', { key: 'p5', items }, 'user'),
        stock('Reserve', { key: 'p5', items }),
      ]);
      expect(answers).toMatchObject([
        {
          code: 'OK',
          response: {
            items: [
              { productId: '2', quantity: 2, price: '12.50' },
              { productId: '1', quantity: 1, price: '19.90' },
            ],
            total: '44.90',
            expiresAt: expect.stringMatching(/Z$/),
          },
        },
        { code: 'OK', response: {} },
        { code: 'OK', response: { released: true } },
        { code: 'OK', response: {} },
        { code: 'ALREADY_EXISTS' },
        { code: 'FAILED_PRECONDITION', message: 'There are too few units of product 15.' },
        {
          code: 'OK',
          response: { products: [{ id: '1', price: '19.90', available: 1000 }, { id: '15' }] },
        },
        { code: 'INVALID_ARGUMENT' },
        { code: 'PERMISSION_DENIED' },
        { code: 'UNAUTHENTICATED' },
      ]);
    });
  });

  describe('payments and contacts', () => {
    const payments = useDatabase(PAYMENT_MIGRATIONS);
    const users = useDatabase(USER_MIGRATIONS);
    const service = useService('payments', () => ({
      routes: [],
      grpc: (router) => {
        paymentService(payments())(router);
        contactService(users())(router);
      },
    }));

    it('are paid, given back and read', async () => {
      const at = new Date();
      await registerUser(users(), { userId: 7, name: 'Zoë', email: 'zoe@example.com', at });
      const token = 'service';
      const pay = (key: string, method: string) => ({
        method: 'pubsub.platform.v1.PaymentService/Charge',
        request: { key, userId: 7, amount: '29.90', method },
        token,
      });
      const give = (key: string) => ({
        ...{ method: 'pubsub.platform.v1.PaymentService/Refund', request: { key }, token },
      });
      const contact = (userId: number) => ({
        ...{ method: 'pubsub.platform.v1.ContactService/GetContact', request: { userId }, token },
      });
      const answers = await call(service.grpcAddress(), [
        ...[
          pay('a', 'card'),
          pay('b', 'card-expired'),
          pay('c', 'card-flaky'),
          pay('c', 'card-flaky'),
        ],
        ...[give('a'), give('a'), pay('a', 'card'), give('d'), pay('d', 'card')],
        ...[contact(7), contact(8)],
      ]);
      expect(answers).toMatchObject([
        { code: 'OK', response: { paymentId: '1', status: 'PAYMENT_STATUS_PAID' } },
        { response: { status: 'PAYMENT_STATUS_DECLINED', declineCode: 'expired' } },
        { code: 'UNAVAILABLE' },
        { response: { status: 'PAYMENT_STATUS_PAID' } },
        { response: { refunded: true } },
        { code: 'OK', response: {} },
        { response: { status: 'PAYMENT_STATUS_REFUNDED' } },
        { code: 'OK', response: {} },
        { code: 'ABORTED' },
        {
          code: 'OK',
          response: { name: 'Zoë', email: 'zoe@example.com', orderChannels: ['CHANNEL_EMAIL'] },
        },
        { code: 'NOT_FOUND' },
      ]);
    });
  });
});

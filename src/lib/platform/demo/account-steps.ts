import { randomUUID } from 'node:crypto';
import { PRODUCTS, SESSION } from './shop-client.ts';
import { bodyOf, claim, type Stage, until } from './stage.ts';

const EMAIL = 'ada@example.com';
const PASSWORD = 'correct horse battery staple';

/** Registers and logs in, and tries what must not work. */
export async function registerAndLogIn(stage: Stage): Promise<void> {
  const { shop, admin } = stage.platform;
  const person = { email: EMAIL, password: PASSWORD };
  const registered = await shop({ path: '/auth/register', body: { ...person, name: 'Ada' } });
  claim(stage, registered.status === 201, `${EMAIL} registers`, registered.text);
  const wrong = await shop({
    path: '/auth/login',
    body: { email: EMAIL, password: `not ${PASSWORD}` },
  });
  claim(stage, wrong.status === 401, 'a wrong password is refused', String(wrong.status));
  const session = bodyOf(await shop({ path: '/auth/login', body: person }), SESSION);
  claim(stage, true, 'the right one logs in, with a token of ES256');
  const body = { refresh_token: session.refresh_token };
  const fresh = bodyOf(await shop({ path: '/auth/refresh', body }), SESSION);
  const reused = await shop({ path: '/auth/refresh', body });
  const ended = await shop({
    path: '/auth/refresh',
    body: { refresh_token: fresh.refresh_token },
  });
  claim(
    stage,
    reused.status === 401 && ended.status === 401,
    'a refresh token used twice ends the session, also for whoever has the later one',
    `${reused.status}, ${ended.status}`,
  );
  stage.token = bodyOf(await shop({ path: '/auth/login', body: person }), SESSION).access_token;
  stage.adminToken = bodyOf(await shop({ path: '/auth/login', body: admin }), SESSION).access_token;
  const stranger = await shop({ path: '/orders', token: `${stage.token.slice(0, -8)}AAAAAAAA` });
  claim(stage, stranger.status === 401, 'a forged token reaches no service', stranger.text);
  await until('the profile', async () => {
    const { status } = await shop({ path: '/users/me', token: stage.token });
    return status === 200 ? true : undefined;
  });
  claim(stage, true, 'user.registered made the profile, in another service and database');
}

/** Looks through the catalogue, without a token. */
export async function browse(stage: Stage): Promise<void> {
  const { shop } = stage.platform;
  const all = bodyOf(await shop({ path: '/products' }), PRODUCTS).products;
  claim(stage, all.length > 0, `the catalogue has ${all.length} products`);
  const [first] = all;
  const word = first?.name.split(' ')[0] ?? randomUUID();
  const found = bodyOf(
    await shop({ path: `/products?q=${encodeURIComponent(word)}` }),
    PRODUCTS,
  ).products;
  claim(
    stage,
    found.some(({ id }) => id === first?.id),
    `a search for ${word} finds ${first?.name}`,
  );
}

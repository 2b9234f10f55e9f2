import { request as httpRequest } from 'node:http';
import { type AgentOptions, request as httpsRequest } from 'node:https';
import type { Duplex } from 'node:stream';
import { connect } from 'node:tls';
import type { Env } from '../config/folders.ts';
import { AppError, usageError } from '../rules/errors.ts';
import { BundleAgent, type CaBundle } from './ca-bundle.ts';

type OnSocket = (error: Error | null, socket?: Duplex) => void;

/** The proxy that `HTTPS_PROXY` names, with its agent. */
export interface Proxy {
  /** Its URL without user name and password, for the words of errors. */
  readonly shown: string;
  readonly agent: BundleAgent;
}

/**
 * The address that `HTTPS_PROXY` names, in capitals or not; undefined where there is none.
 * @throws AppError (exit 2) where it is not a URL.
 */
export function proxyAddress(env: Env): URL | undefined {
  const text = env.HTTPS_PROXY || env.https_proxy;
  if (!text) return undefined;
  const address = /^https?:\/\//.test(text) ? text : `http://${text}`;
  if (URL.canParse(address)) return new URL(address);
  throw usageError('HTTPS_PROXY is not a URL.', 'export HTTPS_PROXY=http://proxy.example:3128');
}

/**
 * The proxy for https, as `HTTPS_PROXY` and `NO_PROXY` say in capitals or not, as curl and the `aws` command read them.
 * @param bundle what the proxy and the servers behind it are checked with
 * @throws as `proxyAddress`
 */
export function httpsProxy(
  env: Env,
  options: AgentOptions,
  bundle: CaBundle | undefined,
): Proxy | undefined {
  const url = proxyAddress(env);
  if (url === undefined) return undefined;
  const direct = env.NO_PROXY ?? env.no_proxy ?? '';
  return { shown: url.origin, agent: new TunnelAgent(url, direct, options, bundle) };
}

/** An agent whose connections are tunnels through a proxy (RFC 9110, "CONNECT"). */
class TunnelAgent extends BundleAgent {
  private readonly proxy: URL;
  private readonly direct: string;

  constructor(proxy: URL, direct: string, options: AgentOptions, bundle: CaBundle | undefined) {
    super(options, bundle);
    this.proxy = proxy;
    this.direct = direct;
  }

  override createConnection(
    options: AgentOptions & { host?: string; port?: number; servername?: string },
    onSocket: OnSocket,
  ): Duplex | null | undefined {
    const { host = '', port = 443 } = options;
    if (isDirect(host, this.direct)) return super.createConnection(options, onSocket);
    const { proxy } = this;
    const ask = proxy.protocol === 'https:' ? httpsRequest : httpRequest;
    const request = ask(
      this.secured({
        host: proxy.hostname,
        port: proxy.port || (proxy.protocol === 'https:' ? 443 : 80),
        method: 'CONNECT',
        path: `${host}:${port}`,
        agent: false,
        headers: { host: `${host}:${port}`, ...authorization(proxy) },
      }),
    );
    request.once('connect', ({ statusCode }, socket) => {
      if (statusCode === 200) {
        onSocket(
          null,
          connect(this.secured({ ...options, socket, servername: options.servername ?? host })),
        );
        return;
      }
      socket.destroy();
      onSocket(
        new AppError({
          code: 'ProxyRefused',
          message: `The proxy ${proxy.origin} answered ${statusCode} when it was asked for ${host}.`,
          hint: 'Check HTTPS_PROXY, or name the host in NO_PROXY.',
        }),
      );
    });
    request.once('error', (error) => onSocket(error));
    request.end();
    return undefined;
  }
}

function authorization({ username, password }: URL): Record<string, string> {
  if (username === '' && password === '') return {};
  const pair = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return { 'proxy-authorization': `Basic ${Buffer.from(pair).toString('base64')}` };
}

/** Whether `NO_PROXY` names a host: itself, a domain that it is of, or `*` for all. */
export function isDirect(host: string, names: string): boolean {
  return names
    .split(/[\s,]+/)
    .map((name) =>
      name
        .replace(/:\d+$/, '')
        .replace(/^\*?\./, '')
        .toLowerCase(),
    )
    .some((name) => name === '*' || (name !== '' && `.${host.toLowerCase()}`.endsWith(`.${name}`)));
}

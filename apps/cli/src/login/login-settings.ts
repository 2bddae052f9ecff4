import { allowInsecureRequests, type Configuration, discovery, None } from 'openid-client';
import { z } from 'zod';

import { UsageError } from '../exit-codes.js';

/** How people log in, as the document of an installation says. */
export interface LoginSettings {
  issuer: string;
  scopes: string[];
}

const scheme = z.object({
  'x-issuer': z.url({ protocol: /^https?$/ }),
  flows: z.object({ authorizationCode: z.object({ scopes: z.record(z.string(), z.string()) }) }),
});

const described = z.object({
  components: z.object({ securitySchemes: z.object({ login: scheme.optional() }) }),
});

/**
 * Asks an API where its people log in.
 * @throws UsageError if they cannot
 */
export async function loginSettings(apiUrl: string): Promise<LoginSettings> {
  const answer = await fetch(`${apiUrl.replace(/\/+$/, '')}/openapi.json`);
  const { data } = described.safeParse(answer.ok ? await answer.json() : null);
  const login = data?.components.securitySchemes.login;
  if (login === undefined) throw new UsageError('This API has no login for people. Use an API key.');
  return { issuer: login['x-issuer'], scopes: Object.keys(login.flows.authorizationCode.scopes) };
}

/** Reads the metadata of an issuer (OpenID Connect Discovery 1.0). Without TLS only one on this machine is asked. */
export async function issuerOf({ issuer }: Pick<LoginSettings, 'issuer'>, clientId: string): Promise<Configuration> {
  const { protocol, hostname } = new URL(issuer);
  const isLoopback = protocol === 'http:' && (hostname === '127.0.0.1' || hostname === 'localhost');
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- it is marked so as to stand out; only loopback gets here
  const execute = isLoopback ? [allowInsecureRequests] : [];
  return await discovery(new URL(issuer), clientId, undefined, None(), { execute });
}

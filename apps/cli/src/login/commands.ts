import { type Command } from 'commander';
import {
  type Configuration,
  initiateDeviceAuthorization,
  pollDeviceAuthorizationGrant,
  type TokenEndpointResponse,
  type TokenEndpointResponseHelpers,
} from 'openid-client';

import { type BulkheadClient, type Me, unwrap } from '#client';

import { apiAddress, clientOf } from '../connection.js';
import { visible } from '../print.js';
import { accessToken, loginOf } from './access-token.js';
import { logInByBrowser } from './browser-login.js';
import { issuerOf, loginSettings } from './login-settings.js';
import { writeLogin } from './stored-logins.js';

interface Options {
  clientId: string;
  device?: boolean;
}

/** Adds `login` and `logout`, for people at an installation that trusts an identity provider. */
export function addLoginCommands(program: Command): void {
  const login = program
    .command('login')
    .summary('Log in as a person')
    .description(
      'Logs you in at the identity provider of the installation, in a browser on this machine or another one.',
    )
    .option('--device', 'Log in on another device, with a code')
    .option('--client-id <id>', 'This program at the identity provider', 'bulkhead-cli')
    .action(async () => {
      const url = apiAddress(login.optsWithGlobals<{ url?: string }>().url);
      const { clientId, device = false } = login.opts<Options>();
      const settings = await loginSettings(url);
      const configuration = await issuerOf(settings, clientId);
      const { scopes_supported: supported = [] } = configuration.serverMetadata();
      const scopes = [...settings.scopes, ...(supported.includes('offline_access') ? ['offline_access'] : [])];
      const tokens = await (device
        ? logInByDevice(configuration, scopes)
        : logInByBrowser(configuration, scopes, (address) => {
            console.error(`Open this address in your browser:\n\n  ${address}\n`);
          }));
      writeLogin(url, loginOf({ issuer: settings.issuer, clientId }, tokens));
      await greet(clientOf({ url, credential: () => accessToken(url) }));
    });
  program
    .command('logout')
    .summary('Forget a login')
    .description(
      'Forgets the login at the installation. Its last access token works until it ends, within an hour or so.',
    )
    .action(() => {
      writeLogin(apiAddress(program.opts<{ url?: string }>().url), null);
    });
}

async function greet(client: BulkheadClient): Promise<void> {
  const me = await unwrap<Me>(client.GET('/v1/me'));
  console.log(visible(`You are ${me.name}.`));
}

/** Logs a person in on another device (RFC 8628). */
async function logInByDevice(
  configuration: Configuration,
  scopes: readonly string[],
): Promise<TokenEndpointResponse & TokenEndpointResponseHelpers> {
  const started = await initiateDeviceAuthorization(configuration, { scope: scopes.join(' ') });
  console.error(`Open ${started.verification_uri} on any device, and enter the code ${started.user_code}.`);
  return await pollDeviceAuthorizationGrant(configuration, started);
}

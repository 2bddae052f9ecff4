import { type Issuer } from '#access';
import { type INestApplication } from '@nestjs/common';
import { type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';

import { type Contract, contractOf } from './document.js';

/**
 * Serves the document at `/openapi.json`, and with `ui` Swagger UI at `/docs`. Only here the document says where people of
 * this installation log in: elsewhere it is that of every installation.
 */
export function serveContract(
  app: INestApplication,
  { ui, issuers }: { ui: boolean; issuers: readonly Issuer[] },
): void {
  const people = issuers.find(({ login }) => login !== undefined);
  SwaggerModule.setup('docs', app, () => withLogin(contractOf(app), people) as unknown as OpenAPIObject, {
    ui,
    jsonDocumentUrl: 'openapi.json',
    customSiteTitle: 'Bulkhead API',
    swaggerOptions: {
      persistAuthorization: true,
      tryItOutEnabled: true,
      ...(people?.login === undefined ? {} : loginOptions(people.login)),
    },
  });
}

type Login = NonNullable<Issuer['login']>;

/** The scheme by which people log in (OAuth 2.0, authorization code with PKCE). */
const LOGIN_SCHEME = 'login';

function withLogin(contract: Contract, people: Issuer | undefined): Contract {
  if (people?.login === undefined) return contract;
  const { issuer, login } = people;
  const { authorizationUrl, tokenUrl, scopes, clientId } = login;
  const flow = { authorizationUrl, tokenUrl, scopes: Object.fromEntries(scopes.map((scope) => [scope, ''])) };
  const scheme = {
    type: 'oauth2',
    description: 'Log in as a person.',
    flows: { authorizationCode: flow },
    'x-client-id': clientId,
    'x-issuer': issuer,
  };
  const { components, security = [] } = contract;
  const securitySchemes = { ...components.securitySchemes, [LOGIN_SCHEME]: scheme };
  return {
    ...contract,
    components: { ...components, securitySchemes },
    security: [...security, { [LOGIN_SCHEME]: scopes }],
  };
}

function loginOptions({ clientId, scopes }: Login): object {
  return {
    oauth2RedirectUrl: browserExpression(
      "window.location.origin + window.location.pathname.replace(/\\/$/, '') + '/oauth2-redirect.html'",
    ),
    initOAuth: { clientId, scopes, usePkceWithAuthorizationCodeGrant: true },
  };
}

/**
 * Returns an option whose value the browser computes: only it knows the address of the page, and Swagger UI would
 * otherwise be sent back to the folder above `/docs`. Options that are functions are written as their source.
 */
function browserExpression(source: string): () => never {
  const option = (): never => {
    throw new Error('only a browser has this value');
  };
  return Object.assign(option, { toString: () => source });
}

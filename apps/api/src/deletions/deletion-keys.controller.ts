import { type PublicJwk } from '#certificates';
import { DeletionCertificatesService } from '#tenancy';
import { Controller, Get } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { z } from 'zod';

import { Endpoint } from '../http/endpoint.decorator.js';

const publicJwk = z
  .strictObject({
    kty: z.literal('OKP'),
    crv: z.literal('Ed25519'),
    x: z.string(),
    kid: z.string().describe('RFC 7638 thumbprint.'),
    alg: z.literal('EdDSA'),
    use: z.literal('sig'),
  })
  .meta({ id: 'JsonWebKey' });

const keySet = z.strictObject({ keys: z.array(publicJwk) }).meta({ id: 'JsonWebKeySet' });

/** Public, so that every recipient of a certificate can verify it. */
@ApiTags('tenants')
@Controller('.well-known')
export class DeletionKeysController {
  constructor(private readonly certificates: DeletionCertificatesService) {}

  @Get('bulkhead-deletion-keys.json')
  @Endpoint({
    id: 'listSigningKeys',
    summary: 'Get the public signing keys',
    description:
      'A JSON Web Key Set (RFC 7517) that verifies deletion certificates, isolation reports and heads of the audit ' +
      'log. Old keys stay in it.',
    permission: 'none',
    ok: { status: 200, schema: keySet, description: 'The keys, oldest first.' },
  })
  async keys(): Promise<{ keys: PublicJwk[] }> {
    return { keys: await this.certificates.publicKeys() };
  }
}

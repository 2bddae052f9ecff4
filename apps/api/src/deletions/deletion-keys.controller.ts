import { type PublicJwk } from '#certificates';
import { DeletionCertificatesService } from '#tenancy';
import { Controller, Get } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { z } from 'zod';

import { Endpoint } from '../http/endpoint.decorator.js';

const publicJwk = z.strictObject({
  kty: z.literal('OKP'),
  crv: z.literal('Ed25519'),
  x: z.string(),
  kid: z.string().describe('RFC 7638 thumbprint.'),
  alg: z.literal('EdDSA'),
  use: z.literal('sig'),
});

/** Public by nature: whoever is shown a certificate must be able to check it. */
@ApiTags('tenants')
@Controller('.well-known')
export class DeletionKeysController {
  constructor(private readonly certificates: DeletionCertificatesService) {}

  @Get('bulkhead-deletion-keys.json')
  @Endpoint({
    summary: 'Public keys of deletion certificates, isolation reports and the audit log, old ones included',
    description: 'A JSON Web Key Set (RFC 7517).',
    permission: 'none',
    ok: { status: 200, schema: z.strictObject({ keys: z.array(publicJwk) }), description: 'The keys, oldest first.' },
  })
  async keys(): Promise<{ keys: PublicJwk[] }> {
    return { keys: await this.certificates.publicKeys() };
  }
}

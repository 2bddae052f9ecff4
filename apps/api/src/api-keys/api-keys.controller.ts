import { ApiKeysService, type Principal } from '#access';
import { type Transaction, uuidOf } from '#persistence';
import { Body, Controller, Delete, Get, Param, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { type z } from 'zod';

import { CurrentCaller } from '../access/current-caller.decorator.js';
import { refuseBeyond } from '../access/refuse-beyond.js';
import { type Answer } from '../http/answer.js';
import { CurrentTransaction } from '../http/change.interceptor.js';
import { Endpoint } from '../http/endpoint.decorator.js';
import { type PageOf, pageRequest, pageResponse, pageSchema } from '../http/paging.js';
import {
  apiKeyResponse,
  type ApiKeyResponse,
  createApiKeyRequest,
  issuedApiKey,
  issuedApiKeyResponse,
  type IssuedApiKeyResponse,
  listApiKeysQuery,
  rotateApiKeyRequest,
  toApiKeyFilter,
  toApiKeyResponse,
  toNewApiKey,
} from './api-key.schema.js';

const isKeyId = (text: string): boolean => uuidOf('key', text) !== null;

@ApiTags('api keys')
@Controller('v1/api-keys')
export class ApiKeysController {
  constructor(private readonly keys: ApiKeysService) {}

  @Post()
  @Endpoint({
    id: 'createApiKey',
    summary: 'Create an API key',
    description:
      'The key is in the answer and is shown only once: only a hash of it is stored. A key can do no more than its ' +
      'creator.',
    permission: 'api-keys:write',
    ok: {
      status: 201,
      schema: issuedApiKeyResponse,
      description: 'The key.',
      headers: ['Location'],
    },
    fails: ['request.invalid', 'role.unknown', 'api_key.tenant_unknown', 'idempotency.key_reused'],
    idempotent: true,
  })
  async create(
    @CurrentTransaction() transaction: Transaction,
    @CurrentCaller() caller: Principal,
    @Body({ schema: createApiKeyRequest }) body: z.output<typeof createApiKeyRequest>,
  ): Promise<Answer<IssuedApiKeyResponse>> {
    const input = toNewApiKey(body, caller.id);
    refuseBeyond(caller, 'key', await this.keys.grantOf(transaction, input));
    return issuedApiKey(await this.keys.create(transaction, input));
  }

  @Get()
  @Endpoint({
    id: 'listApiKeys',
    summary: 'List API keys',
    description: 'Revoked and expired keys stay on record.',
    permission: 'api-keys:read',
    ok: { status: 200, schema: pageSchema(apiKeyResponse), description: 'Keys, newest first, without their secrets.' },
    fails: ['request.invalid', 'request.cursor_invalid'],
  })
  async list(
    @Query({ schema: listApiKeysQuery }) query: z.output<typeof listApiKeysQuery>,
  ): Promise<PageOf<ApiKeyResponse>> {
    const page = pageRequest(query, isKeyId);
    return pageResponse(await this.keys.list(toApiKeyFilter(query), page), toApiKeyResponse);
  }

  @Get(':id')
  @Endpoint({
    id: 'getApiKey',
    summary: 'Get an API key',
    description: 'Without its secret, which is not stored.',
    permission: 'api-keys:read',
    ok: { status: 200, schema: apiKeyResponse, description: 'The key.' },
    fails: ['api_key.not_found'],
  })
  async get(@Param('id') id: string): Promise<ApiKeyResponse> {
    return toApiKeyResponse(await this.keys.get(id));
  }

  @Post(':id/rotate')
  @Endpoint({
    id: 'rotateApiKey',
    summary: 'Rotate an API key',
    description:
      'Gives the key another secret, which is in the answer and is shown only once. The old secret keeps working for ' +
      '`overlapSeconds`, so that callers can change over; one from before that stops working at once. The id stays.',
    permission: 'api-keys:write',
    ok: { status: 200, schema: issuedApiKeyResponse, description: 'The key with its new secret.' },
    fails: [
      ...(['request.invalid', 'api_key.not_found', 'api_key.inactive'] as const),
      ...(['role.unknown', 'api_key.tenant_unknown', 'idempotency.key_reused'] as const),
    ],
    idempotent: true,
  })
  async rotate(
    @CurrentTransaction() transaction: Transaction,
    @CurrentCaller() caller: Principal,
    @Param('id') id: string,
    @Body({ schema: rotateApiKeyRequest.prefault({}) }) body: z.output<typeof rotateApiKeyRequest>,
  ): Promise<Answer<IssuedApiKeyResponse>> {
    // Whoever rotates a key can use it from then on.
    refuseBeyond(caller, 'key', await this.keys.grantOf(transaction, await this.keys.get(id)));
    return issuedApiKey(await this.keys.rotate(transaction, id, body.overlapSeconds));
  }

  @Delete(':id')
  @Endpoint({
    id: 'revokeApiKey',
    summary: 'Revoke an API key',
    description: 'Takes effect at once, on every process. A key that was revoked before stays as it is.',
    permission: 'api-keys:write',
    ok: { status: 200, schema: apiKeyResponse, description: 'The key, now revoked.' },
    fails: ['api_key.not_found'],
  })
  async revoke(
    @CurrentTransaction() transaction: Transaction,
    @CurrentCaller() caller: Principal,
    @Param('id') id: string,
  ): Promise<ApiKeyResponse> {
    await this.keys.revoke(transaction, id, caller.id);
    return toApiKeyResponse(await this.keys.read(transaction, id));
  }
}

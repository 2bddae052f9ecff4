import { type Principal } from '#access';
import { type Transaction, uuidOf } from '#persistence';
import { ShiftsService } from '#routing';
import { Body, Controller, Get, Param, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { type z } from 'zod';

import { CurrentCaller } from '../access/current-caller.decorator.js';
import { type Answer } from '../http/answer.js';
import { CurrentTransaction } from '../http/change.interceptor.js';
import { Endpoint, type EndpointOptions } from '../http/endpoint.decorator.js';
import { type PageOf, pageRequest, pageResponse, pageSchema } from '../http/paging.js';
import {
  acceptedShift,
  createShiftRequest,
  listShiftsQuery,
  shiftResponse,
  type ShiftResponse,
  toNewShift,
  toShiftResponse,
} from './shift.schema.js';

const isShiftId = (text: string): boolean => uuidOf('shift', text) !== null;

interface OfRoute {
  id: string;
  name: string;
}
type OfShift = OfRoute & { shift: string };

const keyOf = ({ id, name, shift }: OfShift): { tenantId: string; route: string; id: string } => ({
  tenantId: id,
  route: name,
  id: shift,
});

const accepted: EndpointOptions['ok'] = {
  status: 202,
  schema: shiftResponse,
  description: 'The shift. Poll `Location` until it has finished; each step is an operation of the tenant.',
  headers: ['Location'],
};
const routeFails = ['tenant.not_found', 'tenant_route.not_found'] as const;
const changeFails = [...routeFails, 'tenant.deleting', 'tenant.frozen', 'idempotency.key_reused'] as const;
const shiftFails = [...changeFails, 'shift.not_found', 'shift.state_conflict'] as const;

/** Shifts requests of a route from one service to another, step by step. */
@ApiTags('routes')
@Controller('v1/tenants/:id/routes/:name/shifts')
export class ShiftsController {
  constructor(private readonly shifts: ShiftsService) {}

  @Post()
  @Endpoint({
    id: 'createShift',
    summary: 'Create a shift',
    description:
      'Moves requests of a route from one service to another, step by step, in every rule in which the old service ' +
      'has weight. A step begins once the previous one has been in the cluster for its pause. A failure of the ' +
      'tenant pauses the shift; a hold stops its clock.',
    permission: 'routes:write',
    reach: 'tenant',
    ok: accepted,
    fails: ['request.invalid', ...changeFails, 'shift.active', 'shift.impossible'],
    idempotent: true,
  })
  async create(
    @CurrentTransaction() transaction: Transaction,
    @CurrentCaller() caller: Principal,
    @Param() { id, name }: OfRoute,
    @Body({ schema: createShiftRequest }) body: z.output<typeof createShiftRequest>,
  ): Promise<Answer<ShiftResponse>> {
    const key = { tenantId: id, route: name };
    return acceptedShift(await this.shifts.create(transaction, caller.id, key, toNewShift(body)));
  }

  @Get()
  @Endpoint({
    id: 'listShifts',
    summary: 'List the shifts of a route',
    description: 'Newest first; at most one of them is active.',
    permission: 'tenants:read',
    reach: 'tenant',
    ok: { status: 200, schema: pageSchema(shiftResponse), description: 'Shifts, newest first.' },
    fails: ['request.invalid', 'request.cursor_invalid', ...routeFails],
  })
  async list(
    @Param() { id, name }: OfRoute,
    @Query({ schema: listShiftsQuery }) query: z.output<typeof listShiftsQuery>,
  ): Promise<PageOf<ShiftResponse>> {
    const key = { tenantId: id, route: name };
    return pageResponse(await this.shifts.list(key, pageRequest(query, isShiftId)), toShiftResponse);
  }

  @Get(':shift')
  @Endpoint({
    id: 'getShift',
    summary: 'Get a shift',
    description: 'Returns the current step, its weight, and why the shift does not proceed.',
    permission: 'tenants:read',
    reach: 'tenant',
    ok: { status: 200, schema: shiftResponse, description: 'The shift.' },
    fails: [...routeFails, 'shift.not_found'],
  })
  async get(@Param() params: OfShift): Promise<ShiftResponse> {
    return toShiftResponse(await this.shifts.get(keyOf(params)));
  }

  @Post(':shift/pause')
  @Endpoint({
    id: 'pauseShift',
    summary: 'Pause a shift',
    description: 'The step in progress is completed; no further step begins.',
    permission: 'routes:write',
    reach: 'tenant',
    ok: accepted,
    fails: shiftFails,
    idempotent: true,
  })
  async pause(
    @CurrentTransaction() transaction: Transaction,
    @Param() params: OfShift,
  ): Promise<Answer<ShiftResponse>> {
    return acceptedShift(await this.shifts.pause(transaction, keyOf(params)));
  }

  @Post(':shift/resume')
  @Endpoint({
    id: 'resumeShift',
    summary: 'Resume a shift',
    description:
      'From a manual step, continues with the next one. Otherwise restarts the pause of the current step and retries ' +
      'what failed.',
    permission: 'routes:write',
    reach: 'tenant',
    ok: accepted,
    fails: shiftFails,
    idempotent: true,
  })
  async resume(
    @CurrentTransaction() transaction: Transaction,
    @CurrentCaller() caller: Principal,
    @Param() params: OfShift,
  ): Promise<Answer<ShiftResponse>> {
    return acceptedShift(await this.shifts.resume(transaction, caller.id, keyOf(params)));
  }

  @Post(':shift/abort')
  @Endpoint({
    id: 'abortShift',
    summary: 'Abort a shift',
    description: 'Restores the original rules of the route immediately, in one operation (`operationId`).',
    permission: 'routes:write',
    reach: 'tenant',
    ok: accepted,
    fails: shiftFails,
    idempotent: true,
  })
  async abort(
    @CurrentTransaction() transaction: Transaction,
    @CurrentCaller() caller: Principal,
    @Param() params: OfShift,
  ): Promise<Answer<ShiftResponse>> {
    return acceptedShift(await this.shifts.abort(transaction, caller.id, keyOf(params)));
  }
}

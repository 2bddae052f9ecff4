import { newId, type Page, pageOf, type PageRequest, type Transaction, uuidOf } from '#persistence';
import { DomainError, fieldError } from '#problems';
import { type Tenant } from '#tenancy';
import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { type EntityManager, IsNull, LessThan, type Repository } from 'typeorm';

import { RouteShift } from './route-shift.entity.js';
import { type Route } from './route.entity.js';
import { RoutesService, writeRoute } from './routes.service.js';
import { isFinished, SHIFT_CHANNEL, type ShiftStep } from './shift-status.js';
import { type ShiftedServices, shiftProblem } from './shift-weights.js';

export interface NewShift extends ShiftedServices {
  steps: ShiftStep[];
}

/** Identifies a shift by tenant, route and id. */
export interface ShiftKey {
  tenantId: string;
  route: string;
  id: string;
}

/** Creates shifts and changes active ones. Workers take the steps. */
@Injectable()
export class ShiftsService {
  constructor(
    @InjectRepository(RouteShift) private readonly shifts: Repository<RouteShift>,
    private readonly routes: RoutesService,
  ) {}

  /** @throws those of `lockRoute`, `shift.active`, `shift.impossible` */
  async create(
    transaction: Transaction,
    requestedBy: string,
    { tenantId, route: name }: Omit<ShiftKey, 'id'>,
    { from, to, toPort, steps }: NewShift,
  ): Promise<RouteShift> {
    const { manager } = transaction;
    const { route } = await this.routes.lockRoute(transaction, tenantId, name);
    const active = await manager.findOneBy(RouteShift, { tenantId, route: name, finishedAt: IsNull() });
    if (active !== null) {
      const detail = `The route "${name}" already has the active shift ${active.id}.`;
      throw new DomainError('shift.active', detail);
    }
    const problem = shiftProblem(route.rules, { from, to, toPort });
    if (problem !== null) throw fieldError('shift.impossible', '/from', `The route "${name}" ${problem}.`);
    const shift = manager.create(RouteShift, {
      id: newId('shift'),
      tenantId,
      route: name,
      fromService: from,
      toService: to,
      toPort,
      steps,
      requestedBy,
      state: 'running',
      reason: null,
      step: -1,
      stepGeneration: null,
      operationId: null,
      settledAt: null,
      originalRules: route.rules,
      finishedAt: null,
    });
    await manager.insert(RouteShift, shift);
    await tell(manager, shift);
    return shift;
  }

  /**
   * Pauses the shift: the step in progress is completed, no further step begins.
   * @throws those of `lockShift`, `shift.state_conflict`
   */
  async pause(transaction: Transaction, key: ShiftKey): Promise<RouteShift> {
    const { shift } = await this.lockShift(transaction, key);
    if (isFinished(shift.state) || shift.state === 'paused') throw conflict(shift, 'paused');
    const message = 'The shift was paused on request. Resume it to continue.';
    await save(transaction.manager, shift, { state: 'paused', reason: { code: 'Requested', message } });
    return shift;
  }

  /**
   * Resumes the shift: continues after a manual step with the next one; otherwise restarts the pause of the current
   * step and, after a failure of the tenant, retries it.
   * @throws those of `lockShift`, `shift.state_conflict`
   */
  async resume(transaction: Transaction, requestedBy: string, key: ShiftKey): Promise<RouteShift> {
    const { tenant, shift } = await this.lockShift(transaction, key);
    if (shift.state !== 'paused') throw conflict(shift, 'resumed');
    const { manager } = transaction;
    if (shift.reason?.code === 'Manual') {
      await save(manager, shift, { state: 'waiting', reason: null });
    } else if (shift.reason?.code === 'TenantFailed') {
      const { operation } = await this.routes.change(transaction, requestedBy, tenant);
      const again = { stepGeneration: tenant.generation, operationId: operation.id };
      await save(manager, shift, { state: 'running', reason: null, settledAt: null, ...again });
    } else {
      await save(manager, shift, { state: 'running', reason: null, settledAt: null });
    }
    return shift;
  }

  /**
   * Aborts the shift and restores the original rules of the route at once.
   * @throws those of `lockShift`, `shift.state_conflict`
   */
  async abort(transaction: Transaction, requestedBy: string, key: ShiftKey): Promise<RouteShift> {
    const { tenant, route, shift } = await this.lockShift(transaction, key);
    if (isFinished(shift.state)) throw conflict(shift, 'aborted');
    const { manager } = transaction;
    const end = { state: 'aborted' as const, reason: null, finishedAt: new Date() };
    if (shift.step < 0) {
      await save(manager, shift, end);
      return shift;
    }
    await writeRoute(manager, route, { rules: shift.originalRules });
    const { operation } = await this.routes.change(transaction, requestedBy, tenant);
    await save(manager, shift, { ...end, operationId: operation.id, stepGeneration: tenant.generation });
    return shift;
  }

  /** @throws `tenant.not_found`, `tenant_route.not_found`, `shift.not_found` */
  async get({ tenantId, route, id }: ShiftKey): Promise<RouteShift> {
    await this.routes.get(tenantId, route);
    const shift = uuidOf('shift', id) === null ? null : await this.shifts.findOneBy({ id, tenantId, route });
    if (shift === null) throw shiftNotFound(route, id);
    return shift;
  }

  /**
   * Lists the shifts of a route, newest first.
   * @throws `tenant.not_found`, `tenant_route.not_found`
   */
  async list({ tenantId, route }: Omit<ShiftKey, 'id'>, { limit, after }: PageRequest): Promise<Page<RouteShift>> {
    await this.routes.get(tenantId, route);
    const rows = await this.shifts.find({
      where: { tenantId, route, ...(after === null ? {} : { id: LessThan(after) }) },
      order: { id: 'DESC' },
      take: limit + 1,
    });
    return pageOf(rows, limit, ({ id }) => id);
  }

  /** Locks the tenant, then the shift. Workers use the same order, which prevents deadlocks. */
  private async lockShift(
    transaction: Transaction,
    { tenantId, route: name, id }: ShiftKey,
  ): Promise<{ tenant: Tenant; route: Route; shift: RouteShift }> {
    const { tenant, route } = await this.routes.lockRoute(transaction, tenantId, name);
    const where = { id, tenantId, route: name };
    const lock = { mode: 'pessimistic_write' } as const;
    const shift = uuidOf('shift', id) === null ? null : await transaction.manager.findOne(RouteShift, { where, lock });
    if (shift === null) throw shiftNotFound(name, id);
    return { tenant, route, shift };
  }
}

/** Updates the row and the entity, and notifies the workers. */
async function save(manager: EntityManager, shift: RouteShift, columns: Partial<RouteShift>): Promise<void> {
  const changed = { ...columns, updatedAt: new Date() };
  await manager.update(RouteShift, { id: shift.id }, changed);
  Object.assign(shift, changed);
  await tell(manager, shift);
}

async function tell(manager: EntityManager, { id }: RouteShift): Promise<void> {
  await manager.query('SELECT pg_notify($1, $2)', [SHIFT_CHANNEL, uuidOf('shift', id)]);
}

function shiftNotFound(route: string, id: string): DomainError {
  return new DomainError('shift.not_found', `The route "${route}" has no shift "${id}".`);
}

function conflict({ id, state }: RouteShift, what: string): DomainError {
  return new DomainError('shift.state_conflict', `The shift ${id} is ${state} and cannot be ${what}.`);
}

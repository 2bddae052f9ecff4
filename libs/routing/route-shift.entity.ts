import { typeIdTransformer } from '#persistence';
import { type RouteRule } from '#plans';
import {
  Column,
  CreateDateColumn,
  Entity,
  Index,
  JoinColumn,
  ManyToOne,
  PrimaryColumn,
  UpdateDateColumn,
} from 'typeorm';

import { Route } from './route.entity.js';
import { type ShiftReason, type ShiftState, type ShiftStep } from './shift-status.js';

/** Moves the requests of a route from one service to another, step by step. A route has at most one active shift. */
@Entity('route_shifts')
@Index('route_shifts_route_idx', ['tenantId', 'route', 'id'])
@Index('route_shifts_active_key', ['tenantId', 'route'], { unique: true, where: 'finished_at IS NULL' })
@Index('route_shifts_driven_idx', ['id'], { where: 'finished_at IS NULL' })
export class RouteShift {
  @PrimaryColumn({
    type: 'uuid',
    transformer: typeIdTransformer('shift'),
    primaryKeyConstraintName: 'route_shifts_pkey',
  })
  id!: string;

  @Column({ type: 'uuid', transformer: typeIdTransformer('tenant') })
  tenantId!: string;

  @Column({ type: 'text' })
  route!: string;

  @ManyToOne(() => Route, { onDelete: 'CASCADE' })
  @JoinColumn([
    { name: 'tenant_id', referencedColumnName: 'tenantId', foreignKeyConstraintName: 'route_shifts_route_fkey' },
    { name: 'route', referencedColumnName: 'name', foreignKeyConstraintName: 'route_shifts_route_fkey' },
  ])
  shifted?: Route;

  @Column({ type: 'text' })
  fromService!: string;

  @Column({ type: 'text' })
  toService!: string;

  /** Null for the port of the old service in the rule. */
  @Column({ type: 'integer', nullable: true })
  toPort!: number | null;

  @Column({ type: 'jsonb' })
  steps!: ShiftStep[];

  @Column({ type: 'text' })
  state!: ShiftState;

  /** Set while the shift does not proceed. */
  @Column({ type: 'jsonb', nullable: true })
  reason!: ShiftReason | null;

  /** The step whose weights the route currently has; -1 before the first. */
  @Column({ type: 'integer' })
  step!: number;

  /** The tenant's generation of the step. */
  @Column({ type: 'integer', nullable: true })
  stepGeneration!: number | null;

  /** The operation that carries out the latest change of the shift. */
  @Column({ type: 'uuid', nullable: true, transformer: typeIdTransformer('op') })
  operationId!: string | null;

  /** When the step was first found to be in the cluster. */
  @Column({ type: 'timestamptz', nullable: true })
  settledAt!: Date | null;

  /** The rules of the route before the first step. */
  @Column({ type: 'jsonb' })
  originalRules!: RouteRule[];

  /** The principal that requested it. */
  @Column({ type: 'text' })
  requestedBy!: string;

  @CreateDateColumn({ type: 'timestamptz' })
  createdAt!: Date;

  @UpdateDateColumn({ type: 'timestamptz' })
  updatedAt!: Date;

  @Column({ type: 'timestamptz', nullable: true })
  finishedAt!: Date | null;
}

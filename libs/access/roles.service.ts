import { type Transaction } from '#persistence';
import { DomainError } from '#problems';
import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { IsNull, type Repository } from 'typeorm';

import { ApiKey } from './api-key.entity.js';
import { type Permission } from './permission.js';
import { Role } from './role.entity.js';
import { builtInRole } from './roles.js';

/** The name, description and permissions of a role that an administrator defines. */
export interface RoleInput {
  name: string;
  description: string;
  permissions: readonly Permission[];
}

/** Roles that administrators define, as rows. Built-in ones are code. */
@Injectable()
export class RolesService {
  constructor(@InjectRepository(Role) private readonly roles: Repository<Role>) {}

  /** Returns all roles that administrators defined, by name. */
  async list(): Promise<Role[]> {
    return this.roles.find({ order: { name: 'ASC' } });
  }

  /** Returns a role that an administrator defined; null if there is none of this name. */
  async find(name: string): Promise<Role | null> {
    return this.roles.findOneBy({ name });
  }

  /**
   * Creates a role, or changes its description and permissions, which is in force at once for all keys that have it.
   * @throws `role.built_in`
   */
  async put({ manager }: Transaction, by: string, { name, description, permissions }: RoleInput): Promise<Role> {
    refuseBuiltIn(name);
    await manager.query(
      `INSERT INTO roles (name, description, permissions, created_by) VALUES ($1, $2, $3, $4)
       ON CONFLICT (name) DO UPDATE
         SET description = excluded.description, permissions = excluded.permissions, updated_at = now()`,
      [name, description, permissions, by],
    );
    return manager.findOneByOrFail(Role, { name });
  }

  /**
   * Deletes a role that no usable key has, and returns it.
   * @throws `role.built_in`, `role.not_found`, `role.in_use`
   */
  async delete({ manager }: Transaction, name: string): Promise<Role> {
    refuseBuiltIn(name);
    const key = await manager.findOneBy(ApiKey, { role: name, revokedAt: IsNull() });
    if (key !== null) {
      throw new DomainError('role.in_use', `The API key ${key.id} ("${key.name}") has the role "${name}".`);
    }
    const role = await manager.findOneBy(Role, { name });
    if (role === null) throw roleNotFound(name);
    await manager.delete(Role, { name });
    return role;
  }
}

export function roleNotFound(name: string): DomainError {
  return new DomainError('role.not_found', `There is no role "${name}".`);
}

function refuseBuiltIn(name: string): void {
  if (builtInRole(name) === null) return;
  throw new DomainError('role.built_in', `The role "${name}" is built in and cannot be changed.`);
}

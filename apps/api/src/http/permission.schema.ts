import { permissions } from '#access';
import { z } from 'zod';

/** A permission that this version knows. */
export const permission = z.enum(permissions).meta({ id: 'Permission' });

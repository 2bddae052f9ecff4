import { type Principal } from '#access';
import { createParamDecorator, type ExecutionContext } from '@nestjs/common';

/** Injects the authenticated caller. */
export const CurrentCaller = createParamDecorator(
  (_: unknown, context: ExecutionContext): Principal => context.switchToHttp().getRequest<{ user: Principal }>().user,
);

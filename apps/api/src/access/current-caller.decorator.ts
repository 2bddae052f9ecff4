import { type Principal } from '#access';
import { createParamDecorator, type ExecutionContext } from '@nestjs/common';

/** Who is calling. */
export const CurrentCaller = createParamDecorator(
  (_: unknown, context: ExecutionContext): Principal => context.switchToHttp().getRequest<{ user: Principal }>().user,
);

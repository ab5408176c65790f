import { applyDecorators } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiBearerAuth, ApiSecurity } from '@nestjs/swagger';
import type { Permission } from '@ao/contracts';
import type { FastifyInstance, RouteOptions } from 'fastify';

/** Who may call a route: anyone (`public`), or who has the permission. */
export interface AccessRule {
  readonly permission: Permission | 'public';
  /** A route of the coordinator's document: while COORDINATOR_OPEN holds, nobody in particular may call it too. */
  readonly coordinator: boolean;
}

declare module 'fastify' {
  interface FastifyContextConfig {
    access?: AccessRule;
  }
}

/** Declares who may call a route. There is no default: a route without it does not boot. */
export function Access(permission: Permission | 'public', face?: 'coordinator'): MethodDecorator {
  const access: AccessRule = { permission, coordinator: face === 'coordinator' };
  const route = RouteConfig({ access });
  if (permission === 'public') return applyDecorators(route, ApiSecurity({}));
  return access.coordinator
    ? applyDecorators(route, ApiBearerAuth(), ApiSecurity({}))
    : applyDecorators(route, ApiBearerAuth());
}

/** Refuses to register a route that does not say who may call it, so that a forgotten one is closed and loud, not open. */
export function requireDeclaredAccess(fastify: FastifyInstance): void {
  fastify.addHook('onRoute', (route: RouteOptions) => {
    const config = route.config as { access?: AccessRule } | undefined;
    if (config?.access) return;
    throw new Error(`${String(route.method)} ${route.url} does not declare who may call it: add @Access(...)`);
  });
}

import { applyDecorators } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiBearerAuth, ApiSecurity } from '@nestjs/swagger';
import type { FastifyInstance, RouteOptions } from 'fastify';

/**
 * Who may call a route. `public`: anyone. `bearer`: a credential. `coordinator`: a credential, or nobody in particular
 * while COORDINATOR_OPEN holds.
 */
export type AccessLevel = 'public' | 'bearer' | 'coordinator';

declare module 'fastify' {
  interface FastifyContextConfig {
    access?: AccessLevel;
  }
}

/** Declares who may call a route. There is no default: a route without it does not boot. */
export function Access(access: AccessLevel): MethodDecorator {
  const route = RouteConfig({ access });
  if (access === 'public') return applyDecorators(route, ApiSecurity({}));
  return access === 'bearer'
    ? applyDecorators(route, ApiBearerAuth())
    : applyDecorators(route, ApiBearerAuth(), ApiSecurity({}));
}

/** Refuses to register a route that does not say who may call it, so that a forgotten one is closed and loud, not open. */
export function requireDeclaredAccess(fastify: FastifyInstance): void {
  fastify.addHook('onRoute', (route: RouteOptions) => {
    const config = route.config as { access?: AccessLevel } | undefined;
    if (config?.access) return;
    throw new Error(`${String(route.method)} ${route.url} does not declare who may call it: add @Access(...)`);
  });
}

import { applyDecorators } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiBearerAuth, ApiExtension, ApiSecurity } from '@nestjs/swagger';
import type { Permission } from '@ao/contracts';
import type { FastifyInstance, RouteOptions } from 'fastify';

/** Who may call a route: anyone (`public`), or who has the permission. */
export interface AccessRule {
  readonly permission: Permission | 'public';
  /** Enough instead: whoever has this one alone sees and touches there what is its own, which the handler has to see to. */
  readonly or?: Permission;
  /** A public route that tells whoever shows a credential more: it is looked at where there is one. */
  readonly optional?: true;
  /** A route of the coordinator's document: while COORDINATOR_OPEN holds, nobody in particular may call it too. */
  readonly coordinator: boolean;
}

declare module 'fastify' {
  interface FastifyContextConfig {
    access?: AccessRule;
  }
}

/** Where the description of the API says which permission an operation asks for: it, or it and the one that is enough. */
export const PERMISSION_EXTENSION = 'x-permission';

/** Declares who may call a route. There is no default: a route without it does not boot. */
export function Access(
  permission: Permission | 'public',
  more?: 'coordinator' | 'credential_optional' | { readonly or: Permission },
): MethodDecorator {
  const access: AccessRule = {
    permission,
    coordinator: more === 'coordinator',
    ...(more === 'credential_optional' && { optional: true }),
    ...(typeof more === 'object' && { or: more.or }),
  };
  const route = applyDecorators(
    RouteConfig({ access }),
    ApiExtension(PERMISSION_EXTENSION, access.or ? [permission, access.or] : permission),
  );
  if (access.optional) return applyDecorators(route, ApiBearerAuth(), ApiSecurity({}));
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

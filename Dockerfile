# syntax=docker/dockerfile:1
# One image for every service: a container chooses its program by its command, for example
#   node --v8-pool-size=1 -r source-map-support/register dist/apps/tasks/src/main.js
#
# The base is pinned by tag so that it can be read. A tag can be moved; a release build pins the digest as well
# (`docker buildx imagetools inspect node:24.11.1-bookworm-slim` shows it): NODE_IMAGE=node:24.11.1-bookworm-slim@sha256:…
ARG NODE_IMAGE=node:24.11.1-bookworm-slim

# --- build: all dependencies, TypeScript to dist/ -------------------------------------------------------------------
FROM ${NODE_IMAGE} AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
COPY sdk/typescript/package.json sdk/typescript/
# No package's install script runs in a build: what the build needs comes as prebuilt binaries.
RUN --mount=type=cache,target=/root/.npm npm ci --ignore-scripts
COPY . .
RUN node scripts/build.mjs

# --- runtime packages: without tools, and without the embedded Postgres that only the launcher starts ----------------
FROM ${NODE_IMAGE} AS packages
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
COPY sdk/typescript/package.json sdk/typescript/
RUN --mount=type=cache,target=/root/.npm npm ci --omit=dev --omit=optional --ignore-scripts

# --- the image ------------------------------------------------------------------------------------------------------
FROM ${NODE_IMAGE}
LABEL org.opencontainers.image.title="agent-orchestration" \
      org.opencontainers.image.description="Event-sourced control plane for fleets of agents" \
      org.opencontainers.image.licenses="MIT"
ENV NODE_ENV=production
WORKDIR /app
# Owned by root and read by others: the process cannot change its own code.
COPY --from=packages /app/package.json ./
COPY --from=packages /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
# The user `node` of the base image, as a number so that Kubernetes can see that it is not root.
USER 1000:1000
# Node as process 1 gets SIGTERM itself and drains.
CMD ["node", "--v8-pool-size=1", "-r", "source-map-support/register", "dist/apps/gateway/src/main.js"]

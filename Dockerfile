# Two stages: the first installs the exact locked packages, the second carries only what runs.
FROM node:20-bookworm-slim AS install
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --engine-strict --omit=dev --no-audit --no-fund

FROM node:20-bookworm-slim
ENV NODE_ENV=production
WORKDIR /app
COPY --from=install /app/node_modules ./node_modules
COPY package.json tsconfig.json ./
COPY contracts ./contracts
COPY strategies ./strategies
COPY src ./src
COPY backtest ./backtest
# The launcher bundles the sources here at the first start.
RUN mkdir .cache && chown node:node .cache
RUN mkdir -p /data && chown node:node /data
USER node
VOLUME /data
# `run` binds its control endpoint to loopback inside the container; the health check asks it there.
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s CMD ["node", "src/cli/wattmaker.mjs", "health", "--config", "/config/wattmaker.yaml"]
ENTRYPOINT ["node", "src/cli/wattmaker.mjs"]
CMD ["run", "--config", "/config/wattmaker.yaml"]

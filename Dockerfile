# The embedded engine in a container: docker build -t pubsub . && docker run -p 4566:4566 pubsub
ARG BASE=node:22-slim
FROM ${BASE} AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts --prefer-offline --no-audit --no-fund
COPY . .
RUN node build.mjs && npm prune --omit=dev --ignore-scripts

FROM ${BASE}
WORKDIR /app
COPY --from=build /app/package.json ./
COPY --from=build /app/bin ./bin
COPY --from=build /app/dist ./dist
COPY --from=build /app/topologies ./topologies
COPY --from=build /app/node_modules ./node_modules
ENV NODE_ENV=production XDG_STATE_HOME=/data
RUN mkdir -p /data && chown 65532:65532 /data
VOLUME /data
USER 65532:65532
EXPOSE 4566
# It finds the engine by its state folder: also on another port, and with a token.
HEALTHCHECK --interval=5s --timeout=3s --start-period=5s CMD ["node", "/app/bin/pubsub.js", "local", "status"]
ENTRYPOINT ["node", "/app/bin/pubsub.js", "local", "run", "--host", "0.0.0.0", "--port", "4566"]
CMD ["--allow-anyone"]

# syntax=docker/dockerfile:1
# One image for the API, the worker and their one-shot commands; the command chooses.

FROM node:24.21.0-trixie-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
# No dependency needs its install script here; not running any keeps a bad one from doing harm.
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY nest-cli.json rolldown.config.js tsconfig.json tsconfig.build.json ./
COPY apps apps
COPY clients clients
COPY libs libs
COPY migrations migrations
COPY docs/errors docs/errors
RUN npm run build

FROM golang:1.26.8-trixie AS judge
WORKDIR /src
COPY apps/policy-judge .
RUN CGO_ENABLED=0 go build -trimpath -ldflags '-s -w' -o /policy-judge .
# Those of what is linked into it.
RUN go mod vendor && mkdir /licenses && \
    find vendor -type f -regextype posix-extended -iregex '.*/(licen[cs]e|copying|notice|patents)[^/]*' \
      -exec cp --parents {} /licenses \;

FROM node:24.21.0-trixie-slim
# Given by whoever publishes the image (`docker build --build-arg VERSION=… --build-arg REVISION=…`).
ARG VERSION=dev
ARG REVISION=unknown
LABEL org.opencontainers.image.title="Bulkhead" \
      org.opencontainers.image.description="Control plane for software companies that run their customers on Kubernetes" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="$VERSION" \
      org.opencontainers.image.revision="$REVISION"
# The loopback address of a container is of no use outside it.
ENV NODE_ENV=production BULKHEAD_HOST=0.0.0.0
WORKDIR /app
# package.json says that these are modules. All dependencies are bundled, but for the files of the Swagger UI.
COPY --from=build /app/package.json ./
COPY --from=build /app/node_modules/swagger-ui-dist node_modules/swagger-ui-dist
COPY --from=build /app/dist dist
COPY --from=build /app/docs/errors docs/errors
COPY --from=judge /licenses/vendor licenses/policy-judge
COPY --from=judge /policy-judge /usr/local/bin/policy-judge
# The user of the base image that is not root, by number so that Kubernetes can check it (runAsNonRoot).
USER 1000:1000
EXPOSE 3000
CMD ["node", "dist/apps/api/src/main.js"]

# The product's image for the scaled-out shape. Debian slim: the Temporal SDK has no binary for musl.
FROM node:24.21.0-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
COPY shared/package.json shared/
COPY temporal/package.json temporal/
COPY backend/package.json backend/
COPY frontend/package.json frontend/
COPY cli/package.json cli/
RUN npm ci --ignore-scripts
COPY . .
RUN npm run build

FROM node:24.21.0-bookworm-slim
WORKDIR /app
ENV NODE_ENV=production MILLRACE_DATA_DIR=/data MILLRACE_WEB_DIR=/app/frontend/dist
COPY --from=build --chown=node:node /app /app
RUN mkdir /data && chown node:node /data
USER node
VOLUME /data
EXPOSE 3001
CMD ["node", "backend/src/main.ts"]

import cookie from '@fastify/cookie'
import jwt from '@fastify/jwt'
import Fastify, { type FastifyInstance, LogController } from 'fastify'
import { serializerCompiler, validatorCompiler, type ZodTypeProvider } from 'fastify-type-provider-zod'
import type { AppServices } from './app-services.ts'
import { accessTokenOptions, createAccessTokens } from './auth/access-tokens.ts'
import { createAuthenticate } from './auth/authenticate.ts'
import { AuthorityWatch } from './auth/authority-watch.ts'
import { createPromptLinkTokens } from './auth/prompt-link-tokens.ts'
import { createShareTokens } from './auth/share-tokens.ts'
import { DrawingChecks } from './commands/check-drawing.ts'
import { registerLiveCommands } from './live-commands/register-live-commands.ts'
import { describeApi, docsPath } from './plugins/api-docs.ts'
import { authenticateRequests } from './plugins/authentication.ts'
import { handleErrors } from './plugins/error-handler.ts'
import { honourIdempotencyKeys } from './plugins/idempotency.ts'
import { RateCounts } from './plugins/rate-counts.ts'
import { limitCallers, limitRates } from './plugins/rate-limits.ts'
import { bodyBytesMax, readRequestBodies } from './plugins/request-bodies.ts'
import { createRequestId } from './plugins/request-id.ts'
import { logRequests } from './plugins/request-log.ts'
import { setSecurityHeaders } from './plugins/security-headers.ts'
import { serveWebApp, withoutBasePath } from './plugins/web-app.ts'
import { registerApiKeyRoutes } from './routes/api-keys.ts'
import { registerAuthRoutes } from './routes/auth.ts'
import { registerCredentialRoutes } from './routes/credentials.ts'
import { registerExecutionStreamRoutes } from './routes/execution-streams.ts'
import { registerExecutionRoutes } from './routes/executions.ts'
import { registerHealthRoutes } from './routes/health.ts'
import { registerInvitationRoutes } from './routes/invitations.ts'
import { registerLiveStatsRoute } from './routes/live-stats.ts'
import { registerMeRoutes } from './routes/me.ts'
import { registerMetricsRoute } from './routes/metrics.ts'
import { registerNodeTypeRoutes } from './routes/node-types.ts'
import { registerNotificationRoutes } from './routes/notifications.ts'
import { registerPromptLinkRoutes } from './routes/prompt-links.ts'
import { registerPromptRoutes } from './routes/prompts.ts'
import { registerShareLinkRoutes } from './routes/share-links.ts'
import { registerTemplateRoutes } from './routes/templates.ts'
import { registerWorkflowRoutes } from './routes/workflows.ts'
import { registerWorkspaceRoutes } from './routes/workspaces.ts'
import { registerWebSocketRoute } from './routes/ws.ts'

/** Longest time for the head and the body of a request to arrive; uploads stream within it. */
const requestTimeoutMs = 10 * 60_000
/** Longer than a proxy keeps an idle connection, so that it is the proxy which closes it. */
const keepAliveTimeoutMs = 72_000
/** Longest id in an address: ids of questions carry a node path. */
const pathParameterCharactersMax = 400

/**
 * The HTTP side as a value: everything registered, nothing listening. Whoever made it closes it.
 * The order is the order in which a request meets the parts.
 */
export async function createApp(services: AppServices): Promise<FastifyInstance> {
  const { config, database } = services
  const app = Fastify({
    // Its own child, so that its level can be set apart from everybody else's.
    loggerInstance: services.logger.child({}),
    genReqId: createRequestId,
    logController: new LogController({ requestIdLogLabel: 'requestId', disableRequestLogging: true }),
    trustProxy: config.trustProxy.length > 0 && [...config.trustProxy],
    rewriteUrl: ({ url = '/' }) => withoutBasePath(url, config.basePath),
    bodyLimit: bodyBytesMax,
    requestTimeout: requestTimeoutMs,
    keepAliveTimeout: keepAliveTimeoutMs,
    routerOptions: { maxParamLength: pathParameterCharactersMax },
    // Sockets are told by their own preClose; what is left then is cut.
    forceCloseConnections: true,
    return503OnClosing: false,
  }).withTypeProvider<ZodTypeProvider>()
  app.setValidatorCompiler(validatorCompiler)
  app.setSerializerCompiler(serializerCompiler)

  handleErrors(app)
  logRequests(app)
  readRequestBodies(app)
  await setSecurityHeaders(app, config.allowedOrigins)
  const counts = new RateCounts(services.rateCounts)
  const signInLimit = await limitRates(app, config, counts)
  await app.register(cookie)
  await app.register(jwt, accessTokenOptions(services.keys.accessToken))
  const accessTokens = createAccessTokens(app.jwt)
  const shareTokens = createShareTokens(app.jwt)
  const authenticate = createAuthenticate({ database, accessTokens, shareTokens })
  authenticateRequests(app, authenticate, { publicPrefix: docsPath })
  limitCallers(app, config, counts)
  honourIdempotencyKeys(app, database)
  await describeApi(app, services.version)

  registerHealthRoutes(app, services)
  const live = services.openLive(authenticate)
  const drawingChecks = new DrawingChecks()
  registerLiveCommands(live, { ...services, counts, drawingChecks })
  const authority = new AuthorityWatch({ database, live: live.rights, logger: services.logger })
  app.addHook('onClose', () => authority.close())
  registerAuthRoutes(app, { ...services, accessTokens, signInLimit, live: authority })
  registerMeRoutes(app, services)
  registerApiKeyRoutes(app, { ...services, live: authority })
  registerWorkspaceRoutes(app, { ...services, live: authority })
  registerInvitationRoutes(app, { ...services, accessTokens, authenticate, signInLimit, live: authority })
  registerShareLinkRoutes(app, { ...services, shareTokens, signInLimit, live: authority })
  registerCredentialRoutes(app, services)
  registerNodeTypeRoutes(app, services)
  registerTemplateRoutes(app, services)
  registerWorkflowRoutes(app, { ...services, drawingChecks })
  registerExecutionRoutes(app, services)
  registerPromptRoutes(app, services)
  const promptLinkTokens = createPromptLinkTokens(services.keys.promptLinks)
  registerPromptLinkRoutes(app, { ...services, promptLinkTokens, signInLimit })
  registerNotificationRoutes(app, services)
  registerExecutionStreamRoutes(app, services, live)
  registerLiveStatsRoute(app, live)
  registerMetricsRoute(app, services.metrics)
  await registerWebSocketRoute(app as unknown as FastifyInstance, {
    manager: live,
    authenticate,
    allowedOrigins: config.allowedOrigins,
    acceptQueryToken: config.queryToken,
    compresses: config.socketCompression,
  })
  await services.registerParts?.(app)
  await serveWebApp(app, config)
  return app
}

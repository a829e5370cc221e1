import type { Logger } from 'pino'
import type { Compose, Product } from './compose/product.ts'
import { type Config, ConfigError, loadConfig } from './config.ts'
import { createLogger } from './logging/create-logger.ts'
import { startBanner } from './start-banner.ts'
import { explainStartFailure } from './start-failure.ts'

const interruptedExitCode = 1

/**
 * Config → compose → start → wait → stop. The first signal (or the end of the parent, where MILLRACE_PARENT
 * asks for it) drains within `shutdownTimeoutMs`; a second one ends the process at once with code 1.
 * @param host the process itself, which nothing below this function touches.
 * @param fixed settings that the entry point decides.
 */
export async function runProcess(
  host: NodeJS.Process,
  compose: Compose,
  fixed: Record<string, string> = {},
): Promise<void> {
  // A reader of our output that goes away is no reason to fall over.
  for (const stream of [host.stdout, host.stderr]) stream.on('error', () => undefined)
  let config: Config
  try {
    config = loadConfig({ ...host.env, ...fixed })
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    return end(host, 1, `${error.message}\n`)
  }
  const format = config.logging.format ?? (host.stdout.isTTY ? 'text' : 'json')
  const logger = createLogger({ level: config.logging.level, format }, host.stdout)
  const stopping = stopSignal(host, config, logger)
  for (const name of config.unknownSettings) logger.warn({ name }, 'this is no setting of this version')
  let product: Product
  try {
    product = await orStopInTime(
      compose(config, { logger, signal: stopping.signal, onFatal: stopping.crash }),
      stopping,
      config.shutdownTimeoutMs,
    )
  } catch (error) {
    if (stopping.signal.aborted) return end(host, stopping.hasCrashed() ? 1 : 0)
    const explanation = explainStartFailure(error, config)
    if (explanation === null) logger.fatal({ err: error }, 'the start failed')
    return end(host, 1, explanation === null ? '' : `${explanation}\n`)
  }
  if (!stopping.signal.aborted) host.stdout.write(startBanner(config, product))
  await stopping.asked
  const isClean = await closeInTime(product, config.shutdownTimeoutMs, logger)
  return end(host, isClean && !stopping.hasCrashed() ? 0 : 1)
}

interface StopSignal {
  signal: AbortSignal
  /** Resolves when somebody wants the process to stop. */
  asked: Promise<void>
  /** Stops because of an error after which the work cannot go on. */
  crash(error: unknown): void
  hasCrashed(): boolean
}

function stopSignal(host: NodeJS.Process, config: Config, logger: Logger): StopSignal {
  const controller = new AbortController()
  let hasCrashed = false
  const ask = (reason: string) => {
    if (controller.signal.aborted) {
      logger.warn({ reason }, 'stopping at once')
      host.exit(interruptedExitCode)
    }
    logger.info({ reason }, 'stopping')
    controller.abort()
  }
  host.on('SIGINT', () => ask('SIGINT'))
  host.on('SIGTERM', () => ask('SIGTERM'))
  if (config.stopWithParent) host.on('disconnect', () => ask('the parent is gone'))
  const crash = (err: unknown) => {
    logger.fatal({ err }, 'an error after which this process cannot go on')
    hasCrashed = true
    // The state may be broken: drain what can be drained, and let the supervisor start afresh.
    if (!controller.signal.aborted) ask('crash')
  }
  host.on('uncaughtException', crash)
  host.on('unhandledRejection', crash)
  return {
    signal: controller.signal,
    asked: new Promise((resolve) => {
      if (controller.signal.aborted) resolve()
      else controller.signal.addEventListener('abort', () => resolve(), { once: true })
    }),
    crash,
    hasCrashed: () => hasCrashed,
  }
}

/** A start that is asked to stop has the same time as a running product; it rejects at the latest then. */
async function orStopInTime(
  starting: Promise<Product>,
  { asked, signal }: StopSignal,
  timeoutMs: number,
): Promise<Product> {
  let timer: NodeJS.Timeout | undefined
  const cut = asked.then(
    () =>
      new Promise<never>((_resolve, reject) => {
        timer = setTimeout(() => reject(signal.reason), timeoutMs)
      }),
  )
  try {
    return await Promise.race([starting, cut])
  } finally {
    clearTimeout(timer)
  }
}

/** False: the time was up with something still open. */
async function closeInTime(product: Product, timeoutMs: number, logger: Logger): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined
  const timeUp = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), timeoutMs)
  })
  const isClean = await Promise.race([product.close().then(() => true), timeUp])
  clearTimeout(timer)
  if (isClean) logger.info('stopped')
  else logger.warn({ timeoutMs }, 'the time for draining is up; what is left is cut')
  return isClean
}

/** Lets the last lines out before the process ends. */
function end(host: NodeJS.Process, code: number, message = ''): Promise<void> {
  return new Promise(() => {
    host.stderr.write(message, () => host.stdout.write('', () => host.exit(code)))
  })
}

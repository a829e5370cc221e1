import { Counter, Gauge, Registry } from 'prom-client'

/** A figure that its owner counts and the page only reads. */
export interface ReadFigure {
  name: string
  help: string
  read: () => number | Promise<number>
}

/** The metrics of one process, as text for Prometheus. Made once in compose.ts; there is no registry beside it. */
export class MetricsPage {
  readonly registry = new Registry()
  readonly contentType = this.registry.contentType

  /** Rejects when a figure cannot be read. */
  render(): Promise<string> {
    return this.registry.metrics()
  }

  /** A figure that only grows. */
  addCounter({ name, help, read }: ReadFigure): void {
    new Counter({
      name,
      help,
      registers: [this.registry],
      async collect() {
        const value = await read()
        this.reset()
        this.inc(value)
      },
    })
  }

  addGauge({ name, help, read }: ReadFigure): void {
    new Gauge({
      name,
      help,
      registers: [this.registry],
      async collect() {
        this.set(await read())
      },
    })
  }
}

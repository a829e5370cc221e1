import { Counter, Gauge, Registry } from 'prom-client'

/** A figure that its owner counts and the page only reads. */
export interface ReadFigure {
  name: string
  help: string
  read: () => number | Promise<number>
}

/** Several of them under one name, told apart by a label; the label's values are few and known. */
export interface LabelledFigure extends Omit<ReadFigure, 'read'> {
  label: string
  read: () => Readonly<Record<string, number>>
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
    const counter = new Counter({
      name,
      help,
      registers: [],
      async collect() {
        const value = await read()
        this.reset()
        this.inc(value)
      },
    })
    this.registry.registerMetric(counter)
  }

  /** As `addCounter`, by the values of a label. */
  addLabelledCounter({ name, help, label, read }: LabelledFigure): void {
    const counter = new Counter({
      name,
      help,
      labelNames: [label],
      registers: [],
      collect() {
        this.reset()
        for (const [value, count] of Object.entries(read())) this.inc({ [label]: value }, count)
      },
    })
    this.registry.registerMetric(counter)
  }

  addGauge({ name, help, read }: ReadFigure): void {
    const gauge = new Gauge({
      name,
      help,
      registers: [],
      async collect() {
        this.set(await read())
      },
    })
    this.registry.registerMetric(gauge)
  }
}

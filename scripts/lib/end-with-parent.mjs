/** Preloaded into programs that are not ours: ends them when the process that supervises them is gone. */
process.on('disconnect', () => process.exit())

// Loaded into a daemon under test before its own code: on SIGUSR2 its event loop turns no more. The daemon knows nothing of it.
process.on('SIGUSR2', () => {
  for (;;);
});

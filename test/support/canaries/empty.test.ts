// A file without a test: the runner must call it a failure.
export {};

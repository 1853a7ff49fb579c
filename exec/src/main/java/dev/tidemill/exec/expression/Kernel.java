package dev.tidemill.exec.expression;

/**
 * Computes a call for a batch. Arguments are columns without dictionaries as long as the batch, or
 * scalars; at least one is a column where there are any. For strict functions no scalar is NULL.
 */
interface Kernel {
  Value apply(Evaluation evaluation, Rows rows, Value[] arguments);
}

package dev.tidemill.benchmarks.nexmark;

/**
 * What a run of a query took.
 *
 * @param millis from the start of the query to the end of the last step
 * @param cpuSeconds of the whole process in that time
 * @param stateBytes at the end, or -1
 * @param p50Millis the median of the steps' times, or -1
 * @param p99Millis their 99th percentile, or -1
 * @param rowsOut changes that were delivered
 */
record Measurement(
    double millis,
    double cpuSeconds,
    long stateBytes,
    double p50Millis,
    double p99Millis,
    long rowsOut) {
  double perSecond(long events) {
    return events / (millis / 1000);
  }
}

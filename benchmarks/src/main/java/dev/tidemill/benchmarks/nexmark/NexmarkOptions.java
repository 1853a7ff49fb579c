package dev.tidemill.benchmarks.nexmark;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What {@code benchmarks/nexmark} was asked for.
 *
 * @param events of all three tables
 * @param warmUp events of a run before that is not measured
 * @param memory as {@code 2GB}, or null for the engine's own default
 * @param peer {@code flink}, {@code spark}, or null
 * @param home the directory that {@code benchmarks} and {@code target} are in
 * @param json where the figures are written, or null
 */
public record NexmarkOptions(
    List<NexmarkQuery> queries,
    long events,
    long warmUp,
    int threads,
    @Nullable String memory,
    @Nullable String peer,
    Path home,
    @Nullable Path json) {
  public NexmarkOptions {
    queries = List.copyOf(queries);
  }
}

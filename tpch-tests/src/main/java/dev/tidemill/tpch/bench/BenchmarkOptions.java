package dev.tidemill.tpch.bench;

import dev.tidemill.tpch.TpchQuery;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What {@code tpch bench} was asked for.
 *
 * @param data where the files are, absolute
 * @param runs measured runs of each query by each engine
 * @param warmUp runs before them that are not measured
 * @param cached whether the tables are in memory before anything is measured
 * @param memory the limit of each engine, as {@code 2GB}; null for each one's own default
 * @param peer {@code duckdb} or {@code spark}; null to measure without one
 * @param peers where the files {@code PEER.classpath} are
 * @param programs where the peers' programs are
 * @param json where the figures are written, or null
 */
public record BenchmarkOptions(
    Path data,
    List<TpchQuery> queries,
    int runs,
    int warmUp,
    int threads,
    boolean cached,
    @Nullable String memory,
    @Nullable String peer,
    Path peers,
    Path programs,
    @Nullable Path json) {}

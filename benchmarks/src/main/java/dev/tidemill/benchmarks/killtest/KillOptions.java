package dev.tidemill.benchmarks.killtest;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * What was asked for.
 *
 * @param seed of the input and of the moments
 * @param jdbc the WITH options that reach a database, which standing queries then deliver to too,
 *     or null
 * @param kafka brokers, {@code host:port}, through whose topics rows then go too, or null
 * @param json where the figures are written, or null
 */
public record KillOptions(
    int kills, long seed, @Nullable String jdbc, @Nullable String kafka, @Nullable Path json) {}

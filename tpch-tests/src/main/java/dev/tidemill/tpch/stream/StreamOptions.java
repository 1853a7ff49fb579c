package dev.tidemill.tpch.stream;

import dev.tidemill.tpch.TpchQuery;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What {@code tpch stream} was asked for.
 *
 * @param data where the files of the tables are, absolute
 * @param steps after the rows that are there at the beginning
 * @param places of 100,000 rows how many come in a step; a third as many go, or change
 * @param memory the engine's limit, or null for its default
 * @param json where the figures are written, or null
 */
public record StreamOptions(
    Path data,
    List<TpchQuery> queries,
    int steps,
    int places,
    int runs,
    @Nullable String memory,
    @Nullable Path json) {}

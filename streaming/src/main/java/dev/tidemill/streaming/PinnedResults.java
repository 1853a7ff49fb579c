package dev.tidemill.streaming;

import dev.tidemill.storage.table.Table;
import dev.tidemill.streaming.state.StateVersion;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One version of each kept result that a statement reads, all pinned at the same moment; close it
 * after the statement.
 */
public final class PinnedResults implements AutoCloseable {
  private final Map<String, Pinned> results = new LinkedHashMap<>();
  private final List<String> warnings;

  /** A result at a version. */
  record Pinned(String name, Table table, StateVersion version) {}

  PinnedResults(List<Pinned> pinned, List<String> warnings) {
    pinned.forEach(p -> results.put(p.name().toLowerCase(Locale.ROOT), p));
    this.warnings = List.copyOf(warnings);
  }

  /** The pinned table of a kept result, or null where it was not asked for. */
  public @Nullable Table table(String query) {
    Pinned pinned = results.get(query.toLowerCase(Locale.ROOT));
    return pinned == null ? null : pinned.table();
  }

  /** The step that a result is pinned at, or -1 where it was not asked for. */
  public long step(String query) {
    Pinned pinned = results.get(query.toLowerCase(Locale.ROOT));
    return pinned == null ? -1 : pinned.version().step();
  }

  /** What the user should know: results that do not stand at the same cut. */
  public List<String> warnings() {
    return warnings;
  }

  @Override
  public void close() {
    results.values().forEach(p -> p.version().close());
  }
}

package dev.tidemill.streaming.state;

import dev.tidemill.foundation.hash.KeyGroups;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** A pinned version of {@link MemoryState}. */
public final class MemoryStateVersion implements StateVersion {
  private final MemoryState state;
  private final long version;
  private final List<Map.Entry<String, StateTable>> tables;
  private final Map<String, VersionedColumns.Pin> columns;
  private final AtomicBoolean released = new AtomicBoolean();

  /**
   * {@code tables}: all that there were at this version; one made later has nothing to say of it.
   */
  MemoryStateVersion(
      MemoryState state,
      long version,
      List<Map.Entry<String, StateTable>> tables,
      Map<String, VersionedColumns.Pin> columns) {
    this.state = state;
    this.version = version;
    this.tables = tables;
    this.columns = columns;
  }

  @Override
  public long step() {
    return version;
  }

  @Override
  public void forEach(String multiset, KeyedMultisetState.KeyRowConsumer consumer) {
    for (Map.Entry<String, StateTable> table : tables) {
      if (table.getKey().equals(multiset) && table.getValue() instanceof MultisetTable rows) {
        for (int group = 0; group < KeyGroups.COUNT; group++) {
          rows.forEach(group, version, consumer);
        }
      }
    }
  }

  @Override
  public VersionedColumns.@Nullable Pin columns(String name) {
    return columns.get(name);
  }

  @Override
  public void close() {
    if (released.compareAndSet(false, true)) {
      columns.values().forEach(VersionedColumns.Pin::close);
      state.release(version);
    }
  }
}

package dev.tidemill.streaming.state;

import dev.tidemill.foundation.hash.KeyGroups;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;

/** A pinned version of {@link MemoryState}. */
public final class MemoryStateVersion implements StateVersion {
  private final MemoryState state;
  private final long version;
  private final AtomicBoolean released = new AtomicBoolean();

  MemoryStateVersion(MemoryState state, long version) {
    this.state = state;
    this.version = version;
  }

  @Override
  public long step() {
    return version;
  }

  @Override
  public void forEach(String multiset, KeyedMultisetState.KeyRowConsumer consumer) {
    for (Map.Entry<String, StateTable> table : state.tables()) {
      if (table.getKey().equals(multiset) && table.getValue() instanceof MultisetTable rows) {
        for (int group = 0; group < KeyGroups.COUNT; group++) {
          rows.forEach(group, version, consumer);
        }
      }
    }
  }

  List<Map.Entry<String, StateTable>> tables() {
    return state.tables();
  }

  @Override
  public void close() {
    if (released.compareAndSet(false, true)) {
      state.release(version);
    }
  }
}

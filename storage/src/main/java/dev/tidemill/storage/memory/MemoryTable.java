package dev.tidemill.storage.memory;

import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.storage.table.InputKind;
import dev.tidemill.storage.versions.VersionedTable;
import java.time.InstantSource;
import org.apache.arrow.vector.types.pojo.Schema;

/** A table whose segments are in memory, charged to a scope that must outlive it. */
public final class MemoryTable extends VersionedTable {
  public MemoryTable(Schema schema, InputKind kind, MemoryScope scope) {
    this(
        new Definition(
            "memory", schema, kind, null, DEFAULT_SNAPSHOTS_KEPT, InstantSource.system()),
        scope);
  }

  MemoryTable(Definition definition, MemoryScope scope) {
    super(definition, new MemorySegments(definition.schema(), scope));
  }
}

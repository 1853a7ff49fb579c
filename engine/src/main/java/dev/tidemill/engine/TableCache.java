package dev.tidemill.engine;

import dev.tidemill.foundation.error.TidemillException;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.plan.batch.TableReference;
import dev.tidemill.storage.cache.CachedTable;
import dev.tidemill.storage.catalog.Catalog;
import dev.tidemill.storage.catalog.CatalogEntry;
import dev.tidemill.storage.table.Table;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The tables that CACHE TABLE keeps in memory, for batch queries. One that has changed, or does not
 * fit any more once it has grown, is forgotten, and read as any other.
 */
final class TableCache implements AutoCloseable {
  private final MemoryScope memory;
  private final Map<String, CachedTable> tables = new ConcurrentHashMap<>();

  TableCache(MemoryScope memory) {
    this.memory = memory;
  }

  /**
   * Reads a table into memory.
   *
   * @param check throws to end that
   * @return false if it is there already
   */
  boolean cache(CatalogEntry.TableEntry entry, Runnable check) {
    String key = key(entry.definition().name());
    CachedTable there = tables.get(key);
    if (there != null && there.isOf(entry.table())) {
      CachedTable.Reading reading = there.read(check);
      if (reading != null) {
        reading.close();
        return false;
      }
    }
    uncache(key);
    CachedTable added = new CachedTable(entry.table(), memory.child("cached " + key));
    try {
      CachedTable.Reading filled = added.read(check);
      if (filled != null) {
        filled.close();
      }
      CachedTable before = tables.put(key, added);
      if (before != null) {
        before.drop();
      }
      return true;
    } catch (RuntimeException | Error e) {
      added.drop();
      throw e;
    }
  }

  /** Forgets a table; says whether it was there. */
  boolean uncache(String name) {
    CachedTable there = tables.remove(key(name));
    if (there != null) {
      there.drop();
    }
    return there != null;
  }

  /** Bytes that a table takes here, or -1 where it is not here. */
  long bytes(String name) {
    CachedTable there = tables.get(key(name));
    return there == null ? -1 : there.bytes();
  }

  /** What one query reads of the tables here; close it after the query. */
  Pinned pin(Function<TableReference, Table> otherwise) {
    return new Pinned(otherwise);
  }

  private static String key(String name) {
    return name.toLowerCase(Locale.ROOT);
  }

  @Override
  public void close() {
    List.copyOf(tables.keySet()).forEach(this::uncache);
  }

  /** Finds cached tables first; those it has found stay in memory until it is closed. */
  final class Pinned implements Function<TableReference, Table>, AutoCloseable {
    private final Function<TableReference, Table> otherwise;
    private final List<CachedTable.Reading> readings = new ArrayList<>();

    private Pinned(Function<TableReference, Table> otherwise) {
      this.otherwise = otherwise;
    }

    @Override
    public Table apply(TableReference reference) {
      Table table = otherwise.apply(reference);
      List<String> path = reference.path();
      boolean own = path.size() == 3 && path.get(0).equals(Catalog.DATABASE);
      CachedTable cached = own ? tables.get(key(path.get(2))) : null;
      CachedTable.Reading reading = cached == null ? null : read(cached, table);
      if (cached != null && reading == null) {
        tables.remove(key(path.get(2)), cached);
        cached.drop();
      }
      return reading == null ? table : reading;
    }

    private synchronized CachedTable.@Nullable Reading read(CachedTable cached, Table table) {
      if (!cached.isOf(table)) {
        return null;
      }
      try {
        CachedTable.Reading reading = cached.read(() -> {});
        if (reading != null) {
          readings.add(reading);
        }
        return reading;
      } catch (TidemillException unreadable) {
        return null;
      }
    }

    @Override
    public synchronized void close() {
      readings.forEach(CachedTable.Reading::close);
      readings.clear();
    }
  }
}

package dev.tidemill.storage.files;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import org.apache.arrow.vector.types.pojo.Schema;

/**
 * Where rows begin in files, by their numbers. What was found of late is remembered, since the next
 * one asked for is mostly not far behind. Safe for use by many threads.
 */
final class RowPositions {
  private static final int FILES = 64;
  private static final int PLACES = 64;

  private final FileFormat format;
  private final Schema schema;
  private final Map<DataFile, TreeMap<Long, Long>> known =
      new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<DataFile, TreeMap<Long, Long>> eldest) {
          return size() > FILES;
        }
      };

  RowPositions(FileFormat format, Schema schema) {
    this.format = format;
    this.schema = schema;
  }

  /** The position before row {@code row}, counted from 0. */
  long of(DataFile file, long row) {
    if (row == 0) {
      return 0;
    }
    Map.Entry<Long, Long> near;
    synchronized (known) {
      TreeMap<Long, Long> places = known.get(file);
      near = places == null ? null : places.floorEntry(row);
    }
    long before = near == null ? 0 : near.getKey();
    long position = near == null ? 0 : near.getValue();
    if (before < row) {
      position = format.cut(file, schema, position, row - before).position();
      synchronized (known) {
        TreeMap<Long, Long> places = known.computeIfAbsent(file, f -> new TreeMap<>());
        places.put(row, position);
        if (places.size() > PLACES) {
          places.pollFirstEntry();
        }
      }
    }
    return position;
  }
}

package dev.tidemill.storage.files;

import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.batch.Selection;
import dev.tidemill.foundation.format.ValueFormat;
import dev.tidemill.foundation.hash.Hash;
import dev.tidemill.foundation.row.EncodedRows;
import dev.tidemill.foundation.row.RowCodec;
import dev.tidemill.foundation.type.ArrowTypes;
import dev.tidemill.foundation.type.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import org.apache.arrow.vector.types.pojo.Schema;
import org.jspecify.annotations.Nullable;

/**
 * Divides rows by the directories that their values say. One thread.
 *
 * <pre>
 *   day         country  x
 *   2026-01-01  de       1     -> day=2026-01-01/country=de/   rows 0, 2
 *   2026-01-01  NULL     2     -> day=2026-01-01/country=__HIVE_DEFAULT_PARTITION__/   row 1
 *   2026-01-01  de       3
 * </pre>
 */
final class PartitionRows {
  private static final int REMEMBERED = 10_000;

  private final List<String> names;
  private final int[] columns;
  private final RowCodec codec;
  private final EncodedRows keys = new EncodedRows();
  private final Map<Key, Group> groups = new HashMap<>();
  private final List<Group> touched = new ArrayList<>();
  private final Key probe = new Key();

  /** Bytes of a key; the one that is looked for is changed for each row. */
  private static final class Key {
    private byte[] bytes = {};
    private int start;
    private int end;
    private int hash;

    Key of(byte[] from, int first, int behind) {
      bytes = from;
      start = first;
      end = behind;
      hash = Long.hashCode(Hash.ofBytes(from, first, behind - first));
      return this;
    }

    @Override
    public int hashCode() {
      return hash;
    }

    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Key key
          && Arrays.equals(bytes, start, end, key.bytes, key.start, key.end);
    }
  }

  private static final class Group {
    private final String directory;
    private int[] rows = new int[16];
    private int count;

    Group(String directory) {
      this.directory = directory;
    }

    void add(int row) {
      if (count == rows.length) {
        rows = Arrays.copyOf(rows, count * 2);
      }
      rows[count++] = row;
    }
  }

  PartitionRows(Schema schema, List<String> names) {
    List<String> all = ColumnNames.names(schema);
    this.names = names;
    this.columns = names.stream().mapToInt(all::indexOf).toArray();
    List<Type> types = new ArrayList<>();
    for (int column : columns) {
      types.add(ArrowTypes.type(schema.getFields().get(column)));
    }
    this.codec = RowCodec.unordered(types);
  }

  /** Gives each directory its rows, which are valid for the call. */
  void divide(Batch batch, BiConsumer<String, Selection> taker) {
    codec.encode(batch, columns, keys);
    Group group = null;
    for (int i = 0; i < batch.rowCount(); i++) {
      int row = batch.row(i);
      if (group == null || !keys.equal(i, keys, i - 1)) {
        group = group(batch, i, row);
        if (group.count == 0) {
          touched.add(group);
        }
      }
      group.add(row);
    }
    try {
      for (Group one : touched) {
        taker.accept(one.directory, new Selection(one.rows, one.count));
      }
    } finally {
      touched.forEach(one -> one.count = 0);
      touched.clear();
      if (groups.size() > REMEMBERED) {
        groups.clear();
      }
    }
  }

  private Group group(Batch batch, int key, int row) {
    Group group = groups.get(probe.of(keys.bytes(), keys.start(key), keys.end(key)));
    if (group == null) {
      group = new Group(directory(batch, row));
      byte[] own = keys.key(key);
      groups.put(new Key().of(own, 0, own.length), group);
    }
    return group;
  }

  private String directory(Batch batch, int row) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < columns.length; i++) {
      var column = batch.column(columns[i]);
      text.append(
          PathColumns.directory(
              names.get(i), column.isNull(row) ? null : ValueFormat.format(column, row)));
    }
    return text.toString();
  }
}

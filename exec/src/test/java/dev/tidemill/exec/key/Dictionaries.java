package dev.tidemill.exec.key;

import dev.tidemill.foundation.batch.Bits;
import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.batch.Columns;
import dev.tidemill.foundation.batch.DictionaryColumn;
import dev.tidemill.foundation.memory.Buffer;
import dev.tidemill.foundation.memory.Memory;
import dev.tidemill.foundation.memory.MemoryScope;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Columns as codes into dictionaries in a random order. */
public final class Dictionaries {
  private Dictionaries() {}

  public static Column of(Column column, Random random, MemoryScope memory) {
    List<Integer> order = new ArrayList<>();
    for (int row = 0; row < column.length(); row++) {
      if (!column.isNull(row)) {
        order.add(row);
      }
    }
    Collections.shuffle(order, random);
    Map<Object, Integer> codes = new LinkedHashMap<>();
    List<Integer> entries = new ArrayList<>();
    for (int row : order) {
      Object value = column.value(row);
      if (value != null && codes.putIfAbsent(value, entries.size()) == null) {
        entries.add(row);
      }
    }
    Buffer buffer = memory.allocate(Math.max(1, column.length()) * 4L);
    Buffer validity = memory.allocateZeroed(Math.max(8, Bits.bytes(column.length())));
    for (int row = 0; row < column.length(); row++) {
      Object value = column.value(row);
      Memory.putInt(buffer.address() + row * 4L, value == null ? 0 : codes.getOrDefault(value, 0));
      Bits.put(validity.address(), row, value != null);
    }
    int[] rows = entries.stream().mapToInt(Integer::intValue).toArray();
    return new DictionaryColumn(
        column.length(), buffer, Columns.take(column, rows, 0, rows.length, memory), validity);
  }
}

package dev.tidemill.foundation.batch;

import dev.tidemill.foundation.memory.Buffer;
import dev.tidemill.foundation.memory.Memory;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.type.Type;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * ARRAY or MAP in Arrow's list layout: {@code length + 1} offsets of 4 bytes into a column of
 * elements; of a MAP the elements are a {@link RowColumn} of key and value.
 */
public final class ListColumn extends Column {
  private final Buffer offsets;
  private final long address;
  private final Column elements;

  /** Takes ownership of the buffers and of {@code elements}. */
  public ListColumn(
      Type type, int length, Buffer offsets, Column elements, @Nullable Buffer validity) {
    super(type, length, validity);
    this.offsets = offsets;
    this.address = offsets.address();
    this.elements = elements;
  }

  /** The first element of the row's list. */
  public int startAt(int row) {
    return Memory.getInt(address + ((long) row << 2));
  }

  /** Behind the last element of the row's list. */
  public int endAt(int row) {
    return Memory.getInt(address + ((long) row << 2) + 4);
  }

  /** The offsets' buffer, borrowed. */
  public Buffer offsetsBuffer() {
    return offsets;
  }

  /** All lists' elements, borrowed. */
  public Column elements() {
    return elements;
  }

  @Override
  Object objectAt(int row) {
    int end = endAt(row);
    if (type() instanceof Type.MapType && elements instanceof RowColumn entries) {
      Map<Object, @Nullable Object> map = new LinkedHashMap<>();
      for (int i = startAt(row); i < end; i++) {
        map.put(entries.field(0).objectAt(i), entries.field(1).value(i));
      }
      return map;
    }
    List<@Nullable Object> list = new ArrayList<>();
    for (int i = startAt(row); i < end; i++) {
      list.add(elements.value(i));
    }
    return list;
  }

  @Override
  void closeBuffers() {
    offsets.close();
    elements.close();
  }

  @Override
  void chargeBuffersTo(MemoryScope scope) {
    offsets.chargeTo(scope);
    elements.chargeTo(scope);
  }

  @Override
  long bufferBytes() {
    return offsets.capacity() + elements.bytes();
  }
}

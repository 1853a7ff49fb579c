package dev.tidemill.foundation.batch;

import dev.tidemill.foundation.memory.Buffer;
import dev.tidemill.foundation.memory.Memory;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.type.Type;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Builds a {@link ListColumn} from {@code List} and {@code Map} objects or other columns. */
final class ListColumnBuilder extends ColumnBuilder {
  private final ColumnBuilder elements;
  private final int expectedRows;
  private @Nullable Buffer offsets;

  ListColumnBuilder(Type type, Type element, MemoryScope scope, int expectedRows) {
    super(type, scope);
    this.elements = ColumnBuilder.of(element, scope, expectedRows);
    this.expectedRows = expectedRows;
  }

  private void end() {
    Buffer current = offsets();
    if ((length + 2) * 4L > current.capacity()) {
      Buffer grown = grow(scope, current, (length + 1) * 4L, current.capacity() * 2);
      current.close();
      current = grown;
      offsets = current;
    }
    Memory.putInt(current.address() + (length + 1) * 4L, elements.length());
  }

  private Buffer offsets() {
    Buffer current = offsets;
    if (current == null) {
      current = scope.allocate((expectedRows + 2L) * 4);
      Memory.putInt(current.address(), 0);
      offsets = current;
    }
    return current;
  }

  @Override
  public ColumnBuilder child(int index) {
    return type instanceof Type.MapType ? elements.child(index) : elements;
  }

  @Override
  public void endNested() {
    if (type instanceof Type.MapType) {
      ColumnBuilder keys = elements.child(0);
      while (elements.length() < keys.length()) {
        elements.endNested();
      }
    }
    end();
    appended();
  }

  @Override
  public long variableBytes() {
    return 8L * elements.length() + elements.variableBytes();
  }

  @Override
  void appendAnything() {
    end();
  }

  @Override
  void appendObject(Object value) {
    if (value instanceof Map<?, ?> map) {
      map.forEach((k, v) -> elements.appendValue(Arrays.asList(k, v)));
    } else {
      ((List<?>) value).forEach(elements::appendValue);
    }
    end();
    appended();
  }

  @Override
  void appendValid(Column column, int row) {
    ListColumn list = (ListColumn) column;
    int end = list.endAt(row);
    for (int i = list.startAt(row); i < end; i++) {
      elements.appendFrom(list.elements(), i);
    }
    end();
    appended();
  }

  @Override
  Column buildValues(@Nullable Buffer nulls) {
    Buffer built = offsets();
    Column column = new ListColumn(type, length, built, elements.build(), nulls);
    offsets = null;
    return column;
  }

  @Override
  void closeValues() {
    if (offsets != null) {
      offsets.close();
      offsets = null;
    }
    elements.close();
  }
}

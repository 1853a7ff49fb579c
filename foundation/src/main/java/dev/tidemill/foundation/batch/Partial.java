package dev.tidemill.foundation.batch;

import dev.tidemill.foundation.memory.Buffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What has been allocated for a column in the making: closed with this, unless {@link #done} handed
 * it over.
 */
final class Partial implements AutoCloseable {
  private final List<Buffer> buffers = new ArrayList<>(4);
  private final List<Column> columns = new ArrayList<>(0);

  Buffer add(Buffer buffer) {
    buffers.add(buffer);
    return buffer;
  }

  @Nullable Buffer addNullable(@Nullable Buffer buffer) {
    return buffer == null ? null : add(buffer);
  }

  Column add(Column column) {
    columns.add(column);
    return column;
  }

  /** The finished column owns all parts from here on. */
  <T> T done(T built) {
    buffers.clear();
    columns.clear();
    return built;
  }

  @Override
  public void close() {
    buffers.forEach(Buffer::close);
    columns.forEach(Column::close);
  }
}

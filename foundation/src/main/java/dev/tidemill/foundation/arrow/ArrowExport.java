package dev.tidemill.foundation.arrow;

import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.batch.Bits;
import dev.tidemill.foundation.batch.BooleanColumn;
import dev.tidemill.foundation.batch.BytesColumn;
import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.batch.Columns;
import dev.tidemill.foundation.batch.DictionaryColumn;
import dev.tidemill.foundation.batch.FixedColumn;
import dev.tidemill.foundation.batch.ListColumn;
import dev.tidemill.foundation.batch.RowColumn;
import dev.tidemill.foundation.batch.Selection;
import dev.tidemill.foundation.memory.Buffer;
import dev.tidemill.foundation.memory.Memory;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.type.Type;
import java.util.ArrayList;
import java.util.List;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.ForeignAllocation;
import org.apache.arrow.vector.compression.NoCompressionCodec;
import org.apache.arrow.vector.ipc.message.ArrowFieldNode;
import org.apache.arrow.vector.ipc.message.ArrowRecordBatch;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;
import org.jspecify.annotations.Nullable;

/** Builds Arrow's record batch of a batch: per field a node, then its buffers, depth first. */
final class ArrowExport {
  private final BufferAllocator allocator;
  private final MemoryScope scope;
  private final boolean compact;
  private final List<ArrowFieldNode> nodes = new ArrayList<>();
  private final List<ArrowBuf> buffers = new ArrayList<>();
  private final List<Long> variadicCounts = new ArrayList<>();

  private ArrowExport(BufferAllocator allocator, MemoryScope scope, boolean compact) {
    this.allocator = allocator;
    this.scope = scope;
    this.compact = compact;
  }

  /**
   * The rows that count as a record batch, which the caller closes.
   *
   * @param compact whether the bytes of strings are copied, so that only those needed are written
   */
  static ArrowRecordBatch record(
      Batch batch, Schema schema, boolean compact, BufferAllocator allocator, MemoryScope scope) {
    if (schema.getFields().size() != batch.columnCount()) {
      throw new IllegalArgumentException(batch.columnCount() + " columns, schema " + schema);
    }
    ArrowExport export = new ArrowExport(allocator, scope, compact);
    try {
      for (int i = 0; i < batch.columnCount(); i++) {
        try (Column plain = export.selected(batch.column(i), batch.selection())) {
          export.append(plain, schema.getFields().get(i));
        }
      }
      return new ArrowRecordBatch(
          batch.rowCount(),
          export.nodes,
          export.buffers,
          NoCompressionCodec.DEFAULT_BODY_COMPRESSION,
          export.variadicCounts,
          true,
          false);
    } catch (RuntimeException | Error e) {
      export.buffers.forEach(ArrowBuf::close);
      throw e;
    }
  }

  private Column selected(Column column, @Nullable Selection selection) {
    try (Column chosen =
            selection == null
                ? column.retain()
                : Columns.take(column, selection.rows(), 0, selection.count(), scope);
        Column plain = Columns.decode(chosen, scope)) {
      return compact ? Columns.compact(plain, null, scope) : plain.retain();
    }
  }

  private void append(Column column, Field field) {
    int length = column.length();
    if (column.type() instanceof Type.Null) {
      nodes.add(new ArrowFieldNode(length, length));
      return;
    }
    Buffer validity = column.validityBuffer();
    int nulls = validity == null ? 0 : length - Bits.countOnes(validity.address(), length);
    nodes.add(new ArrowFieldNode(length, nulls));
    if (nulls == 0 || validity == null) {
      buffers.add(allocator.getEmpty());
    } else {
      wrap(validity.retain(), (length + 7) >>> 3);
    }
    switch (column) {
      case BooleanColumn booleans -> wrap(booleans.valuesBuffer().retain(), (length + 7) >>> 3);
      case FixedColumn fixed -> appendFixed(fixed);
      case BytesColumn bytes -> {
        if (field.getType() instanceof ArrowType.Utf8
            || field.getType() instanceof ArrowType.Binary) {
          appendPlain(bytes);
        } else {
          appendViews(bytes);
        }
      }
      case ListColumn lists -> {
        wrap(lists.offsetsBuffer().retain(), (length + 1) * 4L);
        append(lists.elements(), field.getChildren().getFirst());
      }
      case RowColumn row -> {
        for (int i = 0; i < row.fieldCount(); i++) {
          append(row.field(i), field.getChildren().get(i));
        }
      }
      case DictionaryColumn codes -> throw new IllegalStateException("a dictionary after decoding");
    }
  }

  /** Takes over a reference of {@code buffer}. */
  private void wrap(Buffer buffer, long used) {
    ArrowBuf wrapped;
    try {
      wrapped = allocator.wrapForeignAllocation(new Wrapped(buffer));
    } catch (RuntimeException | Error e) {
      buffer.close();
      throw e;
    }
    wrapped.writerIndex(used);
    buffers.add(wrapped);
  }

  private static final class Wrapped extends ForeignAllocation {
    private final Buffer buffer;

    Wrapped(Buffer buffer) {
      super(buffer.capacity(), buffer.address());
      this.buffer = buffer;
    }

    @Override
    protected void release0() {
      buffer.close();
    }
  }

  private void appendFixed(FixedColumn column) {
    if (column.type() instanceof Type.Decimal) {
      try (FixedColumn wide = (FixedColumn) Columns.widenDecimal(column, scope)) {
        wrap(wide.valuesBuffer().retain(), wide.length() * 16L);
      }
    } else {
      wrap(column.valuesBuffer().retain(), (long) column.length() * column.width());
    }
  }

  /** Views as they are, but for those of NULL rows, which others expect to be empty. */
  private void appendViews(BytesColumn column) {
    int length = column.length();
    long[] used = new long[column.dataCount()];
    for (int row = 0; row < length; row++) {
      int size = column.isNull(row) ? 0 : column.lengthAt(row);
      if (size > BytesColumn.INLINE) {
        int buffer = Memory.getInt(column.address() + ((long) row << 4) + 8);
        long end = column.addressAt(row) + size - column.dataBuffer(buffer).address();
        used[buffer] = Math.max(used[buffer], end);
      }
    }
    if (column.mayHaveNulls()) {
      Buffer views = scope.allocate(length * 16L);
      Memory.copy(column.address(), views.address(), length * 16L);
      for (int row = 0; row < length; row++) {
        if (column.isNull(row)) {
          Memory.fill(views.address() + ((long) row << 4), 16, (byte) 0);
        }
      }
      wrap(views, length * 16L);
    } else {
      wrap(column.viewsBuffer().retain(), length * 16L);
    }
    for (int i = 0; i < used.length; i++) {
      wrap(column.dataBuffer(i).retain(), used[i]);
    }
    variadicCounts.add((long) used.length);
  }

  private void appendPlain(BytesColumn column) {
    int length = column.length();
    Buffer offsets = scope.allocate((length + 1) * 4L);
    long total = 0;
    Memory.putInt(offsets.address(), 0);
    for (int row = 0; row < length; row++) {
      total += column.isNull(row) ? 0 : column.lengthAt(row);
      Memory.putInt(offsets.address() + (row + 1) * 4L, (int) total);
    }
    wrap(offsets, (length + 1) * 4L);
    if (total > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(
          total + " bytes of strings in one batch; Arrow's plain layout takes 2 GiB");
    }
    Buffer data = scope.allocate(total);
    long at = data.address();
    for (int row = 0; row < length; row++) {
      if (!column.isNull(row)) {
        Memory.copy(column.addressAt(row), at, column.lengthAt(row));
        at += column.lengthAt(row);
      }
    }
    wrap(data, total);
  }
}

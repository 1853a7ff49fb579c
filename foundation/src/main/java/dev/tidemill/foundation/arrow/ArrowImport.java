package dev.tidemill.foundation.arrow;

import dev.tidemill.foundation.batch.Bits;
import dev.tidemill.foundation.batch.BooleanColumn;
import dev.tidemill.foundation.batch.BytesColumn;
import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.batch.ColumnBuilder;
import dev.tidemill.foundation.batch.Columns;
import dev.tidemill.foundation.batch.FixedColumn;
import dev.tidemill.foundation.batch.ListColumn;
import dev.tidemill.foundation.batch.RowColumn;
import dev.tidemill.foundation.memory.Buffer;
import dev.tidemill.foundation.memory.Memory;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.type.ArrowTypes;
import dev.tidemill.foundation.type.Type;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongUnaryOperator;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.types.DateUnit;
import org.apache.arrow.vector.types.TimeUnit;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.jspecify.annotations.Nullable;

/** Copies Arrow's vectors into columns. */
final class ArrowImport {
  private final MemoryScope scope;
  private final List<Buffer> open = new ArrayList<>();

  ArrowImport(MemoryScope scope) {
    this.scope = scope;
  }

  Column column(FieldVector vector) {
    try {
      Column built = build(vector);
      open.clear();
      return built;
    } catch (RuntimeException | Error e) {
      open.forEach(Buffer::close);
      throw e;
    }
  }

  private Column build(FieldVector vector) {
    Type type = ArrowTypes.type(vector.getField());
    int length = vector.getValueCount();
    if (type instanceof Type.Null) {
      return Columns.nulls(type, length, scope);
    }
    List<ArrowBuf> buffers = vector.getFieldBuffers();
    return switch (vector.getField().getType()) {
      case ArrowType.Bool t ->
          new BooleanColumn(length, bits(buffers.get(1), length), validity(vector));
      case ArrowType.Int t -> fixed(vector, type, t.getBitWidth() / 8);
      case ArrowType.FloatingPoint t -> fixed(vector, type, type instanceof Type.Real ? 4 : 8);
      case ArrowType.Decimal t -> decimals(vector, type, t.getBitWidth());
      case ArrowType.Timestamp t -> fixed(vector, type, 8);
      case ArrowType.Interval t -> fixed(vector, type, 4);
      case ArrowType.Date t ->
          t.getUnit() == DateUnit.DAY
              ? fixed(vector, type, 4)
              : numbers(vector, type, 8, millis -> Math.floorDiv(millis, 86_400_000L));
      case ArrowType.Time t ->
          t.getUnit() == TimeUnit.MICROSECOND || t.getUnit() == TimeUnit.NANOSECOND
              ? fixed(vector, type, 8)
              : numbers(
                  vector,
                  type,
                  4,
                  value -> value * (t.getUnit() == TimeUnit.SECOND ? 1_000_000 : 1000));
      case ArrowType.Duration t ->
          switch (t.getUnit()) {
            case MICROSECOND -> fixed(vector, type, 8);
            case SECOND -> numbers(vector, type, 8, value -> Math.multiplyExact(value, 1_000_000L));
            case MILLISECOND -> numbers(vector, type, 8, value -> Math.multiplyExact(value, 1000L));
            case NANOSECOND -> numbers(vector, type, 8, value -> Math.floorDiv(value, 1000L));
          };
      case ArrowType.Utf8 t -> plain(vector, type);
      case ArrowType.Binary t -> plain(vector, type);
      case ArrowType.Utf8View t -> views(vector, type);
      case ArrowType.BinaryView t -> views(vector, type);
      case ArrowType.List t -> lists(vector, type);
      case ArrowType.Map t -> lists(vector, type);
      case ArrowType.Struct t -> {
        Buffer validity = validity(vector);
        yield new RowColumn(type, length, children(vector), validity);
      }
      default ->
          throw new IllegalArgumentException(
              "no SQL type for Arrow's " + vector.getField().getType());
    };
  }

  private Buffer allocate(long bytes) {
    Buffer buffer = scope.allocate(bytes);
    open.add(buffer);
    return buffer;
  }

  private Buffer copy(ArrowBuf source, long bytes) {
    Buffer target = allocate(bytes);
    copy(source, target.address(), bytes);
    return target;
  }

  private static void copy(ArrowBuf source, long to, long bytes) {
    long at = 0;
    while (at < bytes) {
      int part = (int) Math.min(bytes - at, 1 << 30);
      Memory.segment(to + at, part).copyFrom(MemorySegment.ofBuffer(source.nioBuffer(at, part)));
      at += part;
    }
  }

  private Buffer bits(ArrowBuf source, int length) {
    Buffer target = allocate(Math.max(Bits.bytes(length), 8));
    Memory.fill(target.address(), Bits.bytes(length), (byte) 0);
    copy(source, target.address(), (length + 7) >>> 3);
    return target;
  }

  private @Nullable Buffer validity(FieldVector vector) {
    return vector.getNullCount() == 0
        ? null
        : bits(vector.getValidityBuffer(), vector.getValueCount());
  }

  private Column fixed(FieldVector vector, Type type, int width) {
    int length = vector.getValueCount();
    Buffer values = copy(vector.getFieldBuffers().get(1), (long) length * width);
    return new FixedColumn(type, length, width, values, validity(vector));
  }

  /** Numbers 4 or 8 bytes wide in another unit than ours. */
  private Column numbers(FieldVector vector, Type type, int width, LongUnaryOperator convert) {
    ArrowBuf values = vector.getFieldBuffers().get(1);
    try (ColumnBuilder builder = ColumnBuilder.of(type, scope, vector.getValueCount())) {
      for (int i = 0; i < vector.getValueCount(); i++) {
        if (vector.isNull(i)) {
          builder.appendNull();
        } else {
          builder.appendLong(
              convert.applyAsLong(width == 4 ? values.getInt(i * 4L) : values.getLong(i * 8L)));
        }
      }
      return builder.build();
    }
  }

  /** As narrow as the values allow. */
  private Column decimals(FieldVector vector, Type type, int bits) {
    if (bits != 128) {
      throw new IllegalArgumentException("no SQL type for Arrow's " + vector.getField().getType());
    }
    ArrowBuf values = vector.getFieldBuffers().get(1);
    try (ColumnBuilder builder = ColumnBuilder.of(type, scope, vector.getValueCount())) {
      for (int i = 0; i < vector.getValueCount(); i++) {
        if (vector.isNull(i)) {
          builder.appendNull();
        } else {
          builder.appendDecimal(values.getLong(i * 16L), values.getLong(i * 16L + 8));
        }
      }
      return builder.build();
    }
  }

  private Column plain(FieldVector vector, Type type) {
    List<ArrowBuf> buffers = vector.getFieldBuffers();
    ArrowBuf offsets = buffers.get(1);
    byte[] bytes = new byte[64];
    try (ColumnBuilder builder = ColumnBuilder.of(type, scope, vector.getValueCount())) {
      for (int i = 0; i < vector.getValueCount(); i++) {
        if (vector.isNull(i)) {
          builder.appendNull();
          continue;
        }
        int start = offsets.getInt(i * 4L);
        int size = offsets.getInt(i * 4L + 4) - start;
        if (size > bytes.length) {
          bytes = new byte[Math.max(size, bytes.length * 2)];
        }
        buffers.get(2).getBytes(start, bytes, 0, size);
        builder.appendBytes(bytes, 0, size);
      }
      return builder.build();
    }
  }

  private Column views(FieldVector vector, Type type) {
    List<ArrowBuf> buffers = vector.getFieldBuffers();
    int length = vector.getValueCount();
    Buffer validity = validity(vector);
    Buffer views = copy(buffers.get(1), length * 16L);
    List<Buffer> data = new ArrayList<>();
    for (ArrowBuf source : buffers.subList(2, buffers.size())) {
      data.add(copy(source, source.readableBytes()));
    }
    return new BytesColumn(type, length, views, data, validity);
  }

  private Column lists(FieldVector vector, Type type) {
    int length = vector.getValueCount();
    Buffer validity = validity(vector);
    Buffer offsets = allocate((length + 1) * 4L);
    Memory.putInt(offsets.address(), 0);
    if (length > 0) {
      copy(vector.getFieldBuffers().get(1), offsets.address(), (length + 1) * 4L);
    }
    Column elements = children(vector).getFirst();
    return new ListColumn(type, length, offsets, elements, validity);
  }

  private List<Column> children(FieldVector vector) {
    List<Column> children = new ArrayList<>();
    try {
      for (FieldVector child : vector.getChildrenFromFields()) {
        children.add(new ArrowImport(scope).column(child));
      }
      return children;
    } catch (RuntimeException | Error e) {
      children.forEach(Column::close);
      throw e;
    }
  }
}
